#ifndef SINGLETABLE_H
#define SINGLETABLE_H
/*
 * The merge of one table's rows from plain TSV with a header line: the plan is made from the live
 * table. Columns named as in a reject file (rejects.h) are left aside, so such a file can be mended
 * and merged.
 */
#include "merge.h"

struct singletable {
    const char *table; /* as people write it */
    const char *key;   /* a list separated by commas; or NULL: the primary key, else the plan's */
    const char *plan;  /* a file with the plan of an earlier merge, whose conflicts hold; or NULL */
};

void singletable_merge(
    struct merge *merge, struct plan *plan, const struct singletable *how, const char *path);

#endif
