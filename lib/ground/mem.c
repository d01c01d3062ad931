#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(16) char data[];
};

static void *
checked(void *memory, size_t size)
{
    if (memory == NULL && size != 0)
        msg_fatal(STATUS_FAILED, "out of memory (%zu bytes more)", size);
    return memory;
}

void *
mem_alloc(size_t size)
{
    return checked(calloc(1, size != 0 ? size : 1), size);
}

void *
mem_resize(void *memory, size_t count, size_t size)
{
    return checked(reallocarray(memory, count != 0 ? count : 1, size), count * size);
}

char *
mem_copy(const char *bytes, size_t length)
{
    char *copy = checked(malloc(length + 1), length + 1);

    if (length != 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *
mem_string(const char *text)
{
    return mem_copy(text, strlen(text));
}

char *
mem_format(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    return checked(n < 0 ? NULL : text, 1);
}

void *
mem_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity != 0 ? *capacity * 2 : 8;
    return mem_resize(array, *capacity, size);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->block;
    void *memory;

    size = (size + 15) & ~(size_t)15;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > 65536 ? size : 65536;

        block = checked(malloc(sizeof *block + room), room);
        block->next = arena->block;
        block->used = 0;
        block->size = room;
        arena->block = block;
    }
    memory = block->data + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

char *
arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    if (length != 0)
        memcpy(copy, bytes, length);
    return copy;
}

void
arena_release(struct arena *arena)
{
    struct arena_block *block = arena->block;

    while (block != NULL) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
    arena->block = NULL;
}
