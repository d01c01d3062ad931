#include "sqlliteral.h"

#include <stdint.h>
#include <string.h>

#include "copyrow.h"
#include "sqllex_scan.h"
#include "utf8.h"

static size_t
left(const struct sqlliteral *at)
{
    return (size_t)(at->end - at->p);
}

static enum sqlliteral_result
not_one(struct sqlliteral *at, const char *reason)
{
    at->reason = reason;
    return SQLLITERAL_NOT;
}

/* The window has ended within something. */
static enum sqlliteral_result
ended(struct sqlliteral *at)
{
    return at->whole ? not_one(at, "it does not end") : SQLLITERAL_MORE;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- between constants */

static enum sqlliteral_result
skip_line_comment(struct sqlliteral *at)
{
    const char *newline = memchr(at->p, '\n', left(at));

    at->p = newline != NULL ? newline : at->end;
    return newline != NULL || at->whole ? SQLLITERAL_DONE : SQLLITERAL_MORE;
}

static enum sqlliteral_result
skip_block_comment(struct sqlliteral *at)
{
    unsigned long depth = 0;

    do {
        if (left(at) < 2)
            return ended(at);
        if (at->p[0] == '/' && at->p[1] == '*') {
            depth++;
            at->p += 2;
        } else if (at->p[0] == '*' && at->p[1] == '/') {
            depth--;
            at->p += 2;
        } else {
            at->p++;
        }
    } while (depth > 0);
    return SQLLITERAL_DONE;
}

enum sqlliteral_result
sqlliteral_space(struct sqlliteral *at, bool *newline)
{
    enum sqlliteral_result result = SQLLITERAL_DONE;

    while (result == SQLLITERAL_DONE) {
        while (at->p < at->end && (*at->p == ' ' || (*at->p >= '\t' && *at->p <= '\r')))
            *newline |= *at->p++ == '\n';
        if (left(at) < 2)
            return left(at) == 1 && *at->p != '-' && *at->p != '/' ? SQLLITERAL_DONE
                   : at->whole                                     ? SQLLITERAL_DONE
                                                                   : SQLLITERAL_MORE;
        if (at->p[0] == '-' && at->p[1] == '-')
            result = skip_line_comment(at);
        else if (at->p[0] == '/' && at->p[1] == '*')
            result = skip_block_comment(at);
        else
            return SQLLITERAL_DONE;
    }
    return result;
}

/* ---- strings */

/* What COPY TEXT escapes, and the quote and the backslash: what runs of other bytes end at. */
static const unsigned char special[256] = {
    ['\b'] = 'b',
    ['\f'] = 'f',
    ['\n'] = 'n',
    ['\r'] = 'r',
    ['\t'] = 't',
    ['\v'] = 'v',
    ['\\'] = '\\',
    ['\''] = '\'',
};

static void
add_escaped(struct buf *out, char c)
{
    if (c != '\'' && special[(unsigned char)c] != 0) {
        buf_add_char(out, '\\');
        c = (char)special[(unsigned char)c];
    }
    buf_add_char(out, c);
}

/* Copies up to the next special byte. False when there is none in the window. */
static bool
copy_run(struct sqlliteral *at, struct buf *out)
{
    const char *p = at->p;

    while (p < at->end && special[(unsigned char)*p] == 0)
        p++;
    buf_add(out, at->p, (size_t)(p - at->p));
    at->p = p;
    return p < at->end;
}

/* At a quote: steps over it; DONE when it ends the string, else a doubled one was copied. */
static enum sqlliteral_result
take_quote(struct sqlliteral *at, struct buf *out, bool *closed)
{
    if (left(at) < 2 && !at->whole)
        return SQLLITERAL_MORE;
    *closed = left(at) < 2 || at->p[1] != '\'';
    if (!*closed)
        buf_add_char(out, '\'');
    at->p += *closed ? 1 : 2;
    return SQLLITERAL_DONE;
}

static enum sqlliteral_result
plain_string(struct sqlliteral *at, struct buf *out)
{
    bool closed = false;

    while (!closed) {
        if (!copy_run(at, out))
            return ended(at);
        if (*at->p == '\'') {
            if (take_quote(at, out, &closed) != SQLLITERAL_DONE)
                return SQLLITERAL_MORE;
        } else {
            add_escaped(out, *at->p++);
        }
    }
    return SQLLITERAL_DONE;
}

static int
digit_value(char c, int base)
{
    int value = is_digit(c)            ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : base;

    return value < base ? value : -1;
}

/* Up to `max` digits of the base at p; returns how many there are. */
static size_t
read_digits(const char *p, const char *end, int base, size_t max, uint32_t *value)
{
    size_t n = 0;

    for (*value = 0; n < max && p + n < end && digit_value(p[n], base) >= 0; n++)
        *value = *value * (uint32_t)base + (uint32_t)digit_value(p[n], base);
    return n;
}

/* Adds a code point; halves of a surrogate pair wait in *high for each other. */
static bool
add_code(struct sqlliteral *at, uint32_t code, uint32_t *high, struct buf *out)
{
    char bytes[4];
    size_t n;

    if (code >= 0xd800 && code < 0xdc00 && *high == 0) {
        *high = code;
        return true;
    }
    if ((code >= 0xdc00 && code < 0xe000) != (*high != 0))
        return not_one(at, "a surrogate without its other half"), false;
    if (*high != 0)
        code = 0x10000 + ((*high - 0xd800) << 10) + (code - 0xdc00);
    *high = 0;
    if (code == 0 || code > 0x10ffff || (code >= 0x80 && !at->utf8))
        return not_one(at, "a code point that cannot be written in the backup's encoding"), false;
    n = utf8_encode(code, bytes);
    for (size_t i = 0; i < n; i++)
        add_escaped(out, bytes[i]);
    return true;
}

/* At a backslash of E''. */
static enum sqlliteral_result
take_escape(struct sqlliteral *at, uint32_t *high, struct buf *out)
{
    static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
    const char *letter;
    uint32_t code;
    size_t n;
    char c;

    if (left(at) < 12 && !at->whole)
        return SQLLITERAL_MORE;
    if (left(at) < 2)
        return ended(at);
    c = at->p[1];
    if (c == 'u' || c == 'U') {
        n = c == 'u' ? 4 : 8;
        if (read_digits(at->p + 2, at->end, 16, n, &code) != n)
            return not_one(at, "a \\u without its digits");
        at->p += n + 2;
        return add_code(at, code, high, out) ? SQLLITERAL_DONE : SQLLITERAL_NOT;
    }
    n = c == 'x' ? read_digits(at->p + 2, at->end, 16, 2, &code) : 0;
    if (n > 0) {
        n++;
    } else {
        n = read_digits(at->p + 1, at->end, 8, 3, &code);
    }
    if (n > 0) {
        if ((code & 0xff) == 0)
            return not_one(at, "a byte 0");
        if (code < 0x80 || at->utf8)
            add_escaped(out, (char)(code & 0xff));
        else /* a byte of the server's encoding, not of the script's: COPY's escape means that too
              */
            buf_add_format(out, "\\%03o", (unsigned)(code & 0xff));
        at->p += n + 1;
        return SQLLITERAL_DONE;
    }
    letter = c != '\0' ? strchr(from, c) : NULL;
    add_escaped(out, letter != NULL ? to[letter - from] : c);
    at->p += 2;
    return SQLLITERAL_DONE;
}

static enum sqlliteral_result
escape_string(struct sqlliteral *at, struct buf *out)
{
    enum sqlliteral_result result = SQLLITERAL_DONE;
    bool closed = false;
    uint32_t high = 0;

    while (result == SQLLITERAL_DONE && !closed) {
        bool paired = high != 0;

        if (!copy_run(at, out))
            return ended(at);
        if (*at->p == '\\')
            result = take_escape(at, &high, out);
        else if (*at->p == '\'')
            result = take_quote(at, out, &closed);
        else
            add_escaped(out, *at->p++);
        if (paired && high != 0)
            return not_one(at, "a surrogate without its other half");
    }
    return result;
}

/* The bytes between the quotes as they stand, quotes halved. */
static enum sqlliteral_result
raw_string(struct sqlliteral *at, struct buf *out)
{
    bool closed = false;

    while (!closed) {
        const char *quote = memchr(at->p, '\'', left(at));

        if (quote == NULL)
            return ended(at);
        buf_add(out, at->p, (size_t)(quote - at->p));
        at->p = quote;
        if (take_quote(at, out, &closed) != SQLLITERAL_DONE)
            return SQLLITERAL_MORE;
    }
    return SQLLITERAL_DONE;
}

/* B'' and X'': the digits, or the bits of hexadecimal ones. */
static enum sqlliteral_result
bit_string(struct sqlliteral *at, int base, struct buf *out)
{
    struct buf digits = {0};
    enum sqlliteral_result result = raw_string(at, &digits);

    for (size_t i = 0; result == SQLLITERAL_DONE && i < digits.length; i++) {
        int value = digit_value(digits.data[i], base);

        if (value < 0)
            result = not_one(at, "a digit that is none of a bit string");
        for (int bit = base / 2; result == SQLLITERAL_DONE && bit > 0; bit /= 2)
            buf_add_char(out, (value & bit) != 0 ? '1' : '0');
    }
    buf_release(&digits);
    return result;
}

/* UESCAPE 'c' behind a U&''; without it the backslash. */
static enum sqlliteral_result
take_uescape(struct sqlliteral *at, char *escape)
{
    struct sqlliteral ahead = *at;
    bool newline = false;

    *escape = '\\';
    if (sqlliteral_space(&ahead, &newline) != SQLLITERAL_DONE)
        return SQLLITERAL_MORE;
    if (left(&ahead) < 8 && !at->whole)
        return SQLLITERAL_MORE;
    if (left(&ahead) < 8 || strncasecmp(ahead.p, "uescape", 7) != 0)
        return SQLLITERAL_DONE;
    ahead.p += 7;
    if (sqlliteral_space(&ahead, &newline) != SQLLITERAL_DONE || (left(&ahead) < 3 && !at->whole))
        return SQLLITERAL_MORE;
    if (left(&ahead) < 3 || ahead.p[0] != '\'' || ahead.p[2] != '\'' || ahead.p[1] == '\'')
        return not_one(at, "UESCAPE without its character");
    *escape = ahead.p[1];
    at->p = ahead.p + 3;
    return SQLLITERAL_DONE;
}

static bool
decode_unicode(struct sqlliteral *at, struct slice text, char escape, struct buf *out)
{
    const char *p = text.data, *end = p + text.length;
    uint32_t high = 0, code;

    while (p < end) {
        bool is_long = end - p > 1 && p[0] == escape && p[1] == '+';
        size_t digits = is_long ? 6 : 4, sign = is_long ? 2 : 1;

        if (*p == escape && end - p > 1 && p[1] == escape) {
            code = (unsigned char)*p;
            p += 2;
        } else if (*p == escape) {
            if (read_digits(p + sign, end, 16, digits, &code) != digits)
                return not_one(at, "an escape of U&'' without its digits"), false;
            p += sign + digits;
            if (!add_code(at, code, &high, out))
                return false;
            continue;
        } else {
            code = (unsigned char)*p++;
        }
        if (high != 0)
            return not_one(at, "a surrogate without its other half"), false;
        add_escaped(out, (char)code);
    }
    return high == 0 || (not_one(at, "a surrogate without its other half"), false);
}

static enum sqlliteral_result
dollar_string(struct sqlliteral *at, struct buf *out)
{
    const char *p = at->p + 1, *close;
    struct slice tag;

    while (p < at->end && *p != '$' && sqllex_scan_in_name(*p))
        p++;
    if (p == at->end)
        return ended(at);
    if (*p != '$' || is_digit(at->p[1]))
        return not_one(at, "a dollar sign");
    tag = slice_make(at->p, (size_t)(p + 1 - at->p));
    close = memmem(p + 1, (size_t)(at->end - p) - 1, tag.data, tag.length);
    if (close == NULL)
        return ended(at);
    copyrow_escape(slice_make(p + 1, (size_t)(close - p) - 1), out);
    at->p = close + tag.length;
    return SQLLITERAL_DONE;
}

/* The letter before the quote, in lower case; 0 when none is there; 'u' stands for U&. */
static char
prefix(const struct sqlliteral *at)
{
    char c = left(at) > 1 ? (char)(*at->p | 0x20) : 0;

    if (left(at) > 2 && c == 'u' && at->p[1] == '&' && at->p[2] == '\'')
        return 'u';
    return left(at) > 1 && at->p[1] == '\'' && (c == 'e' || c == 'n' || c == 'b' || c == 'x') ? c
                                                                                              : 0;
}

bool
sqlliteral_starts_string(const struct sqlliteral *at)
{
    return left(at) > 0 && (*at->p == '\'' || *at->p == '$' || prefix(at) != 0);
}

/* The inside of one string of that kind, behind its opening quote. */
static enum sqlliteral_result
string_body(struct sqlliteral *at, char kind, struct buf *out)
{
    switch (kind) {
    case 'u':
        return raw_string(at, out);
    case 'b':
        return bit_string(at, 2, out);
    case 'x':
        return bit_string(at, 16, out);
    case 'e':
        return escape_string(at, out);
    default:
        return at->standard_strings ? plain_string(at, out) : escape_string(at, out);
    }
}

/* A string goes on where nothing but white space with a newline stands before the next quote. */
static enum sqlliteral_result
is_continued(struct sqlliteral *at, bool *continued)
{
    struct sqlliteral ahead = *at;
    bool newline = false;
    enum sqlliteral_result result = sqlliteral_space(&ahead, &newline);

    if (result != SQLLITERAL_DONE || (left(&ahead) == 0 && !at->whole))
        return result == SQLLITERAL_DONE ? SQLLITERAL_MORE : result;
    *continued = left(&ahead) > 0 && *ahead.p == '\'';
    if (*continued && !newline)
        return not_one(at, "two strings on one line");
    if (*continued)
        at->p = ahead.p + 1;
    return SQLLITERAL_DONE;
}

static enum sqlliteral_result
quoted_string(struct sqlliteral *at, char kind, struct buf *out)
{
    enum sqlliteral_result result;
    bool continued = false;

    do {
        result = string_body(at, kind, out);
        /* Nearly always a comma or a parenthesis follows. */
        if (result == SQLLITERAL_DONE && left(at) > 0 && (*at->p == ',' || *at->p == ')'))
            return result;
        if (result == SQLLITERAL_DONE)
            result = is_continued(at, &continued);
    } while (result == SQLLITERAL_DONE && continued);
    return result;
}

static enum sqlliteral_result
unicode_string(struct sqlliteral *at, struct buf *out)
{
    struct buf raw = {0};
    enum sqlliteral_result result;
    char escape = '\\';

    if (!at->standard_strings)
        return not_one(at, "U&'' while standard_conforming_strings is off");
    result = quoted_string(at, 'u', &raw);
    if (result == SQLLITERAL_DONE)
        result = take_uescape(at, &escape);
    buf_reserve(&raw, 1);
    if (result == SQLLITERAL_DONE && !decode_unicode(at, buf_slice(&raw), escape, out))
        result = SQLLITERAL_NOT;
    buf_release(&raw);
    return result;
}

enum sqlliteral_result
sqlliteral_string(struct sqlliteral *at, struct buf *out)
{
    char kind;

    if (*at->p == '$')
        return dollar_string(at, out);
    kind = *at->p == '\'' ? '\'' : prefix(at);
    at->p += kind == '\'' ? 1 : kind == 'u' ? 3 : 2;
    return kind == 'u' ? unicode_string(at, out) : quoted_string(at, kind, out);
}

/* ---- numbers */

static const char *
skip_digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* The exponent at p, or p when there is none. */
static const char *
skip_exponent(const char *p, const char *end)
{
    const char *digits = p + 1;

    if (p == end || (*p != 'e' && *p != 'E'))
        return p;
    if (digits < end && (*digits == '+' || *digits == '-'))
        digits++;
    return digits < end && is_digit(*digits) ? skip_digits(digits, end) : p;
}

static bool
is_zero(struct slice digits)
{
    for (size_t i = 0; i < digits.length; i++)
        if (digits.data[i] != '0' && digits.data[i] != '.')
            return false;
    return true;
}

enum sqlliteral_result
sqlliteral_number(struct sqlliteral *at, char sign, enum sqlliteral_number *kind, struct buf *out)
{
    const char *p = at->p, *point = skip_digits(p, at->end), *fraction = point, *end;

    if (point < at->end && *point == '.')
        fraction = skip_digits(point + 1, at->end);
    end = skip_exponent(fraction, at->end);
    /* "1e" and "1e+" may go on as an exponent. */
    if (at->end - end < 3 && !at->whole)
        return SQLLITERAL_MORE;
    if (fraction - p < 1 || (fraction - p == 1 && *p == '.') ||
        (end < at->end && (sqllex_scan_in_name(*end) || *end == '.')))
        return not_one(at, "not a decimal number");
    *kind = end > fraction     ? SQLLITERAL_EXPONENT
            : fraction > point ? SQLLITERAL_DECIMAL
                               : SQLLITERAL_INTEGER;
    if (sign == '-' && !is_zero(slice_make(p, (size_t)(fraction - p))))
        buf_add_char(out, '-');
    while (p < point && *p == '0' && p + 1 < point)
        p++;
    if (p == point)
        buf_add_char(out, '0');
    buf_add(out, p, (size_t)(point - p));
    if (fraction - point > 1)
        buf_add(out, point, (size_t)(fraction - point));
    buf_add(out, fraction, (size_t)(end - fraction));
    at->p = end;
    return SQLLITERAL_DONE;
}
