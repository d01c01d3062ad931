#include "textrows.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"

static void
make_room(struct textrows *textrows, size_t n)
{
    textrows->n = n;
    textrows->arrays = mem_alloc((n + 1) * sizeof *textrows->arrays);
    textrows->fields = mem_alloc((n + 1) * sizeof *textrows->fields);
    textrows->values = mem_alloc((n + 1) * sizeof *textrows->values);
}

const char *const *
textrows_values(struct textrows *textrows, size_t n, struct slice rows)
{
    if (textrows->arrays == NULL)
        make_room(textrows, n);
    for (size_t i = 0; i < n; i++)
        textarray_clear(&textrows->arrays[i]);
    while (rows.length > 0) {
        copyrow_split(copyrow_next(&rows), textrows->fields, n);
        for (size_t i = 0; i < n; i++)
            textarray_add_field(&textrows->arrays[i], textrows->fields[i]);
    }
    for (size_t i = 0; i < n; i++)
        textrows->values[i] = textarray_literal(&textrows->arrays[i]);
    return textrows->values;
}

void
textrows_release(struct textrows *textrows)
{
    for (size_t i = 0; i < textrows->n; i++)
        textarray_release(&textrows->arrays[i]);
    free(textrows->arrays);
    free(textrows->fields);
    free(textrows->values);
    *textrows = (struct textrows){0};
}
