#include "idmap.h"

#include <stdlib.h>

#include "buf.h"
#include "hash.h"
#include "mem.h"
#include "number.h"
#include "pairmap.h"

/*
 * Integers: the key is the mixed old id, the value the live one. Others: the key is the old id's
 * hash, the value the place of both in `texts`: two lengths, the old id, the live one.
 */
struct idmap {
    bool integers;
    bool without; /* what stands here has no entry, all else is itself */
    uint64_t seed;
    struct pairmap pairs;
    struct buf texts;
    char number[NUMBER_ROOM];
};

struct idmap *
idmap_new(const char *type)
{
    struct idmap *map = mem_alloc(sizeof *map);

    map->integers = number_is_type(type);
    map->seed = hash_seed();
    return map;
}

struct idmap *
idmap_new_without(const char *type)
{
    struct idmap *map = idmap_new(type);

    map->without = true;
    return map;
}

void
idmap_reserve(struct idmap *map, size_t n)
{
    pairmap_reserve(&map->pairs, n);
}

void
idmap_free(struct idmap *map)
{
    if (map == NULL)
        return;
    pairmap_release(&map->pairs);
    buf_release(&map->texts);
    free(map);
}

/*
 * Seeded: entries of one map that go, in the order of their hashes, into another one would all fall
 * together at its start otherwise.
 */
static uint64_t
number_key(const struct idmap *map, int64_t number)
{
    return hash_number((uint64_t)number ^ map->seed);
}

static uint64_t
add_texts(struct idmap *map, struct slice old, struct slice live)
{
    uint64_t at = map->texts.length;
    size_t lengths[2] = {old.length, live.length};

    buf_add(&map->texts, (const char *)lengths, sizeof lengths);
    buf_add_slice(&map->texts, old);
    buf_add_slice(&map->texts, live);
    return at;
}

static void
get_texts(const struct idmap *map, uint64_t at, struct slice *old, struct slice *live)
{
    const char *entry = map->texts.data + at;
    size_t lengths[2];

    memcpy(lengths, entry, sizeof lengths);
    *old = slice_make(entry + sizeof lengths, lengths[0]);
    *live = slice_make(old->data + lengths[0], lengths[1]);
}

bool
idmap_put(struct idmap *map, struct slice old, struct slice live)
{
    int64_t old_number, live_number;
    bool added;

    if (!map->integers) {
        uint64_t value = add_texts(map, old, live);

        *pairmap_add(&map->pairs, hash_bytes(map->seed, old), &added) = value;
        return true;
    }
    if (!number_parse(old, &old_number) || !number_parse(live, &live_number))
        return false;
    *pairmap_add(&map->pairs, number_key(map, old_number), &added) = (uint64_t)live_number;
    return true;
}

bool
idmap_fits(const struct idmap *map, struct slice id)
{
    int64_t number;

    return !map->integers || number_parse(id, &number);
}

static bool
find(struct idmap *map, struct slice old, struct slice *live)
{
    const uint64_t *value;
    struct slice kept;
    int64_t number;

    if (!map->integers) {
        value = pairmap_find(&map->pairs, hash_bytes(map->seed, old));
        if (value != NULL)
            get_texts(map, *value, &kept, live);
        return value != NULL;
    }
    if (!number_parse(old, &number))
        return false;
    value = pairmap_find(&map->pairs, number_key(map, number));
    if (value != NULL)
        *live = number_format((int64_t)*value, map->number);
    return value != NULL;
}

bool
idmap_get(struct idmap *map, struct slice old, struct slice *live)
{
    bool found = find(map, old, live);

    if (!map->without)
        return found;
    *live = old;
    return !found;
}

static bool
is_digit(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

void
idmap_prefetch(const struct idmap *map, struct slice text)
{
    const char *p = text.data, *end = text.data + text.length;

    while (map->integers && p < end) {
        const char *from = p;
        int64_t number;

        while (p < end && is_digit(*p))
            p++;
        if (number_parse(slice_make(from, (size_t)(p - from)), &number))
            pairmap_prefetch(&map->pairs, number_key(map, number));
        p++;
    }
}

size_t
idmap_count(const struct idmap *map)
{
    return map->pairs.count;
}

void
idmap_each(struct idmap *map, void (*each)(void *context, struct slice old, struct slice live),
    void *context)
{
    struct pairmap_entry entry;
    size_t at = 0;

    while (pairmap_next(&map->pairs, &at, &entry)) {
        char room[2][NUMBER_ROOM];
        struct slice old, live;

        if (map->integers) {
            old = number_format((int64_t)(hash_number_back(entry.key) ^ map->seed), room[0]);
            live = number_format((int64_t)entry.value, room[1]);
        } else {
            get_texts(map, entry.value, &old, &live);
        }
        each(context, old, live);
    }
}
