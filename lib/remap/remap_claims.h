#ifndef REMAP_CLAIMS_H
#define REMAP_CLAIMS_H
/*
 * Keys that were handed on: a row that was found by its key in a live row of another id, though
 * the columns that tell strangers apart (the plan's same_by) say that it is not that row. A page
 * gave its address up for a new one, and got another; two users exchanged their names. Whose row it
 * is can be said when all rows of the table were looked up: the live row of its own id if it is
 * like that one; else the live row of its key, unless another row of the backup is that one by its
 * id; else it is new. Rows wait in block->same until then.
 */
#include "remap.h"

/* The prepared row was found by its key: true when it waits. */
bool remap_claims_take(struct remap_block *block);
/* Of the rows that wait: those that are known now become KNOWN, the others stay LATER, new by their
 * keys. */
void remap_claims_settle(struct remap_block *block);
/* The id of the live row that such a row was found in, or became; empty: it is new by its key. */
struct slice remap_claims_id(const struct remap_block *block, const struct remap_item *item);

#endif
