#ifndef BUF_H
#define BUF_H
/*
 * A growable byte buffer. Zero-initialise it; data is NULL while nothing was added. Its bytes are
 * valid until the next call that adds to it. The record lifetime: buf_clear() and fill again.
 * What is called for every field of every row stands here, to be inlined.
 */
#include <stddef.h>

#include "slice.h"

struct buf {
    char *data;
    size_t length, capacity;
};

void buf_grow(struct buf *buf, size_t more); /* what buf_reserve() does where room is short */
void buf_add_string(struct buf *buf, const char *text);
void buf_add_int(struct buf *buf, long long value);
void buf_add_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *buf); /* keeps the memory */
void buf_release(struct buf *buf);
const char *buf_string(struct buf *buf); /* its bytes, NUL-terminated; owned by the buffer */

/* Room for `more` bytes after length. */
static inline void
buf_reserve(struct buf *buf, size_t more)
{
    if (buf->capacity - buf->length < more || buf->data == NULL)
        buf_grow(buf, more);
}

static inline void
buf_add(struct buf *buf, const char *bytes, size_t length)
{
    buf_reserve(buf, length);
    if (length != 0)
        memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
}

static inline void
buf_add_slice(struct buf *buf, struct slice slice)
{
    buf_add(buf, slice.data, slice.length);
}

static inline void
buf_add_char(struct buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->data[buf->length++] = c;
}

static inline struct slice
buf_slice(const struct buf *buf)
{
    return slice_make(buf->data, buf->length);
}

#endif
