#include "pairmap.h"

#include <string.h>
#include <sys/mman.h>

#include "msg.h"

/* Slots behind the last home, for the run that starts near the end. */
#define OVERHANG 1024
/* Slots from which on memory counts more than speed: 2 to 3 MiB. */
#define LARGE ((size_t)1 << 17)
#define SMALLEST 1024
/* So full a large map may be, 3 of 4: where it is fuller its runs get long. */
#define LARGE_FULL 3
#define LARGE_PARTS 4
#define MOST_RESERVED ((size_t)1 << 26) /* what is said of a table may be wrong */
#define LINE 8                          /* words of a cache line */

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

/* Words of a slot. */
static size_t
width(const struct pairmap *map)
{
    return map->values == PAIRMAP_TWO_VALUES ? 3 : 2;
}

static uint64_t *
slot(const struct pairmap *map, size_t at)
{
    return map->words + at * width(map);
}

static size_t
size_of(const struct pairmap *map, size_t capacity)
{
    return slots(capacity) * width(map) * sizeof *map->words;
}

/* mmap, not malloc: grown by mremap without a copy, and untouched pages cost nothing. */
static uint64_t *
resize(uint64_t *words, size_t before, size_t after)
{
    void *memory = words == NULL ? mmap(NULL, after, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                 : mremap(words, before, after, MREMAP_MAYMOVE);

    if (memory == MAP_FAILED)
        msg_fatal(STATUS_FAILED, "out of memory (%zu bytes more)", after - before);
#ifdef MADV_HUGEPAGE
    madvise(memory, after, MADV_HUGEPAGE); /* every look-up misses the TLB otherwise */
#endif
    return memory;
}

static void
move(const struct pairmap *map, size_t to, size_t from)
{
    uint64_t held[3];
    size_t size = width(map) * sizeof held[0];

    memcpy(held, slot(map, from), size);
    slot(map, from)[0] = 0;
    memcpy(slot(map, to), held, size);
}

/* Moves all entries, in order, to the end of `total` slots, the first `used` of which hold them. */
static void
pack(struct pairmap *map, size_t used, size_t total)
{
    for (size_t from = used; from-- > 0;)
        if (slot(map, from)[0] != 0)
            move(map, --total, from);
}

/* Packs the entries behind one another at the end, then deals them out to their new homes. */
static void
grow_to(struct pairmap *map, size_t capacity)
{
    size_t before = map->capacity, after, free_slot = 0;

    map->capacity = capacity;
    map->words = resize(map->words, size_of(map, before), size_of(map, map->capacity));
    after = slots(map->capacity);
    pack(map, slots(before), after);
    for (size_t from = after - map->count; from < after; from++) {
        size_t to = home(map, slot(map, from)[0]);

        if (to < free_slot)
            to = free_slot;
        if (to > from)
            msg_fatal(STATUS_FAILED, "a hash table is too uneven to grow");
        if (to < from)
            move(map, to, from);
        free_slot = to + 1;
    }
}

static void
grow(struct pairmap *map)
{
    if (map->capacity == 0)
        grow_to(map, SMALLEST);
    else
        grow_to(map, map->capacity + (map->capacity < LARGE ? map->capacity : map->capacity / 4));
}

void
pairmap_reserve(struct pairmap *map, size_t n)
{
    size_t capacity = SMALLEST;

    n += n / 8; /* it is a guess */
    if (n > MOST_RESERVED)
        n = MOST_RESERVED;
    while (capacity < LARGE && capacity / 2 < n)
        capacity *= 2;
    if (capacity >= LARGE && capacity < n / LARGE_FULL * LARGE_PARTS)
        capacity = n / LARGE_FULL * LARGE_PARTS;
    if (capacity > map->capacity)
        grow_to(map, capacity);
}

/* Where `key` stands, or where it has to be put to keep the order. */
static size_t
locate(const struct pairmap *map, uint64_t key)
{
    size_t at = home(map, key);

    while (slot(map, at)[0] != 0 && slot(map, at)[0] < key)
        at++;
    return at;
}

uint64_t *
pairmap_find(const struct pairmap *map, uint64_t key)
{
    uint64_t *found;

    key = stored(key);
    if (map->capacity == 0)
        return NULL;
    found = slot(map, locate(map, key));
    return found[0] == key ? &found[1] : NULL;
}

void
pairmap_prefetch(const struct pairmap *map, uint64_t key)
{
    const uint64_t *first;

    if (map->capacity == 0)
        return;
    first = slot(map, home(map, key));
    __builtin_prefetch(first);
    __builtin_prefetch(first + LINE); /* a run of entries mostly reaches into the next one */
}

static void
insert(struct pairmap *map, size_t at, uint64_t key)
{
    size_t end = at, size = width(map) * sizeof *map->words;

    while (slot(map, end)[0] != 0)
        end++;
    memmove(slot(map, at + 1), slot(map, at), (end - at) * size);
    memset(slot(map, at), 0, size);
    slot(map, at)[0] = key;
    map->count++;
}

/* True when the run that reaches into the overhang leaves it a free slot. */
static bool
has_room(const struct pairmap *map)
{
    size_t limit =
        map->capacity < LARGE ? map->capacity / 2 : map->capacity / LARGE_PARTS * LARGE_FULL;

    return map->capacity != 0 && map->count < limit && slot(map, slots(map->capacity) - 2)[0] == 0;
}

uint64_t *
pairmap_add(struct pairmap *map, uint64_t key, bool *added)
{
    size_t at;

    key = stored(key);
    while (!has_room(map))
        grow(map);
    at = locate(map, key);
    *added = slot(map, at)[0] != key;
    if (*added)
        insert(map, at, key);
    return slot(map, at) + 1;
}

bool
pairmap_next(const struct pairmap *map, size_t *at, struct pairmap_entry *entry)
{
    while (*at < slots(map->capacity)) {
        const uint64_t *words = slot(map, (*at)++);

        *entry = (struct pairmap_entry){words[0], words[1]};
        if (entry->key != 0)
            return true;
    }
    return false;
}

void
pairmap_release(struct pairmap *map)
{
    enum pairmap_values values = map->values;

    if (map->words != NULL)
        munmap(map->words, size_of(map, map->capacity));
    *map = (struct pairmap){.values = values};
}
