#include "sqllex.h"

#include <string.h>

#define TAG_LIMIT ((size_t)64 * 1024)

/* Which token is under way. */
enum state {
    IDLE,
    WORD,
    NUMBER,
    LINE, /* a comment or meta-command up to the end of the line */
    BLOCK_COMMENT,
    DOLLAR,
    PLAIN_STRING,  /* ends at a quote that is not doubled */
    ESCAPE_STRING, /* a backslash takes the next character along */
    UNICODE_STRING,
    QUOTED,
    UNICODE_QUOTED,
};

enum step { DONE, NEED, FAILED };

void
sqllex_init(struct sqllex *lex)
{
    *lex = (struct sqllex){.line = 1, .standard_strings = true, .state = IDLE};
}

void
sqllex_release(struct sqllex *lex)
{
    buf_release(&lex->raw);
    buf_release(&lex->value);
    buf_release(&lex->tag);
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, the underscore and every byte above ASCII start names, as in PostgreSQL's scan.l. */
static bool
starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool
continues_name(char c)
{
    return starts_name(c) || is_digit(c) || c == '$';
}

static size_t
left(const struct sqllex *lex)
{
    return (size_t)(lex->end - lex->p);
}

static void
keep(struct buf *buf, const char *bytes, size_t n)
{
    size_t room = buf->length < SQLLEX_LIMIT ? SQLLEX_LIMIT - buf->length : 0;

    buf_add(buf, bytes, n < room ? n : room);
}

static bool
keeps(const struct sqllex *lex)
{
    return lex->keep == SQLLEX_KEEP || lex->state == WORD || lex->state == QUOTED ||
           lex->state == NUMBER || lex->state == UNICODE_QUOTED || lex->state == IDLE;
}

/* Consumes n bytes, which belong to the token as it is written. */
static void
consume(struct sqllex *lex, size_t n)
{
    const char *p = lex->p, *end = p + n;

    if (keeps(lex))
        keep(&lex->raw, p, n);
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        lex->line++;
        p++;
    }
    lex->p = end;
}

/* Consumes n bytes that stand for themselves. */
static void
consume_value(struct sqllex *lex, size_t n)
{
    if (keeps(lex))
        keep(&lex->value, lex->p, n);
    consume(lex, n);
}

static enum step
fail(struct sqllex *lex, const char *reason)
{
    lex->reason = reason;
    return FAILED;
}

/* All of the window belongs to a token that must be closed by something. */
static enum step
unclosed(struct sqllex *lex, const char *reason)
{
    return lex->whole ? fail(lex, reason) : NEED;
}

/* ---- the tokens; each function goes on where the last window ended */

static enum step
scan_while(struct sqllex *lex, bool (*belongs)(char c))
{
    const char *p = lex->p;

    while (p < lex->end && belongs(*p))
        p++;
    consume_value(lex, (size_t)(p - lex->p));
    return p == lex->end && !lex->whole ? NEED : DONE;
}

static bool
continues_number(char c)
{
    return is_digit(c) || c == '.' || (starts_name(c) && (unsigned char)c < 0x80);
}

static bool
continues_line(char c)
{
    return c != '\n' && c != '\r';
}

static enum step
scan_word(struct sqllex *lex)
{
    enum step step = scan_while(lex, continues_name);

    for (size_t i = 0; step == DONE && i < lex->value.length; i++)
        if (lex->value.data[i] >= 'A' && lex->value.data[i] <= 'Z')
            lex->value.data[i] = (char)(lex->value.data[i] - 'A' + 'a');
    return step;
}

/* The next byte that could start or end a comment; the window's end when there is none. */
static const char *
comment_mark(const struct sqllex *lex)
{
    const char *p = lex->p;

    while (p < lex->end && *p != '*' && *p != '/')
        p++;
    return p;
}

static enum step
scan_block_comment(struct sqllex *lex)
{
    for (;;) {
        const char *p = comment_mark(lex);

        consume_value(lex, (size_t)(p - lex->p));
        if (left(lex) < 2 && !lex->whole)
            return NEED;
        if (left(lex) < 2)
            return fail(lex, "a comment is not closed");
        if (p[0] == '*' && p[1] == '/') {
            consume_value(lex, 2);
            if (--lex->depth == 0)
                return DONE;
        } else if (p[0] == '/' && p[1] == '*') {
            consume_value(lex, 2);
            lex->depth++;
        } else {
            consume_value(lex, 1);
        }
    }
}

static enum step
scan_dollar(struct sqllex *lex)
{
    size_t length = lex->tag.length;
    const char *close = memmem(lex->p, left(lex), lex->tag.data, length);

    if (close != NULL) {
        consume_value(lex, (size_t)(close - lex->p));
        consume(lex, length);
        return DONE;
    }
    /* The window may end with the start of the closing tag. */
    if (left(lex) >= length)
        consume_value(lex, left(lex) - length + 1);
    return unclosed(lex, "a dollar-quoted string is not closed");
}

/* Up to `quote`; a doubled one stands for itself. */
static enum step
scan_quoted(struct sqllex *lex, char quote, const char *reason)
{
    for (;;) {
        const char *p = memchr(lex->p, quote, left(lex));

        if (p == NULL) {
            consume_value(lex, left(lex));
            return unclosed(lex, reason);
        }
        consume_value(lex, (size_t)(p - lex->p));
        if (left(lex) < 2 && !lex->whole)
            return NEED;
        if (left(lex) < 2 || p[1] != quote) {
            consume(lex, 1);
            return DONE;
        }
        consume_value(lex, 1);
        consume(lex, 1);
    }
}

static char
escaped(char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = c != '\0' ? strchr(from, c) : NULL;

    return at != NULL ? to[at - from] : c;
}

/* Octal, \x and \u are left as they are: nothing here needs such a string's value. */
static enum step
scan_escape_string(struct sqllex *lex)
{
    for (;;) {
        const char *p = lex->p;

        while (p < lex->end && *p != '\'' && *p != '\\')
            p++;
        consume_value(lex, (size_t)(p - lex->p));
        if (left(lex) < 2 && !lex->whole)
            return NEED;
        if (left(lex) == 0 || (*p == '\\' && left(lex) < 2))
            return fail(lex, "a string is not closed");
        if (*p == '\'' && (left(lex) < 2 || p[1] != '\'')) {
            consume(lex, 1);
            lex->after_escape = true;
            return DONE;
        }
        if (keeps(lex)) {
            char c = *p == '\\' ? escaped(p[1]) : '\'';

            keep(&lex->value, &c, 1);
        }
        consume(lex, 2);
    }
}

static void
add_utf8(struct buf *out, unsigned long code)
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
            buf_add_char(out, (char)(0xf0 | (code >> 18 & 7)));
            buf_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        }
        buf_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
    }
    buf_add_char(out, (char)(0x80 | (code & 0x3f)));
}

/* The n hexadecimal digits at p, or -1. */
static long
hex(const char *p, const char *end, size_t n)
{
    long code = 0;

    if ((size_t)(end - p) < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = p[i] >= 'A' && p[i] <= 'F' ? (char)(p[i] - 'A' + 'a') : p[i];
        const char *at = c != '\0' ? strchr(digits, c) : NULL;

        if (at == NULL)
            return -1;
        code = code * 16 + (at - digits);
    }
    return code;
}

/* \XXXX and \+XXXXXX of U&"" and U&'' (the default escape character; UESCAPE is not looked at). */
static enum step
decode_unicode(struct sqllex *lex, enum step step)
{
    struct buf out = {0};
    const char *p = lex->value.data, *end = p + lex->value.length;

    if (step != DONE || lex->value.length == 0)
        return step;
    while (p < end) {
        bool is_long = end - p > 1 && p[0] == '\\' && p[1] == '+';
        long code = *p != '\\' ? -1 : hex(p + (is_long ? 2 : 1), end, is_long ? 6 : 4);

        if (code > 0) {
            add_utf8(&out, (unsigned long)code);
            p += is_long ? 8 : 5;
        } else {
            p += end - p > 1 && p[0] == '\\' && p[1] == '\\';
            buf_add_char(&out, *p++);
        }
    }
    buf_release(&lex->value);
    lex->value = out;
    return DONE;
}

static enum step
go_on(struct sqllex *lex)
{
    static const char no_string[] = "a string is not closed";
    static const char no_name[] = "a quoted name is not closed";

    switch ((enum state)lex->state) {
    case WORD:
        return scan_word(lex);
    case NUMBER:
        return scan_while(lex, continues_number);
    case LINE:
        return scan_while(lex, continues_line);
    case BLOCK_COMMENT:
        return scan_block_comment(lex);
    case DOLLAR:
        return scan_dollar(lex);
    case PLAIN_STRING:
        return scan_quoted(lex, '\'', no_string);
    case ESCAPE_STRING:
        return scan_escape_string(lex);
    case UNICODE_STRING:
        return decode_unicode(lex, scan_quoted(lex, '\'', no_string));
    case QUOTED:
        return scan_quoted(lex, '"', no_name);
    case UNICODE_QUOTED:
        return decode_unicode(lex, scan_quoted(lex, '"', no_name));
    default:
        return DONE;
    }
}

/* ---- where a token starts */

/* True when a $tag$ starts here, which is then consumed; *need when the window ends too early. */
static bool
start_dollar(struct sqllex *lex, bool *need)
{
    const char *p = lex->p + 1;

    if (p < lex->end && !is_digit(*p))
        while (p < lex->end && continues_name(*p) && *p != '$')
            p++;
    *need = p == lex->end && !lex->whole;
    if (p == lex->end || *p != '$')
        return false;
    buf_clear(&lex->tag);
    buf_add(&lex->tag, lex->p, (size_t)(p + 1 - lex->p));
    return true;
}

/* What a letter and a quote start: E'', B'', X'', N'', U&'' and U&"". Returns the prefix's length.
 */
static size_t
start_prefixed(const struct sqllex *lex, enum state *state)
{
    char c = (char)(lex->p[0] | 0x20);

    if (left(lex) >= 2 && lex->p[1] == '\'') {
        *state = c == 'e' || (c == 'n' && !lex->standard_strings) ? ESCAPE_STRING : PLAIN_STRING;
        return c == 'e' || c == 'b' || c == 'x' || c == 'n' ? 2 : 0;
    }
    if (c != 'u' || left(lex) < 3 || lex->p[1] != '&' || (lex->p[2] != '\'' && lex->p[2] != '"'))
        return 0;
    *state = lex->p[2] == '"' ? UNICODE_QUOTED : UNICODE_STRING;
    return 3;
}

/* Which kind of string a bare quote starts; one that continues E'' behind a newline is of its kind.
 */
static enum state
start_string(const struct sqllex *lex)
{
    bool continued = lex->after_escape && lex->newline;

    return continued || !lex->standard_strings ? ESCAPE_STRING : PLAIN_STRING;
}

static void
start(struct sqllex *lex, enum state state, enum sqllex_kind kind, size_t opening,
    struct sqllex_token *token)
{
    lex->state = state;
    if (kind == SQLLEX_COMMENT || kind == SQLLEX_META)
        consume_value(lex, opening);
    else
        consume(lex, opening);
    token->kind = kind;
}

static enum step
start_name(struct sqllex *lex, struct sqllex_token *token)
{
    enum state state = WORD;
    size_t prefix = start_prefixed(lex, &state);

    if (prefix == 0)
        start(lex, WORD, SQLLEX_WORD, 0, token);
    else
        start(lex, state, state == UNICODE_QUOTED ? SQLLEX_IDENT : SQLLEX_STRING, prefix, token);
    return DONE;
}

static enum step
start_other(struct sqllex *lex, struct sqllex_token *token)
{
    bool need = false;
    char c = lex->p[0], next = left(lex) >= 2 ? lex->p[1] : '\0';

    if (c == '-' && next == '-') {
        start(lex, LINE, SQLLEX_COMMENT, 2, token);
    } else if (c == '/' && next == '*') {
        lex->depth = 1;
        start(lex, BLOCK_COMMENT, SQLLEX_COMMENT, 2, token);
    } else if (c == '\\') {
        start(lex, LINE, SQLLEX_META, 1, token);
    } else if (c == '\'') {
        start(lex, start_string(lex), SQLLEX_STRING, 1, token);
    } else if (c == '"') {
        start(lex, QUOTED, SQLLEX_IDENT, 1, token);
    } else if (c == '$' && start_dollar(lex, &need)) {
        start(lex, DOLLAR, SQLLEX_STRING, lex->tag.length, token);
    } else if (need && left(lex) > TAG_LIMIT) {
        return fail(lex, "the tag of a dollar-quoted string is too long");
    } else if (need) {
        return NEED;
    } else {
        lex->state = IDLE;
        consume_value(lex, 1);
        token->kind = SQLLEX_PUNCT;
    }
    return DONE;
}

static void
skip_space(struct sqllex *lex)
{
    while (lex->p < lex->end && is_space(*lex->p)) {
        lex->spaced = true;
        if (*lex->p == '\n' || *lex->p == '\r')
            lex->newline = true;
        lex->line += *lex->p++ == '\n';
    }
}

/* Looks at the first bytes of a token; three decide, a dollar quote's tag aside. */
static enum step
begin(struct sqllex *lex, struct sqllex_token *token)
{
    enum step step;

    skip_space(lex);
    if (left(lex) < 3 && !lex->whole)
        return NEED;
    if (!lex->begun && left(lex) >= 3 && memcmp(lex->p, "\xef\xbb\xbf", 3) == 0) {
        lex->p += 3;
        lex->begun = true;
        return begin(lex, token);
    }
    lex->begun = true;
    buf_clear(&lex->raw);
    buf_clear(&lex->value);
    lex->token_line = lex->line;
    if (left(lex) == 0) {
        token->kind = SQLLEX_END;
        return DONE;
    }
    if (starts_name(*lex->p)) {
        step = start_name(lex, token);
    } else if (is_digit(*lex->p)) {
        start(lex, NUMBER, SQLLEX_NUMBER, 0, token);
        step = DONE;
    } else {
        step = start_other(lex, token);
    }
    return step;
}

static void
finish(struct sqllex *lex, struct sqllex_token *token)
{
    bool comment = token->kind == SQLLEX_COMMENT;

    token->text = buf_slice(&lex->value);
    token->raw = buf_slice(&lex->raw);
    token->line = lex->token_line;
    token->spaced = lex->spaced;
    lex->after_escape =
        lex->state == ESCAPE_STRING || (comment && lex->state == LINE && lex->after_escape);
    lex->spaced = comment;
    if (!comment)
        lex->newline = false;
    lex->state = IDLE;
}

enum sqllex_kind
sqllex_next(
    struct sqllex *lex, struct slice *window, enum sqllex_input input, struct sqllex_token *token)
{
    enum step step = DONE;

    lex->p = window->data;
    lex->end = window->data + window->length;
    lex->whole = input == SQLLEX_WHOLE;
    if (lex->state == IDLE)
        step = begin(lex, &lex->token);
    if (step == DONE)
        step = go_on(lex);
    *window = slice_make(lex->p, left(lex));
    if (step == NEED)
        return SQLLEX_MORE;
    *token = lex->token;
    if (step == FAILED) {
        token->kind = SQLLEX_ERROR;
        token->line = lex->token_line;
        return SQLLEX_ERROR;
    }
    finish(lex, token);
    return token->kind;
}
