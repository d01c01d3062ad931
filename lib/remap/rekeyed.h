#ifndef REKEYED_H
#define REKEYED_H
/*
 * Rows whose natural key seems to have been changed on one side, in a table whose ids mean the
 * same in both databases: no live row has the key, but one has the id. An id that a sequence makes
 * says more: rows that both databases added since they parted have greater ids than all that they
 * share, so one below the greatest that a pair with equal keys shares is older than the parting. Of
 * an id that is no number every such row counts.
 *
 * Such a row is new by its key, and is there twice then: nothing is decided by this, it is said.
 * Those that are found by their ids (remap_same.h) are counted too.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

struct rekeyed {
    int64_t shared; /* the greatest id of a pair */
    bool any;       /* there was a pair */
    bool closed;    /* what comes now was found by its id */
    int64_t *ids;   /* numbers that live rows with other keys have */
    size_t n, room;
    uint64_t texts;   /* how many that are no numbers */
    struct buf named; /* the first of these */
    uint64_t found;   /* how many are the live rows of their ids all the same */
    struct buf found_named;
};

/* A row and the live row of its key have this id both. */
void rekeyed_pair(struct rekeyed *rekeyed, struct slice id);
/* A new row has an id that is another live row's. */
void rekeyed_taken(struct rekeyed *rekeyed, struct slice id);
/* A row is the live row of that id, which has another key. */
void rekeyed_found(struct rekeyed *rekeyed, struct slice id);
/* How many rows there were, once all are known; appends the first ids, such as `3, 7`. */
uint64_t rekeyed_count(const struct rekeyed *rekeyed, struct buf *ids);
void rekeyed_release(struct rekeyed *rekeyed);

#endif
