#include "copyconvert.h"

#include <string.h>

#include "copyrow.h"
#include "mem.h"

void
copyconvert_default(struct copyconvert_format *format)
{
    *format = (struct copyconvert_format){.delimiter = '\t', .null = mem_string("\\N")};
}

bool
copyconvert_is_default(const struct copyconvert_format *format)
{
    return !format->csv && !format->header && format->delimiter == '\t' &&
           strcmp(format->null, "\\N") == 0;
}

/* What PostgreSQL refuses as well. */
const char *
copyconvert_check(const struct copyconvert_format *format)
{
    char d = format->delimiter;

    if (d == '\0' || d == '\n' || d == '\r' || d == '\\')
        return "a delimiter that cannot be one";
    if (strchr(format->null, d) != NULL || strpbrk(format->null, "\n\r") != NULL)
        return "a null string with the delimiter or a newline in it";
    if (format->csv && (format->quote == '\0' || format->escape == '\0' || format->quote == d))
        return "a quote or escape that cannot be one";
    return NULL;
}

void
copyconvert_init(
    struct copyconvert *convert, const struct copyconvert_format *format, size_t n_columns)
{
    buf_clear(&convert->field);
    *convert = (struct copyconvert){.format = format,
        .n_columns = n_columns,
        .field = convert->field,
        .headed = !format->header};
}

void
copyconvert_release(struct copyconvert *convert)
{
    buf_release(&convert->field);
}

bool
copyconvert_is_whole(const struct copyconvert *convert)
{
    return !convert->quoted;
}

/* Ends a field, of which `field` is what is written; of text its escapes are still in it. */
static bool
end_field(struct copyconvert *convert, struct buf *out)
{
    const struct copyconvert_format *format = convert->format;
    struct slice field = buf_slice(&convert->field);
    bool null = !convert->was_quoted && slice_is(field, format->null);

    if (convert->fields++ > 0)
        buf_add_char(out, '\t');
    if (null) {
        buf_add_slice(out, COPYROW_NULL);
    } else if (format->csv) {
        copyrow_escape(field, out);
    } else {
        struct buf value = {0};
        bool good = copyrow_unescape(field, &value);

        copyrow_escape(buf_slice(&value), out);
        buf_release(&value);
        if (!good)
            convert->reason = "a field ends in a backslash";
    }
    buf_clear(&convert->field);
    convert->was_quoted = false;
    return convert->reason == NULL;
}

/* Ends a row; the header is no row. */
static bool
end_row(struct copyconvert *convert, struct buf *out, size_t *length, uint64_t *n)
{
    if (!end_field(convert, out))
        return false;
    if (!convert->headed) {
        out->length = convert->row;
    } else if (convert->fields != convert->n_columns) {
        convert->reason = "a row has another number of fields than the COPY command has columns";
        return false;
    } else {
        buf_add_char(out, '\n');
        ++*n;
    }
    convert->headed = true;
    convert->fields = 0;
    convert->row = *length = out->length;
    return true;
}

/* A byte within quotes. */
static void
take_quoted(struct copyconvert *convert, char c)
{
    const struct copyconvert_format *format = convert->format;

    if (convert->escaped) {
        convert->escaped = false;
        if (c != format->quote && c != format->escape)
            buf_add_char(&convert->field, format->escape);
        buf_add_char(&convert->field, c);
    } else if (c == format->escape && format->escape != format->quote) {
        convert->escaped = true;
    } else if (c == format->quote) {
        convert->quoted = false;
    } else {
        buf_add_char(&convert->field, c);
    }
}

/* A byte of CSV that is no delimiter and no newline, outside of quotes. */
static void
take_unquoted(struct copyconvert *convert, char c, char before)
{
    const struct copyconvert_format *format = convert->format;

    if (c == format->quote) {
        /* A doubled quote: the first one seemed to end the quotes. */
        if (before == c && convert->was_quoted && format->escape == format->quote)
            buf_add_char(&convert->field, c);
        convert->quoted = convert->was_quoted = true;
    } else {
        buf_add_char(&convert->field, c);
    }
}

static bool
take_csv(
    struct copyconvert *convert, struct slice lines, struct buf *out, size_t *length, uint64_t *n)
{
    char before = '\0';

    for (size_t i = 0; i < lines.length; i++) {
        char c = lines.data[i];
        bool quoted = convert->quoted;

        if (quoted)
            take_quoted(convert, c);
        else if (c == convert->format->delimiter && !end_field(convert, out))
            return false;
        else if (c == '\n' && !end_row(convert, out, length, n))
            return false;
        else if (c != convert->format->delimiter && c != '\n')
            take_unquoted(convert, c, before);
        /* Only a quote that has just closed is doubled by the next one. */
        before = quoted && !convert->quoted ? c : '\0';
    }
    return true;
}

static bool
take_text(
    struct copyconvert *convert, struct slice lines, struct buf *out, size_t *length, uint64_t *n)
{
    for (size_t i = 0; i < lines.length; i++) {
        char c = lines.data[i];

        if (c == '\\' && i + 1 < lines.length && lines.data[i + 1] != '\n') {
            buf_add(&convert->field, lines.data + i++, 2);
        } else if (c == convert->format->delimiter) {
            if (!end_field(convert, out))
                return false;
        } else if (c == '\n') {
            if (!end_row(convert, out, length, n))
                return false;
        } else {
            buf_add_char(&convert->field, c);
        }
    }
    return true;
}

bool
copyconvert_take(
    struct copyconvert *convert, struct slice lines, struct buf *out, size_t *length, uint64_t *n)
{
    *n = 0;
    *length = 0;
    convert->row = 0;
    convert->reason = NULL;
    return convert->format->csv ? take_csv(convert, lines, out, length, n)
                                : take_text(convert, lines, out, length, n);
}
