#include "ident.h"

#include <stdlib.h>

#include "mem.h"

static bool
starts_plain(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

static bool
continues_plain(char c)
{
    return starts_plain(c) || (c >= '0' && c <= '9') || c == '$';
}

void
ident_quote(struct slice name, struct buf *out)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, name.data[i]);
    }
    buf_add_char(out, '"');
}

void
ident_display(struct slice name, struct buf *out)
{
    bool plain = name.length > 0 && starts_plain(name.data[0]);

    for (size_t i = 1; plain && i < name.length; i++)
        plain = continues_plain(name.data[i]);
    if (plain)
        buf_add_slice(out, name);
    else
        ident_quote(name, out);
}

static bool
parse_quoted(struct slice *text, struct buf *out)
{
    const char *p = text->data + 1, *end = text->data + text->length;
    size_t before = out->length;

    for (;;) {
        const char *quote = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;

        if (quote == NULL)
            return false;
        buf_add(out, p, (size_t)(quote - p));
        p = quote + 1;
        if (p == end || *p != '"')
            break;
        buf_add_char(out, '"');
        p++;
    }
    *text = slice_make(p, (size_t)(end - p));
    return out->length > before;
}

/* Bytes above 0x7f belong to names, as in PostgreSQL's scanner; only ASCII letters are folded. */
bool
ident_parse(struct slice *text, struct buf *out)
{
    size_t n = 0;

    if (text->length > 0 && text->data[0] == '"')
        return parse_quoted(text, out);
    while (n < text->length) {
        char c = text->data[n];
        bool upper = c >= 'A' && c <= 'Z', high = (unsigned char)c >= 0x80;

        if (!upper && !high && !(n == 0 ? starts_plain(c) : continues_plain(c)))
            break;
        buf_add_char(out, upper ? (char)(c - 'A' + 'a') : c);
        n++;
    }
    *text = slice_make(text->data + n, text->length - n);
    return n > 0;
}

static char *
take(struct buf *buf)
{
    char *copy = mem_copy(buf->data, buf->length);

    buf_clear(buf);
    return copy;
}

bool
ident_parse_qualified(struct slice text, char **schema, char **name)
{
    struct buf part = {0};
    char *first = NULL;
    bool good = ident_parse(&text, &part);

    *schema = *name = NULL;
    if (good && text.length > 0 && text.data[0] == '.') {
        first = take(&part);
        text = slice_make(text.data + 1, text.length - 1);
        good = ident_parse(&text, &part);
    }
    if (good && text.length == 0) {
        *schema = first;
        *name = take(&part);
    } else {
        free(first);
        good = false;
    }
    buf_release(&part);
    return good;
}

bool
ident_display_to_sql(const char *display, struct buf *out)
{
    char *schema, *name;

    if (!ident_parse_qualified(slice_string(display), &schema, &name))
        return false;
    if (schema != NULL) {
        ident_quote(slice_string(schema), out);
        buf_add_char(out, '.');
    }
    ident_quote(slice_string(name), out);
    free(schema);
    free(name);
    return true;
}

char *
ident_qualified(const char *schema, const char *name)
{
    struct buf text = {0};

    ident_display(slice_string(schema), &text);
    buf_add_char(&text, '.');
    ident_display(slice_string(name), &text);
    buf_string(&text);
    return text.data;
}

void
ident_list_format(const char *const *names, size_t n, struct buf *out)
{
    buf_add_char(out, '(');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_string(out, ", ");
        ident_display(slice_string(names[i]), out);
    }
    buf_add_char(out, ')');
}

static void
skip_blanks(struct slice *text)
{
    while (text->length > 0 && (text->data[0] == ' ' || text->data[0] == '\t'))
        *text = slice_make(text->data + 1, text->length - 1);
}

static bool
skip_char(struct slice *text, char c)
{
    skip_blanks(text);
    if (text->length == 0 || text->data[0] != c)
        return false;
    *text = slice_make(text->data + 1, text->length - 1);
    skip_blanks(text);
    return true;
}

bool
ident_list_parse(struct slice text, char ***names, size_t *n)
{
    struct buf part = {0};
    size_t capacity = 0;
    bool good;

    *names = NULL;
    *n = 0;
    if (!skip_char(&text, '('))
        return false;
    good = skip_char(&text, ')');
    while (!good && ident_parse(&text, &part)) {
        *MEM_APPEND(*names, *n, capacity) = take(&part);
        good = skip_char(&text, ')');
        if (!good && !skip_char(&text, ','))
            break;
    }
    buf_release(&part);
    if (good && text.length == 0)
        return true;
    for (size_t i = 0; i < *n; i++)
        free((*names)[i]);
    free(*names);
    *names = NULL;
    *n = 0;
    return false;
}
