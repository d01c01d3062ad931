#ifndef PLANVERIFY_H
#define PLANVERIFY_H
/*
 * Whether an edited plan can be carried out: each record against both schemas, of which the
 * backup's has the live names already. Pure.
 */
#include <stdbool.h>

#include "plan.h"
#include "schema.h"

/*
 * Looks at the record that was parsed last (a table, or a column of the last table); the type of a
 * column that has none is filled in. False with a malloc'd reason.
 */
bool planverify_last(
    struct plan *plan, const struct schema *backup, const struct schema *live, char **reason);

#endif
