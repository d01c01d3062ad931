#include "arraylit.h"

#include <strings.h>

#include "number.h"

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r'); /* array_isspace(): \t \n \v \f \r */
}

/* Bytes that need no thought in an element. */
static bool
is_plain(char c)
{
    static const bool special[256] = {[' '] = true,
        ['\t'] = true,
        ['\n'] = true,
        ['\v'] = true,
        ['\f'] = true,
        ['\r'] = true,
        [','] = true,
        ['{'] = true,
        ['}'] = true,
        ['"'] = true,
        ['\\'] = true};

    return !special[(unsigned char)c];
}

static bool
at_end(const struct arraylit *walk)
{
    return walk->at == walk->text.length;
}

static char
peek(const struct arraylit *walk)
{
    return walk->text.data[walk->at];
}

static void
skip_blanks(struct arraylit *walk)
{
    while (!at_end(walk) && is_blank(peek(walk)))
        walk->at++;
}

static bool
skip_char(struct arraylit *walk, char c)
{
    if (at_end(walk) || peek(walk) != c)
        return false;
    walk->at++;
    return true;
}

static enum arraylit_step
bad(struct arraylit *walk, const char *reason)
{
    walk->reason = reason;
    if (walk->out != NULL)
        walk->out->length = walk->out_start;
    return ARRAYLIT_BAD;
}

/* ---- the bounds before the braces */

static bool
read_bound(struct arraylit *walk, int64_t *bound)
{
    size_t from;

    if (!at_end(walk) && peek(walk) == '+')
        walk->at++;
    from = walk->at;
    while (!at_end(walk) && (peek(walk) == '-' || (peek(walk) >= '0' && peek(walk) <= '9')))
        walk->at++;
    return number_parse(slice_make(walk->text.data + from, walk->at - from), bound) &&
           *bound >= INT32_MIN && *bound <= INT32_MAX;
}

/* `[lower:upper]` or `[upper]`; the bracket is open already. */
static bool
read_bounds(struct arraylit *walk)
{
    int64_t lower = 1, upper;

    if (!read_bound(walk, &upper))
        return false;
    if (skip_char(walk, ':')) {
        lower = upper;
        if (!read_bound(walk, &upper))
            return false;
    }
    if (!skip_char(walk, ']') || upper < lower || walk->bounds == ARRAYLIT_MAX_DIMENSIONS)
        return false;
    if (walk->bounds == 0)
        walk->lower = lower;
    walk->lengths[walk->bounds++] = upper - lower + 1;
    return true;
}

static bool
read_prefix(struct arraylit *walk)
{
    for (skip_blanks(walk); skip_char(walk, '['); skip_blanks(walk))
        if (!read_bounds(walk))
            return false;
    if (walk->bounds > 0 && !skip_char(walk, '='))
        return false;
    walk->prefix_end = walk->at;
    skip_blanks(walk);
    return true;
}

void
arraylit_start(struct arraylit *walk, struct slice literal, struct buf *out)
{
    struct buf work = walk->work;

    *walk = (struct arraylit){.text = literal, .out = out, .work = work};
    walk->out_start = out != NULL ? out->length : 0;
    for (size_t i = 0; i < ARRAYLIT_MAX_DIMENSIONS; i++)
        walk->sizes[i] = -1;
}

void
arraylit_release(struct arraylit *walk)
{
    buf_release(&walk->work);
}

/* ---- writing */

/* Brings `out` up to position `end` of the literal. */
static void
copy_to(struct arraylit *walk, size_t end)
{
    if (walk->out != NULL)
        buf_add(walk->out, walk->text.data + walk->copied, end - walk->copied);
    walk->copied = end;
}

void
arraylit_quote(struct slice value, struct buf *out)
{
    bool quotes =
        value.length == 0 || (value.length == 4 && strncasecmp(value.data, "NULL", 4) == 0);

    for (size_t i = 0; !quotes && i < value.length; i++)
        quotes = !is_plain(value.data[i]);
    if (!quotes) {
        buf_add_slice(out, value);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] == '"' || value.data[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, value.data[i]);
    }
    buf_add_char(out, '"');
}

void
arraylit_replace(struct arraylit *walk, struct slice value)
{
    copy_to(walk, walk->element);
    if (walk->out != NULL)
        arraylit_quote(value, walk->out);
    walk->copied = walk->end;
    walk->changed = true;
}

void
arraylit_null(struct arraylit *walk)
{
    copy_to(walk, walk->element);
    if (walk->out != NULL)
        buf_add_string(walk->out, "NULL");
    walk->copied = walk->end;
    walk->changed = true;
}

/* With the element goes the comma before it, or the one behind it where none before is left. */
bool
arraylit_drop(struct arraylit *walk)
{
    if (walk->n_open > 1)
        return false;
    walk->dropped++;
    walk->changed = true;
    if (--walk->kept > 0) {
        copy_to(walk, walk->field - 1);
        walk->copied = walk->at;
    } else {
        copy_to(walk, walk->field);
        walk->copied = walk->at + (peek(walk) == ',');
    }
    return true;
}

/* Elements were dropped: the bounds at the start of `out` are not right any more. */
static void
shrink_bounds(struct arraylit *walk)
{
    struct buf *out = walk->out, *work = &walk->work;
    size_t body = walk->out_start + walk->prefix_end;

    buf_clear(work);
    if (walk->kept > 0)
        buf_add_format(work, "[%lld:%lld]=", (long long)walk->lower,
            (long long)(walk->lower + (int64_t)walk->kept - 1));
    buf_add(work, out->data + body, out->length - body);
    out->length = walk->out_start;
    buf_add(out, work->data, work->length);
}

/* ---- the walk */

static enum arraylit_step
finish(struct arraylit *walk)
{
    skip_blanks(walk);
    if (!at_end(walk))
        return bad(walk, "something follows the closing brace");
    walk->dimensions = walk->number > 0 ? walk->n_open : 0;
    if (walk->bounds > 0 && walk->bounds != walk->dimensions)
        return bad(walk, "the bounds do not fit the contents");
    for (size_t i = 0; i < walk->bounds; i++)
        if (walk->lengths[i] != walk->sizes[i])
            return bad(walk, "the bounds do not fit the contents");
    copy_to(walk, walk->text.length);
    if (walk->bounds > 0 && walk->dropped > 0 && walk->out != NULL)
        shrink_bounds(walk);
    return ARRAYLIT_END;
}

static const char *
open_brace(struct arraylit *walk)
{
    if (walk->after_value)
        return "a comma is missing";
    if (walk->depth == ARRAYLIT_MAX_DIMENSIONS)
        return "it has more than 6 dimensions";
    walk->counts[walk->depth++] = 0;
    if (walk->depth > walk->n_open) {
        if (walk->fixed)
            return "its parts differ in their dimensions";
        walk->n_open = walk->depth;
    }
    walk->wants_value = false;
    walk->at++;
    return NULL;
}

static const char *
close_brace(struct arraylit *walk)
{
    unsigned level = --walk->depth;

    if (walk->wants_value)
        return "an element is missing";
    if (walk->sizes[level] < 0)
        walk->sizes[level] = walk->counts[level];
    else if (walk->sizes[level] != walk->counts[level])
        return "its parts differ in their lengths";
    if (level > 0)
        walk->counts[level - 1]++;
    walk->after_value = true;
    walk->at++;
    return NULL;
}

static const char *
take_comma(struct arraylit *walk)
{
    if (!walk->after_value)
        return "an element is missing";
    walk->after_value = false;
    walk->wants_value = true;
    walk->at++;
    return NULL;
}

/* Reads `"..."` into work; false when it does not end. */
static bool
read_quoted(struct arraylit *walk)
{
    for (walk->at++; !at_end(walk); walk->at++) {
        if (peek(walk) == '"') {
            walk->at++;
            return true;
        }
        if (peek(walk) == '\\') {
            walk->at++;
            if (at_end(walk))
                return false;
        }
        buf_add_char(&walk->work, peek(walk));
    }
    return false;
}

/* Reads an unquoted element into work; *solid gets its length without the blanks at its end. */
static bool
read_bare(struct arraylit *walk, size_t *solid, bool *escaped)
{
    for (; !at_end(walk) && peek(walk) != ',' && peek(walk) != '}'; walk->at++) {
        bool blank = is_blank(peek(walk));

        if (peek(walk) == '"' || peek(walk) == '{')
            return false;
        if (peek(walk) == '\\') {
            walk->at++;
            if (at_end(walk))
                return false;
            *escaped = true;
        }
        buf_add_char(&walk->work, peek(walk));
        if (!blank) {
            *solid = walk->work.length;
            walk->end = walk->at + 1;
        }
    }
    return true;
}

/* An element with quotes, escapes or blanks. */
static const char *
read_difficult(struct arraylit *walk)
{
    size_t solid = 0;
    bool quoted = peek(walk) == '"', escaped = quoted;

    buf_clear(&walk->work);
    if (quoted) {
        if (!read_quoted(walk))
            return "a quote is not closed";
        solid = walk->work.length;
        walk->end = walk->at;
    } else if (!read_bare(walk, &solid, &escaped)) {
        return "an element has a quote, brace or backslash where none may be";
    }
    walk->value = slice_make(buf_string(&walk->work), solid);
    walk->is_null = !escaped && solid == 4 && strncasecmp(walk->value.data, "NULL", 4) == 0;
    return NULL;
}

static const char *
read_element(struct arraylit *walk)
{
    const char *from = walk->text.data + walk->at, *end = walk->text.data + walk->text.length;
    const char *p = from, *reason = NULL;

    walk->element = walk->at;
    while (p < end && is_plain(*p))
        p++;
    if (p > from && p < end && (*p == ',' || *p == '}')) {
        walk->value = slice_make(from, (size_t)(p - from));
        walk->is_null = walk->value.length == 4 && strncasecmp(from, "NULL", 4) == 0;
        walk->at = walk->end = (size_t)(p - walk->text.data);
    } else {
        reason = read_difficult(walk);
        skip_blanks(walk);
    }
    if (reason == NULL && at_end(walk))
        return "the closing brace is missing";
    if (reason == NULL && peek(walk) != ',' && peek(walk) != '}')
        return "something follows a quoted element";
    return reason;
}

static const char *
take_element(struct arraylit *walk)
{
    const char *reason;

    if (walk->after_value)
        return "a comma is missing";
    walk->fixed = true;
    if (walk->depth != walk->n_open)
        return "its parts differ in their dimensions";
    reason = read_element(walk);
    walk->counts[walk->depth - 1]++;
    walk->dimensions = walk->n_open;
    walk->number++;
    walk->kept++;
    walk->after_value = true;
    walk->wants_value = false;
    return reason;
}

static const char *
open_array(struct arraylit *walk)
{
    if (!read_prefix(walk))
        return "its bounds are malformed";
    if (at_end(walk) || peek(walk) != '{')
        return "it does not start with a brace";
    return open_brace(walk);
}

enum arraylit_step
arraylit_next(struct arraylit *walk)
{
    const char *reason = walk->n_open == 0 ? open_array(walk) : NULL;

    while (reason == NULL) {
        if (walk->depth == 0)
            return finish(walk);
        walk->field = walk->at;
        skip_blanks(walk);
        if (at_end(walk))
            return bad(walk, "the closing brace is missing");
        switch (peek(walk)) {
        case '{':
            reason = open_brace(walk);
            break;
        case '}':
            reason = close_brace(walk);
            break;
        case ',':
            reason = take_comma(walk);
            break;
        default:
            reason = take_element(walk);
            if (reason == NULL)
                return ARRAYLIT_ELEMENT;
        }
    }
    return bad(walk, reason);
}
