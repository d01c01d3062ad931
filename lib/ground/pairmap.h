#ifndef PAIRMAP_H
#define PAIRMAP_H
/*
 * A map from 64-bit keys to 64-bit values, for millions of entries: 16 bytes each, 24 with a second
 * value. Up to 131072 slots it doubles and is 25 to 50% full, for speed; then it grows by a quarter
 * and is 60 to 75% full. Keys must be spread evenly (hash.h). Invariant: an entry stands at or
 * behind its home, which rises with the key, and entries are in key order; so growing moves them in
 * place.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pairmap_entry {
    uint64_t key, value;
};

enum pairmap_values { PAIRMAP_ONE_VALUE, PAIRMAP_TWO_VALUES };

struct pairmap {     /* zero-initialise it; set `values` before the first add */
    uint64_t *words; /* each slot: key, value, and the second value where there is one */
    size_t capacity, count;
    enum pairmap_values values;
};

void pairmap_release(struct pairmap *map);
/* Makes room for about n entries at once; more find room as well. */
void pairmap_reserve(struct pairmap *map, size_t n);
/* The value of `key` (the second one behind it), or NULL; valid until the next add. */
uint64_t *pairmap_find(const struct pairmap *map, uint64_t key);
/* A hint that pairmap_find() will follow: fetches the memory where `key` would stand. */
void pairmap_prefetch(const struct pairmap *map, uint64_t key);
/* The value of `key`, which is added with the value 0 when it is not there; *added says so. */
uint64_t *pairmap_add(struct pairmap *map, uint64_t key, bool *added);
/* The next entry at or behind position *at, which moves behind it; false at the end. Start with 0.
 */
bool pairmap_next(const struct pairmap *map, size_t *at, struct pairmap_entry *entry);

#endif
