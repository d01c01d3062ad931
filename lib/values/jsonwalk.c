#include "jsonwalk.h"

#include <stdlib.h>

#include "mem.h"

/* The text ends, for every reader here, in a byte that is no part of it. */
static int
peek(const struct jsonwalk *walk)
{
    return walk->at < walk->text.length ? (unsigned char)walk->text.data[walk->at] : -1;
}

static bool
bad(struct jsonwalk *walk, const char *reason)
{
    if (walk->reason == NULL)
        walk->reason = reason;
    return false;
}

static void
skip_blanks(struct jsonwalk *walk)
{
    while (peek(walk) == ' ' || peek(walk) == '\t' || peek(walk) == '\n' || peek(walk) == '\r')
        walk->at++;
}

static bool
expect(struct jsonwalk *walk, char c, const char *otherwise)
{
    skip_blanks(walk);
    if (peek(walk) != c)
        return bad(walk, otherwise);
    walk->at++;
    return true;
}

/* ---- strings */

static int
hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hexadecimal digits; false where they are none. */
static bool
take_unit(struct jsonwalk *walk, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, walk->at++) {
        int digit = hex_digit(peek(walk));

        if (digit < 0)
            return bad(walk, "an escape \\u without four hexadecimal digits");
        *unit = *unit * 16 + (unsigned)digit;
    }
    return true;
}

static void
add_utf8(unsigned code, struct buf *out)
{
    if (code < 0x80) {
        buf_add_char(out, (char)code);
        return;
    }
    if (code < 0x800) {
        buf_add_char(out, (char)(0xc0 | code >> 6));
    } else {
        if (code < 0x10000) {
            buf_add_char(out, (char)(0xe0 | code >> 12));
        } else {
            buf_add_char(out, (char)(0xf0 | code >> 18));
            buf_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        }
        buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
    }
    buf_add_char(out, (char)(0x80 | (code & 0x3f)));
}

/* Behind `\u`. A pair of surrogates is one character. */
static bool
take_unicode(struct jsonwalk *walk)
{
    unsigned code, low;

    if (!take_unit(walk, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && peek(walk) == '\\' && walk->at + 1 < walk->text.length &&
        walk->text.data[walk->at + 1] == 'u') {
        walk->at += 2;
        if (!take_unit(walk, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return bad(walk, "half of a pair of surrogates");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    add_utf8(code, &walk->string);
    return true;
}

static bool
take_escape(struct jsonwalk *walk)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(walk);
    const char *found = c != 0 && c != -1 ? strchr(from, c) : NULL;

    if (c < 0)
        return bad(walk, "a string is not closed");
    walk->at++;
    if (c == 'u')
        return take_unicode(walk);
    if (found == NULL)
        return bad(walk, "an escape that JSON does not know");
    buf_add_char(&walk->string, to[found - from]);
    return true;
}

/* A string in quotes; its value goes to walk->string. */
static bool
take_string(struct jsonwalk *walk)
{
    buf_clear(&walk->string);
    if (!expect(walk, '"', "a string was expected"))
        return false;
    for (;;) {
        int c = peek(walk);

        if (c < 0)
            return bad(walk, "a string is not closed");
        walk->at++;
        if (c == '"')
            return true;
        if (c != '\\')
            buf_add_char(&walk->string, (char)c);
        else if (!take_escape(walk))
            return false;
    }
}

void
jsonwalk_quote(struct slice value, struct buf *out)
{
    static const char from[] = "\b\f\n\r\t\"\\", to[] = "bfnrt\"\\";

    buf_add_char(out, '"');
    for (size_t i = 0; i < value.length; i++) {
        char c = value.data[i];
        const char *found = c != '\0' ? strchr(from, c) : NULL;

        if (found != NULL) {
            buf_add_char(out, '\\');
            buf_add_char(out, to[found - from]);
        } else if ((unsigned char)c < ' ') {
            buf_add_format(out, "\\u%04x", (unsigned)c);
        } else {
            buf_add_char(out, c);
        }
    }
    buf_add_char(out, '"');
}

/* ---- values that nobody asked for */

/* A number or a word. */
static bool
skip_plain(struct jsonwalk *walk)
{
    size_t start = walk->at;

    while (peek(walk) >= 0 && strchr(" \t\n\r,:[]{}\"", peek(walk)) == NULL)
        walk->at++;
    return walk->at > start || bad(walk, "a value was expected");
}

/* Brackets are counted, whatever their kind: the server has checked the text, and will again. */
static bool
skip_value(struct jsonwalk *walk)
{
    size_t depth = 0;

    do {
        skip_blanks(walk);
        switch (peek(walk)) {
        case '"':
            if (!take_string(walk))
                return false;
            break;
        case '{':
        case '[':
            depth++;
            walk->at++;
            break;
        case '}':
        case ']':
            if (depth-- == 0)
                return bad(walk, "a bracket that closes nothing");
            walk->at++;
            break;
        case ',':
        case ':':
            if (depth == 0)
                return bad(walk, "a value was expected");
            walk->at++;
            break;
        default:
            if (!skip_plain(walk))
                return false;
        }
    } while (depth > 0);
    return true;
}

/* ---- ids */

static bool
is_integer(struct slice text)
{
    size_t i = text.length > 0 && text.data[0] == '-';

    if (i == text.length)
        return false;
    for (; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

/* Takes the value at walk->at if it is an id: *id is its text, valid until the next string. */
static bool
take_id(struct jsonwalk *walk, struct slice *id, bool *quoted)
{
    size_t start = walk->at;

    *quoted = peek(walk) == '"';
    if (*quoted) {
        if (!take_string(walk))
            return false;
        *id = buf_slice(&walk->string);
        return true;
    }
    if (!skip_value(walk))
        return false;
    *id = slice_make(walk->text.data + start, walk->at - start);
    return is_integer(*id);
}

/* Everything before `until` that is not in `out` yet stays as it is. */
static void
copy_until(struct jsonwalk *walk, size_t until)
{
    buf_add(walk->out, walk->text.data + walk->copied, until - walk->copied);
    walk->copied = until;
}

/* Puts a value where the text from `start` to walk->at was. */
static void
replace(struct jsonwalk *walk, size_t start, struct slice by, bool quoted)
{
    copy_until(walk, start);
    if (quoted || !is_integer(by))
        jsonwalk_quote(by, walk->out);
    else
        buf_add_slice(walk->out, by);
    walk->copied = walk->at;
    walk->changed = true;
}

/* The value at walk->at, which is no container, for its path. False: the walk ends. */
static bool
visit_id(struct jsonwalk *walk, size_t path, size_t number, enum jsonwalk_verdict *verdict)
{
    size_t start = walk->at;
    struct slice id, by = {"", 0};
    bool quoted;

    *verdict = JSONWALK_KEEP;
    if (!take_id(walk, &id, &quoted))
        return walk->reason == NULL;
    *verdict = walk->visitor.visit(walk->visitor.context, path, number, id, &by);
    if (*verdict == JSONWALK_STOP) {
        walk->stopped = true;
        return false;
    }
    if (*verdict == JSONWALK_REPLACE) {
        replace(walk, start, by, quoted);
    } else if (*verdict == JSONWALK_NULL) {
        copy_until(walk, start);
        buf_add_string(walk->out, "null");
        walk->copied = walk->at;
        walk->changed = true;
    }
    return true;
}

/* ---- the walk */

/*
 * A dropped element takes the comma before it along, the first one that behind it, with its blanks:
 * so what jsonb has printed stays as jsonb would print it.
 */
static bool
walk_elements(struct jsonwalk *walk, size_t path)
{
    size_t number = 0, kept = 0, before = ++walk->at; /* before: where a dropped one begins */

    skip_blanks(walk);
    if (peek(walk) == ']') {
        walk->at++;
        return true;
    }
    for (;;) {
        enum jsonwalk_verdict verdict;

        skip_blanks(walk);
        if (kept == 0)
            before = walk->at;
        if (!visit_id(walk, path, ++number, &verdict))
            return false;
        if (verdict == JSONWALK_DROP) {
            copy_until(walk, before);
            walk->copied = walk->at;
            walk->changed = true;
        }
        kept += verdict != JSONWALK_DROP;
        skip_blanks(walk);
        before = walk->at;
        if (peek(walk) == ']') {
            walk->at++;
            return true;
        }
        if (!expect(walk, ',', "a comma or ] was expected"))
            return false;
        if (kept == 0) {
            skip_blanks(walk);
            walk->copied = walk->at;
        }
    }
}

/* How many keys of each path led to this depth: `depth` of those that are still open. */
static size_t *
level(const struct jsonwalk *walk, size_t depth)
{
    return walk->matched + depth * walk->n_paths;
}

/* The open path that ends here, if values of that kind are asked for; else n_paths. */
static size_t
path_here(const struct jsonwalk *walk, size_t depth, enum jsonwalk_what what)
{
    for (size_t i = 0; i < walk->n_paths; i++)
        if (level(walk, depth)[i] == depth && walk->paths[i].n_keys == depth &&
            walk->paths[i].what == what)
            return i;
    return walk->n_paths;
}

static bool walk_value(struct jsonwalk *walk, size_t depth);

/* Marks the paths that go on behind the key in walk->string; true when any does. */
static bool
match_key(struct jsonwalk *walk, size_t depth)
{
    bool any = false;

    for (size_t i = 0; i < walk->n_paths; i++) {
        const struct jsonwalk_path *path = &walk->paths[i];
        bool is_its = level(walk, depth)[i] == depth && path->n_keys > depth &&
                      slice_is(buf_slice(&walk->string), path->keys[depth]);

        level(walk, depth + 1)[i] = is_its ? depth + 1 : 0;
        any |= is_its;
    }
    return any;
}

static bool
walk_object(struct jsonwalk *walk, size_t depth)
{
    walk->at++;
    skip_blanks(walk);
    if (peek(walk) == '}') {
        walk->at++;
        return true;
    }
    for (;;) {
        bool any;

        if (!take_string(walk))
            return false;
        any = match_key(walk, depth);
        if (!expect(walk, ':', "a colon was expected") ||
            !(any ? walk_value(walk, depth + 1) : skip_value(walk)))
            return false;
        skip_blanks(walk);
        if (peek(walk) == '}') {
            walk->at++;
            return true;
        }
        if (!expect(walk, ',', "a comma or } was expected"))
            return false;
    }
}

static bool
goes_on(const struct jsonwalk *walk, size_t depth)
{
    for (size_t i = 0; i < walk->n_paths; i++)
        if (level(walk, depth)[i] == depth && walk->paths[i].n_keys > depth)
            return true;
    return false;
}

/* The objects of an array on the way: the keys behind it are looked for in each of them. */
static bool
walk_objects(struct jsonwalk *walk, size_t depth)
{
    walk->at++;
    skip_blanks(walk);
    if (peek(walk) == ']') {
        walk->at++;
        return true;
    }
    for (;;) {
        skip_blanks(walk);
        if (!(peek(walk) == '{' ? walk_object(walk, depth) : skip_value(walk)))
            return false;
        skip_blanks(walk);
        if (peek(walk) == ']') {
            walk->at++;
            return true;
        }
        if (!expect(walk, ',', "a comma or ] was expected"))
            return false;
    }
}

/* Goes as deep as the longest path, no deeper. */
static bool
walk_value(struct jsonwalk *walk, size_t depth)
{
    enum jsonwalk_verdict verdict;
    size_t path;

    skip_blanks(walk);
    if (peek(walk) == '{')
        return walk_object(walk, depth);
    path = path_here(walk, depth, peek(walk) == '[' ? JSONWALK_ELEMENTS : JSONWALK_VALUE);
    if (path == walk->n_paths)
        return peek(walk) == '[' && goes_on(walk, depth) ? walk_objects(walk, depth)
                                                         : skip_value(walk);
    return peek(walk) == '[' ? walk_elements(walk, path) : visit_id(walk, path, 0, &verdict);
}

static bool
walk_text(struct jsonwalk *walk)
{
    if (!walk_value(walk, 0))
        return false;
    skip_blanks(walk);
    return walk->at == walk->text.length || bad(walk, "something follows the value");
}

/* A level for every key of the longest path, one before it and one behind it. */
static void
make_levels(struct jsonwalk *walk)
{
    size_t longest = 0, room;

    for (size_t i = 0; i < walk->n_paths; i++)
        if (walk->paths[i].n_keys > longest)
            longest = walk->paths[i].n_keys;
    room = (longest + 2) * walk->n_paths;
    if (room > walk->room) {
        walk->matched = mem_resize(walk->matched, room, sizeof *walk->matched);
        walk->room = room;
    }
    for (size_t i = 0; i < walk->n_paths; i++)
        walk->matched[i] = 0;
}

enum jsonwalk_result
jsonwalk_rewrite(struct jsonwalk *walk, struct slice text, const struct jsonwalk_path *paths,
    size_t n_paths, struct jsonwalk_visitor visitor, struct buf *out)
{
    size_t before = out->length;

    walk->text = text;
    walk->paths = paths;
    walk->n_paths = n_paths;
    walk->visitor = visitor;
    walk->out = out;
    walk->at = walk->copied = 0;
    walk->reason = NULL;
    walk->changed = walk->stopped = false;
    make_levels(walk);
    if (!walk_text(walk)) {
        out->length = before;
        return walk->stopped ? JSONWALK_STOPPED : JSONWALK_BAD;
    }
    if (!walk->changed) {
        out->length = before;
        return JSONWALK_KEPT;
    }
    copy_until(walk, text.length);
    return JSONWALK_CHANGED;
}

void
jsonwalk_release(struct jsonwalk *walk)
{
    buf_release(&walk->string);
    free(walk->matched);
}
