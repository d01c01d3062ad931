#ifndef REMAP_PROBE_H
#define REMAP_PROBE_H
/*
 * Doubtful keys: one value may have many texts (1.0 and 1.00, Ann and ann of citext). The live
 * server says which live row has the value, and which rows of the backup share one.
 */
#include "remap.h"

/*
 * Asks for the keys of the batch's DOUBTFUL items. Those with a live row become KNOWN, second ones
 * of a value REJECTED; those that share it with a new row before them FOLLOW that. A key that the
 * server cannot read stays DOUBTFUL: the live table's COPY says what is wrong with it.
 */
void remap_probe_keys(struct remap_block *block);
/* After the new rows got their ids: what follows one is rejected, and leads where that one went. */
void remap_probe_follow(struct remap_block *block);
/* What the i-th column of the key is to be cast to, to be compared. */
const char *remap_probe_type(struct remap_block *block, size_t i);
void remap_probe_release(struct remap_block *block);

#endif
