#ifndef MEM_H
#define MEM_H
/*
 * Memory with the suite's first idiom of failure: none of these returns NULL, they end the process.
 *
 * Three lifetimes: the process (mem_*, never freed where the set is bounded by the schema), a
 * region (struct arena, freed at once), and the record (one buffer reused, see buf.h).
 */
#include <stddef.h>

void *mem_alloc(size_t size);                              /* zeroed */
void *mem_resize(void *memory, size_t count, size_t size); /* as reallocarray(3) */
char *mem_string(const char *text);                        /* as strdup(3) */
char *mem_copy(const char *bytes, size_t length);          /* NUL-terminated copy */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes room for one more element in an array that holds `count` of room for `*capacity`. */
void *mem_grow(void *array, size_t count, size_t *capacity, size_t size);
#define MEM_APPEND(array, count, capacity)                                                         \
    ((array) = mem_grow((array), (count), &(capacity), sizeof *(array)), &(array)[(count)++])

/* A region: many allocations, one release. Zero-initialise it. */
struct arena {
    struct arena_block *block;
};
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const char *bytes, size_t length); /* NUL-terminated copy */
void arena_release(struct arena *arena);

#endif
