#include "copyrow.h"

#include <string.h>

size_t
copyrow_split(struct slice row, struct slice *fields, size_t max)
{
    /* An empty slice may have no data, and nothing may be added to a null pointer. */
    const char *p = row.length > 0 ? row.data : "", *end = p + row.length;
    size_t n = 0;

    for (;;) {
        const char *tab = p < end ? memchr(p, '\t', (size_t)(end - p)) : NULL;

        if (n < max)
            fields[n] = slice_make(p, (size_t)((tab != NULL ? tab : end) - p));
        n++;
        if (tab == NULL)
            return n;
        p = tab + 1;
    }
}

struct slice
copyrow_next(struct slice *rows)
{
    const char *newline = memchr(rows->data, '\n', rows->length);
    struct slice row = {rows->data, (size_t)(newline - rows->data)};

    *rows = slice_make(newline + 1, rows->length - row.length - 1);
    return row;
}

size_t
copyrow_count(struct slice rows)
{
    size_t n = 0;

    for (size_t i = 0; i < rows.length; i++)
        n += rows.data[i] == '\n';
    return n;
}

size_t
copyrow_half(struct slice rows)
{
    const char *middle = rows.data + rows.length / 2, *end = rows.data + rows.length;
    const char *newline = memrchr(rows.data, '\n', rows.length / 2);

    if (newline == NULL)
        newline = memchr(middle, '\n', (size_t)(end - middle));
    return newline == NULL || newline + 1 == end ? 0 : (size_t)(newline + 1 - rows.data);
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads up to three octal digits at *p, the first of which is known to be one. */
static char
octal(const char **p, const char *end)
{
    unsigned value = 0;

    for (int i = 0; i < 3 && *p < end && **p >= '0' && **p <= '7'; i++)
        value = value * 8 + (unsigned)(*(*p)++ - '0');
    return (char)(value & 0xff);
}

static char
letter(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return c;
    }
}

bool
copyrow_unescape(struct slice field, struct buf *out)
{
    const char *p = field.length > 0 ? field.data : "", *end = p + field.length;

    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));

        buf_add(out, p, (size_t)((slash != NULL ? slash : end) - p));
        if (slash == NULL)
            return true;
        p = slash + 1;
        if (p == end)
            return false;
        if (*p >= '0' && *p <= '7') {
            buf_add_char(out, octal(&p, end));
        } else if (*p == 'x' && p + 1 < end && hex_digit(p[1]) >= 0) {
            int value = hex_digit(p[1]);

            p += 2;
            if (p < end && hex_digit(*p) >= 0)
                value = value * 16 + hex_digit(*p++);
            buf_add_char(out, (char)value);
        } else {
            buf_add_char(out, letter(*p++));
        }
    }
    return true;
}

void
copyrow_escape(struct slice value, struct buf *out)
{
    static const char from[] = "\b\f\n\r\t\v\\", to[] = "bfnrtv\\";

    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];
        const char *at = c != '\0' ? strchr(from, c) : NULL;

        if (at != NULL) {
            buf_add_char(out, '\\');
            c = to[at - from];
        }
        buf_add_char(out, c);
    }
}
