#ifndef TEXTROWS_H
#define TEXTROWS_H
/*
 * Rows of COPY text as query parameters: a text[] literal a column, for mergesql_unnest() and its
 * like. Zero-initialise; ask for the values as often as rows come; release.
 */
#include "textarray.h"

struct textrows {
    size_t n; /* columns */
    struct textarray *arrays;
    struct slice *fields;
    const char **values;
};

/*
 * The values of `rows`, all ended by newlines and of `n` fields each, which must be the same at
 * every call. Valid until the next call.
 */
const char *const *textrows_values(struct textrows *textrows, size_t n, struct slice rows);
void textrows_release(struct textrows *textrows);

#endif
