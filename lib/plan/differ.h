#ifndef DIFFER_H
#define DIFFER_H
/*
 * The differences between two schemas, for the tables of the backup, as TSV. Pure.
 */
#include <stddef.h>

#include "buf.h"
#include "decide.h"

/*
 * Appends a header line and one line a difference: what, table, name, backup, live (\N: not there).
 * Returns how many there are. `decide` has been through decide_tables().
 */
size_t differ_list(const struct decide *decide, struct buf *out);

#endif
