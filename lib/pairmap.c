#include "pairmap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mem.h"
#include "msg.h"

/* Slots behind the last home, for the run that starts near the end. */
#define OVERHANG 1024
/* Slots from which on memory counts more than speed: 16 MiB. */
#define LARGE ((size_t)1 << 20)

/* A key of 0 marks a free slot; the one key that is 0 is stored as 1, which is as unlikely. */
static uint64_t
stored(uint64_t key)
{
    return key != 0 ? key : 1;
}

/* Monotone in the key. The upper half of the key is enough: 2^32 entries are 64 GiB. */
static size_t
home(const struct pairmap *map, uint64_t key)
{
    return (size_t)((key >> 32) * map->capacity >> 32);
}

static size_t
slots(size_t capacity)
{
    return capacity != 0 ? capacity + OVERHANG : 0;
}

/* mmap, not malloc: grown by mremap without a copy, and untouched pages cost nothing. */
static struct pairmap_entry *
resize(struct pairmap_entry *entries, size_t before, size_t after)
{
    size_t size = sizeof *entries;
    void *memory = entries == NULL ? mmap(NULL, after * size, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                   : mremap(entries, before * size, after * size, MREMAP_MAYMOVE);

    if (memory == MAP_FAILED)
        msg_fatal(STATUS_FAILED, "out of memory (%zu bytes more)", (after - before) * size);
#ifdef MADV_HUGEPAGE
    madvise(memory, after * size, MADV_HUGEPAGE); /* every look-up misses the TLB otherwise */
#endif
    return memory;
}

/* Moves all entries, in order, to the end of `total` slots, the first `used` of which hold them. */
static void
pack(struct pairmap_entry *entries, size_t used, size_t total)
{
    size_t to = total;

    for (size_t from = used; from-- > 0;) {
        struct pairmap_entry entry = entries[from];

        if (entry.key == 0)
            continue;
        entries[from].key = 0;
        entries[--to] = entry;
    }
}

/* Packs the entries behind one another at the end, then deals them out to their new homes. */
static void
grow(struct pairmap *map)
{
    size_t before = slots(map->capacity), after, free_slot = 0;

    if (map->capacity == 0)
        map->capacity = 1024;
    else
        map->capacity += map->capacity < LARGE ? map->capacity : map->capacity / 4;
    after = slots(map->capacity);
    map->entries = resize(map->entries, before, after);
    pack(map->entries, before, after);
    for (size_t from = after - map->count; from < after; from++) {
        struct pairmap_entry entry = map->entries[from];
        size_t to = home(map, entry.key);

        if (to < free_slot)
            to = free_slot;
        if (to > from)
            msg_fatal(STATUS_FAILED, "a hash table is too uneven to grow");
        map->entries[from].key = 0;
        map->entries[to] = entry;
        free_slot = to + 1;
    }
}

/* Where `key` stands, or where it has to be put to keep the order. */
static size_t
locate(const struct pairmap *map, uint64_t key)
{
    size_t at = home(map, key);

    while (map->entries[at].key != 0 && map->entries[at].key < key)
        at++;
    return at;
}

uint64_t *
pairmap_find(const struct pairmap *map, uint64_t key)
{
    size_t at;

    key = stored(key);
    if (map->capacity == 0)
        return NULL;
    at = locate(map, key);
    return map->entries[at].key == key ? &map->entries[at].value : NULL;
}

void
pairmap_prefetch(const struct pairmap *map, uint64_t key)
{
    if (map->capacity != 0)
        __builtin_prefetch(&map->entries[home(map, key)]);
}

static void
insert(struct pairmap *map, size_t at, struct pairmap_entry entry)
{
    size_t end = at;

    while (map->entries[end].key != 0)
        end++;
    memmove(&map->entries[at + 1], &map->entries[at], (end - at) * sizeof entry);
    map->entries[at] = entry;
    map->count++;
}

/* True when the run that reaches into the overhang leaves it a free slot. */
static bool
has_room(const struct pairmap *map)
{
    size_t limit = map->capacity < LARGE ? map->capacity / 2 : map->capacity / 20 * 17;

    return map->capacity != 0 && map->count < limit &&
           map->entries[slots(map->capacity) - 2].key == 0;
}

uint64_t *
pairmap_add(struct pairmap *map, uint64_t key, bool *added)
{
    size_t at;

    key = stored(key);
    while (!has_room(map))
        grow(map);
    at = locate(map, key);
    *added = map->entries[at].key != key;
    if (!*added)
        return &map->entries[at].value;
    insert(map, at, (struct pairmap_entry){key, 0});
    return &map->entries[at].value;
}

const struct pairmap_entry *
pairmap_next(const struct pairmap *map, size_t *at)
{
    while (*at < slots(map->capacity)) {
        const struct pairmap_entry *entry = &map->entries[(*at)++];

        if (entry->key != 0)
            return entry;
    }
    return NULL;
}

void
pairmap_release(struct pairmap *map)
{
    if (map->entries != NULL)
        munmap(map->entries, slots(map->capacity) * sizeof *map->entries);
    *map = (struct pairmap){0};
}
