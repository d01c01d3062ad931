#include "textarray.h"

#include "copyrow.h"

static void
add_quoted(struct buf *out, struct slice value)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];

        if (c == '"' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c);
    }
    buf_add_char(out, '"');
}

void
textarray_add_field(struct textarray *array, struct slice field)
{
    buf_add_char(&array->literal, array->literal.length == 0 ? '{' : ',');
    if (copyrow_is_null(field)) {
        buf_add_string(&array->literal, "NULL");
        return;
    }
    if (field.length == 0 || memchr(field.data, '\\', field.length) == NULL) {
        add_quoted(&array->literal, field);
        return;
    }
    buf_clear(&array->value);
    copyrow_unescape(field, &array->value);
    add_quoted(&array->literal, buf_slice(&array->value));
}

const char *
textarray_literal(struct textarray *array)
{
    if (array->literal.length == 0)
        return "{}";
    buf_reserve(&array->literal, 2);
    array->literal.data[array->literal.length] = '}';
    array->literal.data[array->literal.length + 1] = '\0';
    return array->literal.data;
}

void
textarray_clear(struct textarray *array)
{
    buf_clear(&array->literal);
}

void
textarray_release(struct textarray *array)
{
    buf_release(&array->literal);
    buf_release(&array->value);
}

void
textarray_add_name(struct textarray *array, const char *name)
{
    struct buf field = {0};

    copyrow_escape(slice_string(name), &field);
    textarray_add_field(array, buf_slice(&field));
    buf_release(&field);
}
