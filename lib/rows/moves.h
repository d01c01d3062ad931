#ifndef MOVES_H
#define MOVES_H
/*
 * Unique values that move among the rows of one table: what counts is that they are unique when all
 * of its rows are written. A row whose value is still taken then is refused; it stays as it was,
 * and so whoever wanted its value is refused as well. Of two rows that want the same value the
 * first one gets it. Pure.
 *
 * A row has of each unique key the hash of its value, before and after; 0 where it has none that
 * could clash. The rows' values before are unique. Rows that do not change are not told: whoever
 * wants a value of theirs is refused by the caller.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairmap.h"

#define MOVES_NO_KEY ((size_t)-1)

struct moves { /* zero-initialise it, and set `keys` */
    size_t keys;
    uint64_t *before, *after; /* of each row, one a key */
    size_t n, room;
    /* private */
    size_t *refused; /* by which key, from 1 */
    size_t *next;    /* one a row and key: the next row that wants the same value, from 1 */
    size_t *queue;   /* refused rows, of which the first `done` were looked at */
    size_t n_queue, done;
    struct pairmap *wanted; /* one a key: the first row that wants the value, from 1 */
};

/* A row; `before` is NULL of a new one. They are numbered from 0. */
void moves_add(struct moves *moves, const uint64_t *before, const uint64_t *after);
/* After the last row: finds those that are refused. `stays` (may be NULL) says of each row that it
 * stays as it was, for whatever reason. */
void moves_settle(struct moves *moves, const bool *stays);
/* The key by which the row is refused, or MOVES_NO_KEY. */
size_t moves_refused_by(const struct moves *moves, size_t row);
/* True when another row gets the value that this one has before. */
bool moves_hands_over(const struct moves *moves, size_t row, size_t key);
void moves_release(struct moves *moves);

#endif
