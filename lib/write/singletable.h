#ifndef SINGLETABLE_H
#define SINGLETABLE_H
/*
 * The merge of one table's rows from plain TSV with a header line: the plan is made from the live
 * table. Columns named as in a reject file (rejects.h) are left aside, so such a file can be mended
 * and merged.
 */
#include "merge.h"

/* `table` as people write it; `key` is a comma-separated list or NULL for the primary key. */
void singletable_merge(
    struct merge *merge, struct plan *plan, const char *table, const char *key, const char *path);

#endif
