#ifndef REMAP_CYCLE_H
#define REMAP_CYCLE_H
/*
 * Tables that refer to one another, or to themselves: their rows are kept until the last of them
 * was read, then identified level by level (a row whose key or content refers into the cycle waits
 * for the row it refers to), and only then written, maps first. Memory: the rows of the cycle.
 */
#include "remap.h"

struct remap_cycle { /* zero-initialise it */
    int number;      /* of the plan's cycle that is being read; 0: none */
    struct remap_block **blocks;
    size_t n, room;
};

/* True when tables of this cycle need to be kept: some id in it is translated. */
bool remap_cycle_is_needed(const struct plan *plan, int number);
void remap_cycle_add(struct remap_cycle *cycle, struct remap_block *block);
void remap_cycle_row(struct remap_block *block, struct slice row);
/* As remap_refuse(). */
void remap_cycle_refuse(
    struct remap_block *block, struct slice row, const char *sqlstate, const char *reason);
/* Writes the whole group and releases its blocks; nothing when there is none. */
void remap_cycle_close(struct remap_cycle *cycle);
/* The line that starts a block in the stream. */
void remap_cycle_write_table(struct remap_block *block);

#endif
