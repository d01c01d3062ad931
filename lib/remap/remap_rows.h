#ifndef REMAP_ROWS_H
#define REMAP_ROWS_H
/* Live rows of some ids, to be compared with the prepared row, in the snapshot of the index. */
#include "pairmap.h"
#include "remap.h"
#include "textarray.h"

struct remap_rows { /* zero-initialise it */
    struct remap_block *block;
    PGresult *rows;    /* in the block's columns */
    struct pairmap at; /* by hashes of ids: the row + 1 */
    struct buf *values;
    struct slice *fields; /* of the row that was taken last */
    struct pairmap
        *common; /* one a column of same_by: hashes of values that several live rows have */
};

/* `ids` as PostgreSQL prints them. */
void remap_rows_ask(struct remap_rows *rows, struct remap_block *block, struct textarray *ids);
/* Fills `fields`; false: no live row has the id. */
bool remap_rows_take(struct remap_rows *rows, struct slice id);
/*
 * At least half of the values that tell the prepared row from strangers (the plan's same_by), and
 * one that no other live row has, are those of the row that was taken. All of them, where its id is
 * greater than all that rows of equal keys have in both databases: these may have given it to rows
 * of their own.
 */
bool remap_rows_are_alike(const struct remap_rows *rows);
void remap_rows_release(struct remap_rows *rows);

#endif
