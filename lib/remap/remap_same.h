#ifndef REMAP_SAME_H
#define REMAP_SAME_H
/*
 * New rows by their keys whose ids are those of live rows, where the plan says that such ids may
 * mean the same row in both databases (plan_is_same_id()): the key was changed in one of them. Such
 * a row is the live row of its id where at least half of the plan's same_by agrees, and no other
 * row of the backup is that one by its key; so they wait until all rows of the table were looked
 * up. Those of a cycle are all there already.
 */
#include "remap.h"

/* Whether a row that is NEW in the batch, and whose id a live row has, is to be looked at. It
 * becomes LATER, or SAME_ID where nothing has to be waited for. */
bool remap_same_takes(struct remap_block *block, struct remap_item *item);
/* The prepared row is another one than the live row of its id, be it that its key was changed. */
void remap_same_not(struct remap_block *block, const struct remap_item *item);
/* Gives all items that are SAME_ID the live row of their id, or makes them NEW. */
void remap_same_settle(struct remap_block *block);
/* The rows that waited are NEW items of the batch, which is empty before. From now on none waits.
 */
void remap_same_end(struct remap_block *block);
void remap_same_release(struct remap_same *same);

#endif
