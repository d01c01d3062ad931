#ifndef PARENTS_H
#define PARENTS_H
/*
 * The live rows that new rows refer to, looked up and locked many at a time: what the foreign keys'
 * own triggers do row by row, at some 6 us each (src/backend/utils/adt/ri_triggers.c,
 * RI_FKey_check: SELECT ... FOR KEY SHARE). Whoever inserts rows with these triggers switched off
 * asks here, within the same transaction, whether they would have passed.
 */
#include <libpq-fe.h>
#include <stdbool.h>

#include "inserted.h"
#include "layout.h"

struct parents;

/*
 * NULL when the table has no foreign keys, or one whose columns the layout lacks. `reader` is
 * asked about the table, now; `writer` looks rows up, later, but for those that it has `inserted`.
 * MATCH FULL is not looked at, see triggers_found.checks.
 */
struct parents *parents_new(
    PGconn *reader, PGconn *writer, const struct layout *layout, struct inserted *inserted);
/*
 * True when all that `rows` (COPY text lines with their newlines) refer to are live rows, which are
 * the writer's own or locked FOR KEY SHARE now. False when some are not, or could not be looked up
 * or locked. What was locked by a call that said true is not asked for again: the caller must not
 * take its savepoint back then.
 */
bool parents_hold(struct parents *parents, struct slice rows);
/* `parents` may be NULL. */
void parents_free(struct parents *parents);

#endif
