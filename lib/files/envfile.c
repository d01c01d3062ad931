#include "envfile.h"

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool
is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void
skip_blanks(struct slice *text)
{
    while (text->length > 0 && is_blank(text->data[0]))
        *text = slice_make(text->data + 1, text->length - 1);
}

static bool
take_name(struct slice *line, struct buf *name)
{
    size_t n = 0;

    skip_blanks(line);
    while (n < line->length && is_name(line->data[n]))
        n++;
    buf_clear(name);
    buf_add(name, line->data, n);
    *line = slice_make(line->data + n, line->length - n);
    return n > 0;
}

/* Behind the opening quote. In '...' all is literal, in "..." a backslash escapes. */
static enum envfile_line
take_quoted(struct slice text, char quote, struct buf *value)
{
    enum envfile_line result = ENVFILE_VALUE;

    for (size_t i = 0; i < text.length && text.data[i] != quote; i++) {
        char c = text.data[i];

        if (quote == '"' && c == '\\' && i + 1 < text.length) {
            c = text.data[++i];
            buf_add_char(value, c == 'n' ? '\n' : c);
            continue;
        }
        if (quote == '"' && c == '$')
            result = ENVFILE_VARIABLE;
        buf_add_char(value, c);
    }
    return result;
}

/* Up to a comment, which needs a blank before it; blanks at the end do not belong to the value. */
static enum envfile_line
take_bare(struct slice text, struct buf *value)
{
    enum envfile_line result = ENVFILE_VALUE;
    size_t n = 0;

    while (n < text.length && !(text.data[n] == '#' && (n == 0 || is_blank(text.data[n - 1]))))
        n++;
    while (n > 0 && is_blank(text.data[n - 1]))
        n--;
    for (size_t i = 0; i + 1 < n; i++)
        if (text.data[i] == '$' && (text.data[i + 1] == '{' || is_name(text.data[i + 1])))
            result = ENVFILE_VARIABLE;
    buf_add(value, text.data, n);
    return result;
}

enum envfile_line
envfile_parse(struct slice line, struct buf *name, struct buf *value)
{
    buf_clear(value);
    if (!take_name(&line, name))
        return ENVFILE_NOTHING;
    if (slice_is(buf_slice(name), "export") && line.length > 0 && is_blank(line.data[0]) &&
        !take_name(&line, name))
        return ENVFILE_NOTHING;
    skip_blanks(&line);
    if (line.length == 0 || line.data[0] != '=')
        return ENVFILE_NOTHING;
    line = slice_make(line.data + 1, line.length - 1);
    skip_blanks(&line);
    if (line.length > 0 && (line.data[0] == '"' || line.data[0] == '\''))
        return take_quoted(slice_make(line.data + 1, line.length - 1), line.data[0], value);
    return take_bare(line, value);
}
