#include "idmap.h"

#include <stdlib.h>

#include "buf.h"
#include "hash.h"
#include "mem.h"
#include "number.h"
#include "numbermap.h"
#include "pairmap.h"

/*
 * Integers stand in `numbers`. Others: the key in `pairs` is the old id's hash, the value the place
 * of both in `texts`: two lengths, the old id, the live one.
 */
struct idmap {
    bool integers;
    bool without; /* what stands here has no entry, all else is itself */
    uint64_t seed;
    struct numbermap numbers;
    struct pairmap pairs;
    struct buf texts;
    char number[NUMBER_ROOM];
};

struct idmap *
idmap_new(const char *type)
{
    struct idmap *map = mem_alloc(sizeof *map);

    map->integers = number_is_type(type);
    map->seed = map->numbers.seed = hash_seed();
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
    if (map->integers)
        numbermap_reserve(&map->numbers, n);
    else
        pairmap_reserve(&map->pairs, n);
}

void
idmap_free(struct idmap *map)
{
    if (map == NULL)
        return;
    numbermap_release(&map->numbers);
    pairmap_release(&map->pairs);
    buf_release(&map->texts);
    free(map);
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
    numbermap_put(&map->numbers, old_number, live_number);
    return true;
}

bool
idmap_fits(const struct idmap *map, struct slice id)
{
    int64_t number;

    return !map->integers || number_parse(id, &number);
}

/* True when `text` is how PostgreSQL prints its number: it may be used as it stands. */
static bool
is_plain(struct slice text)
{
    return text.length == 1 || (text.data[0] != '0' && text.data[0] != '-');
}

static bool
find(struct idmap *map, struct slice old, struct slice *live)
{
    const uint64_t *value;
    struct slice kept;
    int64_t number, live_number;

    if (!map->integers) {
        value = pairmap_find(&map->pairs, hash_bytes(map->seed, old));
        if (value != NULL)
            get_texts(map, *value, &kept, live);
        return value != NULL;
    }
    if (!number_parse(old, &number) || !numbermap_get(&map->numbers, number, &live_number))
        return false;
    *live = live_number == number && is_plain(old) ? old : number_format(live_number, map->number);
    return true;
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

/* The next integer in a text, or the end of one that does not fit: only a hint is made of it. */
static bool
next_number(struct slice *text, int64_t *number)
{
    const char *p = text->data, *end = text->data + text->length;
    uint64_t sum = 0;
    bool negative, any;

    while (p < end && (unsigned)(unsigned char)*p - '0' > 9)
        p++;
    any = p < end;
    negative = any && p > text->data && p[-1] == '-';
    for (; p < end && (unsigned)(unsigned char)*p - '0' <= 9; p++)
        sum = sum * 10 + (unsigned)(unsigned char)*p - '0';
    *number = (int64_t)(negative ? 0 - sum : sum);
    *text = slice_make(p, (size_t)(end - p));
    return any;
}

void
idmap_prefetch(const struct idmap *map, struct slice text)
{
    int64_t number;

    while (map->integers && next_number(&text, &number))
        numbermap_prefetch(&map->numbers, number);
}

size_t
idmap_count(const struct idmap *map)
{
    return map->integers ? numbermap_count(&map->numbers) : map->pairs.count;
}

void
idmap_each(struct idmap *map, void (*each)(void *context, struct slice old, struct slice live),
    void *context)
{
    struct pairmap_entry entry;
    struct slice old, live;
    int64_t old_number, live_number;
    size_t at = 0;

    if (map->integers) {
        while (numbermap_next(&map->numbers, &at, &old_number, &live_number)) {
            char room[2][NUMBER_ROOM];

            each(context, number_format(old_number, room[0]), number_format(live_number, room[1]));
        }
        return;
    }
    while (pairmap_next(&map->pairs, &at, &entry)) {
        get_texts(map, entry.value, &old, &live);
        each(context, old, live);
    }
}
