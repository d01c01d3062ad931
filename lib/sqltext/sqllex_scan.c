#include "sqllex_scan.h"

#include <string.h>

#include "utf8.h"

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, the underscore and every byte above ASCII start names, as in PostgreSQL's scan.l. */
bool
sqllex_scan_starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool
sqllex_scan_in_name(char c)
{
    return sqllex_scan_starts_name(c) || is_digit(c) || c == '$';
}

size_t
sqllex_scan_left(const struct sqllex *lex)
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
    return lex->keep == SQLLEX_KEEP || lex->state == SQLLEX_IN_WORD ||
           lex->state == SQLLEX_IN_QUOTED || lex->state == SQLLEX_IN_NUMBER ||
           lex->state == SQLLEX_IN_UNICODE_QUOTED || lex->state == SQLLEX_IDLE;
}

/* Consumes n bytes, which belong to the token as it is written. */
void
sqllex_scan_opening(struct sqllex *lex, size_t n)
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
void
sqllex_scan_value(struct sqllex *lex, size_t n)
{
    if (keeps(lex))
        keep(&lex->value, lex->p, n);
    sqllex_scan_opening(lex, n);
}

enum sqllex_step
sqllex_scan_fail(struct sqllex *lex, const char *reason)
{
    lex->reason = reason;
    return SQLLEX_STEP_FAILED;
}

/* All of the window belongs to a token that must be closed by something. */
static enum sqllex_step
unclosed(struct sqllex *lex, const char *reason)
{
    return lex->whole ? sqllex_scan_fail(lex, reason) : SQLLEX_STEP_NEED;
}

/* ---- the tokens; each function goes on where the last window ended */

static enum sqllex_step
scan_while(struct sqllex *lex, bool (*belongs)(char c))
{
    const char *p = lex->p;

    while (p < lex->end && belongs(*p))
        p++;
    sqllex_scan_value(lex, (size_t)(p - lex->p));
    return p == lex->end && !lex->whole ? SQLLEX_STEP_NEED : SQLLEX_STEP_DONE;
}

static bool
continues_number(char c)
{
    return is_digit(c) || c == '.' || (sqllex_scan_starts_name(c) && (unsigned char)c < 0x80);
}

static bool
continues_line(char c)
{
    return c != '\n' && c != '\r';
}

static enum sqllex_step
scan_word(struct sqllex *lex)
{
    enum sqllex_step step = scan_while(lex, sqllex_scan_in_name);

    for (size_t i = 0; step == SQLLEX_STEP_DONE && i < lex->value.length; i++)
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

static enum sqllex_step
scan_block_comment(struct sqllex *lex)
{
    for (;;) {
        const char *p = comment_mark(lex);

        sqllex_scan_value(lex, (size_t)(p - lex->p));
        if (sqllex_scan_left(lex) < 2 && !lex->whole)
            return SQLLEX_STEP_NEED;
        if (sqllex_scan_left(lex) < 2)
            return sqllex_scan_fail(lex, "a comment is not closed");
        if (p[0] == '*' && p[1] == '/') {
            sqllex_scan_value(lex, 2);
            if (--lex->depth == 0)
                return SQLLEX_STEP_DONE;
        } else if (p[0] == '/' && p[1] == '*') {
            sqllex_scan_value(lex, 2);
            lex->depth++;
        } else {
            sqllex_scan_value(lex, 1);
        }
    }
}

static enum sqllex_step
scan_dollar(struct sqllex *lex)
{
    size_t length = lex->tag.length;
    const char *close = memmem(lex->p, sqllex_scan_left(lex), lex->tag.data, length);

    if (close != NULL) {
        sqllex_scan_value(lex, (size_t)(close - lex->p));
        sqllex_scan_opening(lex, length);
        return SQLLEX_STEP_DONE;
    }
    /* The window may end with the start of the closing tag. */
    if (sqllex_scan_left(lex) >= length)
        sqllex_scan_value(lex, sqllex_scan_left(lex) - length + 1);
    return unclosed(lex, "a dollar-quoted string is not closed");
}

/* Up to `quote`; a doubled one stands for itself. */
static enum sqllex_step
scan_quoted(struct sqllex *lex, char quote, const char *reason)
{
    for (;;) {
        const char *p = memchr(lex->p, quote, sqllex_scan_left(lex));

        if (p == NULL) {
            sqllex_scan_value(lex, sqllex_scan_left(lex));
            return unclosed(lex, reason);
        }
        sqllex_scan_value(lex, (size_t)(p - lex->p));
        if (sqllex_scan_left(lex) < 2 && !lex->whole)
            return SQLLEX_STEP_NEED;
        if (sqllex_scan_left(lex) < 2 || p[1] != quote) {
            sqllex_scan_opening(lex, 1);
            return SQLLEX_STEP_DONE;
        }
        sqllex_scan_value(lex, 1);
        sqllex_scan_opening(lex, 1);
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
static enum sqllex_step
scan_escape_string(struct sqllex *lex)
{
    for (;;) {
        const char *p = lex->p;

        while (p < lex->end && *p != '\'' && *p != '\\')
            p++;
        sqllex_scan_value(lex, (size_t)(p - lex->p));
        if (sqllex_scan_left(lex) < 2 && !lex->whole)
            return SQLLEX_STEP_NEED;
        if (sqllex_scan_left(lex) == 0 || (*p == '\\' && sqllex_scan_left(lex) < 2))
            return sqllex_scan_fail(lex, "a string is not closed");
        if (*p == '\'' && (sqllex_scan_left(lex) < 2 || p[1] != '\'')) {
            sqllex_scan_opening(lex, 1);
            lex->after_escape = true;
            return SQLLEX_STEP_DONE;
        }
        if (keeps(lex)) {
            char c = *p == '\\' ? escaped(p[1]) : '\'';

            keep(&lex->value, &c, 1);
        }
        sqllex_scan_opening(lex, 2);
    }
}

static void
add_utf8(struct buf *out, unsigned long code)
{
    char bytes[4];

    buf_add(out, bytes, utf8_encode((uint32_t)(code & 0x1fffff), bytes));
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
static enum sqllex_step
decode_unicode(struct sqllex *lex, enum sqllex_step step)
{
    struct buf out = {0};
    const char *p, *end;

    if (step != SQLLEX_STEP_DONE || lex->value.length == 0)
        return step;
    p = lex->value.data;
    end = p + lex->value.length;
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
    return SQLLEX_STEP_DONE;
}

enum sqllex_step
sqllex_scan(struct sqllex *lex)
{
    static const char no_string[] = "a string is not closed";
    static const char no_name[] = "a quoted name is not closed";

    switch ((enum sqllex_state)lex->state) {
    case SQLLEX_IN_WORD:
        return scan_word(lex);
    case SQLLEX_IN_NUMBER:
        return scan_while(lex, continues_number);
    case SQLLEX_IN_LINE:
        return scan_while(lex, continues_line);
    case SQLLEX_IN_BLOCK_COMMENT:
        return scan_block_comment(lex);
    case SQLLEX_IN_DOLLAR:
        return scan_dollar(lex);
    case SQLLEX_IN_PLAIN_STRING:
        return scan_quoted(lex, '\'', no_string);
    case SQLLEX_IN_ESCAPE_STRING:
        return scan_escape_string(lex);
    case SQLLEX_IN_UNICODE_STRING:
        return decode_unicode(lex, scan_quoted(lex, '\'', no_string));
    case SQLLEX_IN_QUOTED:
        return scan_quoted(lex, '"', no_name);
    case SQLLEX_IN_UNICODE_QUOTED:
        return decode_unicode(lex, scan_quoted(lex, '"', no_name));
    default:
        return SQLLEX_STEP_DONE;
    }
}
