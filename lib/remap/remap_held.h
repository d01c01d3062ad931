#ifndef REMAP_HELD_H
#define REMAP_HELD_H
/*
 * Tables whose rule `duplicates` asks for more than the first row of a key: their rows are kept
 * until the last one was read, then brought into an order in which the one that wins comes first,
 * or without those of which none wins. The server compares. Memory: the rows of the table.
 */
#include "remap.h"

bool remap_held_is_needed(const struct plan_table *table);
/* Instead of remap_row(). */
void remap_held_row(struct remap_block *block, struct slice row);
/* Before remap_close(): hands the rows to remap_row(). */
void remap_held_end(struct remap_block *block);
/* Of a cycle, whose rows are items already: puts these into that order. */
void remap_held_sort_items(struct remap_block *block);

#endif
