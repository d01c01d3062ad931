#ifndef TEXTARRAY_H
#define TEXTARRAY_H
/*
 * Builds text[] literals to be given as query parameters (manual, "Arrays", Array Input and
 * Output):
 * `{"a","b\"c",NULL}`. Zero-initialise; add; take the literal; clear and go on.
 */
#include "buf.h"
#include "slice.h"

struct textarray {
    struct buf literal, value;
};

/* Adds a field of a COPY text row: unescaped, \N as NULL. */
void textarray_add_field(struct textarray *array, struct slice field);
/* Adds a value as it is. */
void textarray_add_name(struct textarray *array, const char *name);
/* The finished, NUL-terminated literal; valid until the next call. */
const char *textarray_literal(struct textarray *array);
void textarray_clear(struct textarray *array);
void textarray_release(struct textarray *array);

#endif
