#ifndef SLICE_H
#define SLICE_H
/*
 * A slice is a view of bytes that somebody else owns; it is not NUL-terminated. The owner's comment
 * says how long it stays valid (mostly: until the next read from the same source).
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *data;
    size_t length;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})

static inline struct slice
slice_make(const char *data, size_t length)
{
    return (struct slice){data, length};
}

static inline struct slice
slice_string(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static inline bool
slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_string(text));
}

static inline bool
slice_starts(struct slice a, struct slice prefix)
{
    return a.length >= prefix.length && memcmp(a.data, prefix.data, prefix.length) == 0;
}

#endif
