#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "number.h"

void
buf_grow(struct buf *buf, size_t more)
{
    size_t capacity = buf->capacity != 0 ? buf->capacity : 256;

    if (more > SIZE_MAX / 2 - buf->length)
        msg_fatal(STATUS_FAILED, "out of memory (%zu bytes more)", more);
    while (capacity - buf->length < more)
        capacity *= 2;
    buf->data = mem_resize(buf->data, capacity, 1);
    buf->capacity = capacity;
}

void
buf_add_string(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void
buf_add_int(struct buf *buf, long long value)
{
    char room[NUMBER_ROOM];

    buf_add_slice(buf, number_format(value, room));
}

void
buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list arguments, again;
    int n;

    va_start(arguments, format);
    va_copy(again, arguments);
    n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0)
        msg_fatal(STATUS_FAILED, "cannot format a text");
    buf_reserve(buf, (size_t)n + 1);
    vsnprintf(buf->data + buf->length, (size_t)n + 1, format, again);
    va_end(again);
    buf->length += (size_t)n;
}

void
buf_clear(struct buf *buf)
{
    buf->length = 0;
}

void
buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

const char *
buf_string(struct buf *buf)
{
    buf_reserve(buf, 1);
    buf->data[buf->length] = '\0';
    return buf->data;
}
