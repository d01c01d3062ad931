#ifndef NUMBERMAP_H
#define NUMBERMAP_H
/*
 * A map from 64-bit numbers to 64-bit numbers, for millions of entries. Ids out of a sequence lie
 * close together: as long as at least half of the numbers up to a key are keys, it stands in an
 * array, 8 bytes a number; others stand in a pairmap. Which of the two is not seen from outside.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairmap.h"

struct numbermap {   /* zero-initialise it, but for the seed */
    uint64_t seed;   /* of the keys in `rest`: hash_seed() */
    uint64_t *dense; /* by key: the value + 1, or 0 */
    size_t n_dense;  /* places in `dense` */
    size_t in_dense; /* entries there */
    size_t reserved; /* what the rest makes room for once it is needed */
    struct pairmap rest;
};

void numbermap_release(struct numbermap *map);
/* Says that about n entries will come. */
void numbermap_reserve(struct numbermap *map, size_t n);
/* A later put of the same key replaces the earlier. */
void numbermap_put(struct numbermap *map, int64_t key, int64_t value);
/* False when there is no entry. */
bool numbermap_get(const struct numbermap *map, int64_t key, int64_t *value);
/* A hint that numbermap_get() will follow: fetches the memory where `key` would stand. */
void numbermap_prefetch(const struct numbermap *map, int64_t key);
size_t numbermap_count(const struct numbermap *map);
/* The next entry at or behind position *at, which moves behind it; false at the end. Start with 0.
 */
bool numbermap_next(const struct numbermap *map, size_t *at, int64_t *key, int64_t *value);

#endif
