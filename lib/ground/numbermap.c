#include "numbermap.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "mem.h"

/* Keys below this may always stand in the array, and so far beyond twice the entries. */
#define SMALLEST 1024
#define SPARSEST 2

/*
 * Seeded: entries of one map that go, in the order of their hashes, into another one would all fall
 * together at its start otherwise.
 */
static uint64_t
rest_key(const struct numbermap *map, int64_t key)
{
    return hash_number((uint64_t)key ^ map->seed);
}

static size_t
dense_limit(const struct numbermap *map)
{
    return SPARSEST * (map->in_dense + SMALLEST);
}

/* Where `key` stands in the array, which grows for it where it may; else NULL. */
static uint64_t *
dense_place(struct numbermap *map, int64_t key)
{
    size_t at = (size_t)key, n;

    if (key < 0 || (at >= map->n_dense && at >= dense_limit(map)))
        return NULL;
    if (at >= map->n_dense) {
        n = at + at / 4 + SMALLEST;
        map->dense = mem_resize(map->dense, n, sizeof *map->dense);
        memset(map->dense + map->n_dense, 0, (n - map->n_dense) * sizeof *map->dense);
        map->n_dense = n;
    }
    return &map->dense[at];
}

/* The value of a key that is in the rest, or NULL. */
static uint64_t *
find_rest(const struct numbermap *map, int64_t key)
{
    return map->rest.count > 0 ? pairmap_find(&map->rest, rest_key(map, key)) : NULL;
}

static void
put_rest(struct numbermap *map, int64_t key, int64_t value)
{
    bool added;

    if (map->rest.count == 0)
        pairmap_reserve(&map->rest, map->reserved);
    *pairmap_add(&map->rest, rest_key(map, key), &added) = (uint64_t)value;
}

void
numbermap_put(struct numbermap *map, int64_t key, int64_t value)
{
    uint64_t *place = dense_place(map, key);
    bool there = place != NULL && *place != 0;

    if (place == NULL || (uint64_t)value + 1 == 0 || (!there && find_rest(map, key) != NULL)) {
        if (there) {
            *place = 0;
            map->in_dense--;
        }
        put_rest(map, key, value);
        return;
    }
    map->in_dense += !there;
    *place = (uint64_t)value + 1;
}

bool
numbermap_get(const struct numbermap *map, int64_t key, int64_t *value)
{
    const uint64_t *found;

    if (key >= 0 && (size_t)key < map->n_dense && map->dense[key] != 0) {
        *value = (int64_t)(map->dense[key] - 1);
        return true;
    }
    found = find_rest(map, key);
    if (found != NULL)
        *value = (int64_t)*found;
    return found != NULL;
}

void
numbermap_prefetch(const struct numbermap *map, int64_t key)
{
    if (key >= 0 && (size_t)key < map->n_dense)
        __builtin_prefetch(&map->dense[key]);
    else if (map->rest.count > 0)
        pairmap_prefetch(&map->rest, rest_key(map, key));
}

void
numbermap_reserve(struct numbermap *map, size_t n)
{
    map->reserved = n;
}

size_t
numbermap_count(const struct numbermap *map)
{
    return map->in_dense + map->rest.count;
}

bool
numbermap_next(const struct numbermap *map, size_t *at, int64_t *key, int64_t *value)
{
    struct pairmap_entry entry;
    size_t in_rest;

    for (; *at < map->n_dense; (*at)++) {
        if (map->dense[*at] != 0) {
            *key = (int64_t)*at;
            *value = (int64_t)(map->dense[(*at)++] - 1);
            return true;
        }
    }
    in_rest = *at - map->n_dense;
    if (!pairmap_next(&map->rest, &in_rest, &entry))
        return false;
    *at = map->n_dense + in_rest;
    *key = (int64_t)(hash_number_back(entry.key) ^ map->seed);
    *value = (int64_t)entry.value;
    return true;
}

void
numbermap_release(struct numbermap *map)
{
    free(map->dense);
    pairmap_release(&map->rest);
    *map = (struct numbermap){.seed = map->seed};
}
