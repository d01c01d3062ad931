#include "insertrow.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "insertcast.h"
#include "sqllex_scan.h"
#include "sqlliteral.h"

#define DEPTH_LIMIT 16 /* of parentheses and casts around one value */

void
insertrow_init(struct insertrow *row, const struct insertrow_column *columns, size_t n)
{
    *row = (struct insertrow){
        .columns = columns, .n = n, .schema = "public", .standard_strings = true, .utf8 = true};
}

void
insertrow_release(struct insertrow *row)
{
    buf_release(&row->reason);
}

/* One value on its way into a field. */
struct value {
    const struct insertrow *row;
    const struct insertrow_column *column;
    struct sqlliteral at;
    enum insertcast_kind kind;
    unsigned depth;
};

static enum sqlliteral_result take_value(struct value *value, struct buf *out);

static enum sqlliteral_result
not_one(struct value *value, const char *reason)
{
    value->at.reason = reason;
    return SQLLITERAL_NOT;
}

/* White space up to a byte, which must be there. */
static enum sqlliteral_result
skip_space(struct value *value)
{
    bool newline = false;
    enum sqlliteral_result result = SQLLITERAL_DONE;

    if (value->at.p < value->at.end && (unsigned char)*value->at.p > ' ' && *value->at.p != '-' &&
        *value->at.p != '/')
        return result;
    result = sqlliteral_space(&value->at, &newline);
    if (result == SQLLITERAL_DONE && value->at.p == value->at.end)
        return value->at.whole ? not_one(value, "it does not end") : SQLLITERAL_MORE;
    return result;
}

/* Steps over that byte behind white space. */
static enum sqlliteral_result
expect(struct value *value, char c)
{
    enum sqlliteral_result result = skip_space(value);

    if (result == SQLLITERAL_DONE && *value->at.p != c)
        return not_one(value, "it is not a constant");
    value->at.p += result == SQLLITERAL_DONE;
    return result;
}

/* ---- constants */

static enum sqlliteral_result
take_number(struct value *value, char sign, struct buf *out)
{
    enum sqlliteral_number kind;
    enum sqlliteral_result result = sqlliteral_number(&value->at, sign, &kind, out);

    value->kind = kind == SQLLITERAL_INTEGER ? INSERTCAST_INTEGER : INSERTCAST_NUMBER;
    if (result == SQLLITERAL_DONE && kind == SQLLITERAL_EXPONENT &&
        insertcast_is_text(value->column->type))
        return not_one(value, "it is a number with an exponent, the column is of text");
    return result;
}

static enum sqlliteral_result
take_signed(struct value *value, struct buf *out)
{
    char sign = *value->at.p++;
    enum sqlliteral_result result = skip_space(value);

    return result == SQLLITERAL_DONE ? take_number(value, sign, out) : result;
}

static enum sqlliteral_result
take_string(struct value *value, struct buf *out)
{
    char c = (char)(*value->at.p | 0x20);
    size_t start = out->length;
    enum sqlliteral_result result = sqlliteral_string(&value->at, out);

    value->kind = c == 'b' || c == 'x' ? INSERTCAST_BITS : INSERTCAST_STRING;
    /* N'' is of the type bpchar, of which other types of text get no blanks at the end. */
    while (result == SQLLITERAL_DONE && c == 'n' && out->length > start &&
           out->data[out->length - 1] == ' ')
        out->length--;
    return result;
}

/* The value in parentheses; the opening one was taken. */
static enum sqlliteral_result
take_inside(struct value *value, struct buf *out)
{
    enum sqlliteral_result result;

    if (++value->depth > DEPTH_LIMIT)
        return not_one(value, "it is not a constant");
    result = take_value(value, out);
    if (result == SQLLITERAL_DONE)
        result = expect(value, ')');
    value->depth--;
    return result;
}

/* ---- casts */

/* Steps over a type, and looks whether a cast to it changes what the column gets. */
static enum sqlliteral_result
take_type(struct value *value, enum insertcast_form form, char **type)
{
    enum insertcast_result result =
        insertcast_type(&value->at, value->row->schema, form, value->column->type, type);

    if (result == INSERTCAST_MORE)
        return SQLLITERAL_MORE;
    return result == INSERTCAST_TYPE ? SQLLITERAL_DONE : not_one(value, "it is not a constant");
}

static enum sqlliteral_result
check_cast(struct value *value, const char *type)
{
    return insertcast_keeps(value->column->type, type, value->kind)
               ? SQLLITERAL_DONE
               : not_one(value, "its cast is to another type than the column's");
}

/* `AS type)` behind CAST( and the value. */
static enum sqlliteral_result
take_as(struct value *value)
{
    enum sqlliteral_result result = skip_space(value);
    char *type;

    if (result != SQLLITERAL_DONE)
        return result;
    if (value->at.end - value->at.p < 3)
        return value->at.whole ? not_one(value, "it does not end") : SQLLITERAL_MORE;
    if (strncasecmp(value->at.p, "as", 2) != 0)
        return not_one(value, "it is not a constant");
    value->at.p += 2;
    result = take_type(value, INSERTCAST_CAST, &type);
    if (result != SQLLITERAL_DONE)
        return result;
    result = check_cast(value, type);
    free(type);
    return result == SQLLITERAL_DONE ? expect(value, ')') : result;
}

static enum sqlliteral_result
take_cast(struct value *value, struct buf *out)
{
    enum sqlliteral_result result = expect(value, '(');

    if (result == SQLLITERAL_DONE && ++value->depth > DEPTH_LIMIT)
        return not_one(value, "it is not a constant");
    if (result == SQLLITERAL_DONE)
        result = take_value(value, out);
    if (result == SQLLITERAL_DONE)
        result = take_as(value);
    value->depth--;
    return result;
}

/* type 'string' */
static enum sqlliteral_result
take_typed(struct value *value, struct buf *out)
{
    char *type;
    enum sqlliteral_result result = take_type(value, INSERTCAST_TYPED, &type);

    if (result != SQLLITERAL_DONE)
        return result;
    result = skip_space(value);
    if (result == SQLLITERAL_DONE && *value->at.p != '\'')
        result = not_one(value, "it is not a constant");
    if (result == SQLLITERAL_DONE)
        result = take_string(value, out);
    if (result == SQLLITERAL_DONE)
        result = check_cast(value, type);
    free(type);
    return result;
}

/* ---- values */

static size_t
word_length(const struct value *value)
{
    const char *p = value->at.p;

    while (p < value->at.end && sqllex_scan_in_name(*p))
        p++;
    return (size_t)(p - value->at.p);
}

static bool
is_word(const struct value *value, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(value->at.p, word, length) == 0;
}

/* A boolean is `t` where it is known to go into one, else `true`: that does for text as well. */
static enum sqlliteral_result
take_boolean(struct value *value, const char *word, struct buf *out)
{
    bool boolean = value->column->type != NULL && strcmp(value->column->type, "boolean") == 0;

    value->kind = INSERTCAST_BOOLEAN;
    buf_add(out, word, boolean ? 1 : strlen(word));
    value->at.p += strlen(word);
    return SQLLITERAL_DONE;
}

static enum sqlliteral_result
take_word(struct value *value, struct buf *out)
{
    size_t length = word_length(value);

    if (value->at.p + length == value->at.end && !value->at.whole)
        return SQLLITERAL_MORE;
    if (is_word(value, length, "null")) {
        value->kind = INSERTCAST_NULL;
        buf_add_slice(out, COPYROW_NULL);
        value->at.p += length;
        return SQLLITERAL_DONE;
    }
    if (is_word(value, length, "true"))
        return take_boolean(value, "true", out);
    if (is_word(value, length, "false"))
        return take_boolean(value, "false", out);
    if (is_word(value, length, "default"))
        return not_one(value, "DEFAULT says no value");
    if (is_word(value, length, "cast")) {
        value->at.p += length;
        return take_cast(value, out);
    }
    return take_typed(value, out);
}

static enum sqlliteral_result
take_constant(struct value *value, struct buf *out)
{
    char c = *value->at.p;

    if (value->at.end - value->at.p < 4 && !value->at.whole)
        return SQLLITERAL_MORE;
    if (sqlliteral_starts_string(&value->at))
        return take_string(value, out);
    if ((c >= '0' && c <= '9') || c == '.')
        return take_number(value, '+', out);
    if (c == '-' || c == '+')
        return take_signed(value, out);
    if (c == '(') {
        value->at.p++;
        return take_inside(value, out);
    }
    return sqllex_scan_in_name(c) || c == '"' ? take_word(value, out)
                                              : not_one(value, "it is not a constant");
}

/* A constant and its casts, up to what is neither. */
static enum sqlliteral_result
take_value(struct value *value, struct buf *out)
{
    enum sqlliteral_result result = skip_space(value);
    char *type;

    if (result == SQLLITERAL_DONE)
        result = take_constant(value, out);
    while (result == SQLLITERAL_DONE && (result = skip_space(value)) == SQLLITERAL_DONE &&
           *value->at.p == ':') {
        if (value->at.end - value->at.p < 2)
            return value->at.whole ? not_one(value, "it does not end") : SQLLITERAL_MORE;
        value->at.p += 2;
        result = take_type(value, INSERTCAST_CAST, &type);
        if (result != SQLLITERAL_DONE)
            return result;
        result = check_cast(value, type);
        free(type);
    }
    return result;
}

/* ---- expressions */

/* Steps to the comma or parenthesis that ends the value at `at`. */
static enum sqlliteral_result
skip_expression(const struct insertrow *row, struct sqlliteral *at)
{
    struct slice window = slice_make(at->p, (size_t)(at->end - at->p));
    enum sqlliteral_result result = SQLLITERAL_DONE;
    struct sqllex lex;
    struct sqllex_token token;
    int depth = 0;

    sqllex_init(&lex);
    lex.standard_strings = row->standard_strings;
    lex.keep = SQLLEX_DISCARD;
    while (result == SQLLITERAL_DONE) {
        enum sqllex_kind kind =
            sqllex_next(&lex, &window, at->whole ? SQLLEX_WHOLE : SQLLEX_PART, &token);
        char c = kind == SQLLEX_PUNCT ? window.data[-1] : '\0';

        if (depth == 0 && (c == ',' || c == ')'))
            break;
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        at->p = window.data;
        if (kind == SQLLEX_MORE)
            result = SQLLITERAL_MORE;
        else if (kind == SQLLEX_END || kind == SQLLEX_ERROR || (depth == 0 && c == ';'))
            result = SQLLITERAL_NOT;
    }
    if (result == SQLLITERAL_DONE)
        at->p = window.data - 1;
    sqllex_release(&lex);
    return result;
}

static struct slice
trimmed(const char *start, const char *end)
{
    while (start < end && (unsigned char)*start <= ' ')
        start++;
    while (end > start && (unsigned char)end[-1] <= ' ')
        end--;
    return slice_make(start, (size_t)(end - start));
}

static void
add_reason(struct insertrow *row, const struct insertrow_column *column, struct slice text,
    const char *reason)
{
    const char *dots = text.length > 60 ? "..." : "";

    if (row->reason.length > 0)
        return; /* the first one is enough */
    buf_add_format(&row->reason, "column %s: %.*s%s cannot be taken: %s", column->name,
        (int)(text.length > 60 ? 60 : text.length), text.data, dots, reason);
}

/* ---- rows */

/* A row under way. */
struct taking {
    struct insertrow *row;
    struct sqlliteral at;
    size_t fields, values; /* written; passed by */
};

/* DEFAULT of a generated column; no other value has a place. */
static bool
is_default(struct slice text)
{
    return text.length == 7 && strncasecmp(text.data, "default", 7) == 0;
}

/* The value from `start` on, which is not a constant: its text becomes the field. */
static enum sqlliteral_result
take_expression(struct taking *taking, const struct insertrow_column *column, const char *start,
    const char *reason, size_t length, struct buf *out)
{
    enum sqlliteral_result result;
    struct slice text;

    taking->at.p = start;
    result = skip_expression(taking->row, &taking->at);
    if (result != SQLLITERAL_DONE)
        return result;
    text = trimmed(start, taking->at.p);
    out->length = length;
    if (column->generated && is_default(text))
        return SQLLITERAL_DONE;
    add_reason(taking->row, column, text, reason);
    if (column->generated)
        return SQLLITERAL_DONE;
    if (taking->fields++ > 0)
        buf_add_char(out, '\t');
    copyrow_escape(text, out);
    return SQLLITERAL_DONE;
}

/* One value, up to the comma or parenthesis behind it. */
static enum sqlliteral_result
take_field(struct taking *taking, struct buf *out)
{
    static const struct insertrow_column beyond = {"beyond the last one", NULL, false};
    struct insertrow *row = taking->row;
    const struct insertrow_column *column =
        taking->values < row->n ? &row->columns[taking->values] : &beyond;
    struct value value = {.row = row, .column = column, .at = taking->at};
    const char *start = taking->at.p, *reason = "it is generated";
    size_t length = out->length;
    enum sqlliteral_result result = SQLLITERAL_NOT;

    taking->values++;
    if (!column->generated) {
        if (taking->fields > 0)
            buf_add_char(out, '\t');
        result = take_value(&value, out);
        reason = value.at.reason;
    }
    if (result == SQLLITERAL_DONE && *value.at.p != ',' && *value.at.p != ')') {
        result = SQLLITERAL_NOT;
        reason = "it is not a constant";
    }
    if (result == SQLLITERAL_NOT)
        return take_expression(taking, column, start, reason, length, out);
    taking->at.p = value.at.p;
    taking->fields += result == SQLLITERAL_DONE;
    return result;
}

void
insertrow_unread(const struct insertrow *row, struct slice text, struct buf *out)
{
    bool first = true;

    copyrow_escape(text, out);
    for (size_t i = 0; i < row->n; i++) {
        if (row->columns[i].generated)
            continue;
        if (!first)
            buf_add_string(out, "\t\\N");
        first = false;
    }
    buf_add_char(out, '\n');
}

static enum insertrow_result
end_row(struct taking *taking, struct slice text, size_t length, struct buf *out)
{
    struct insertrow *row = taking->row;

    if (taking->values == row->n) {
        buf_add_char(out, '\n');
    } else {
        buf_clear(&row->reason);
        buf_add_format(&row->reason, "%zu values for %zu columns", taking->values, row->n);
        out->length = length;
        insertrow_unread(row, text, out);
    }
    return row->reason.length > 0 ? INSERTROW_REJECT : INSERTROW_TAKEN;
}

enum insertrow_result
insertrow_take(
    struct insertrow *row, struct slice *window, enum insertrow_input input, struct buf *out)
{
    struct taking taking = {.row = row,
        .at = {.p = window->data,
            .end = window->data + window->length,
            .whole = input == INSERTROW_WHOLE,
            .standard_strings = row->standard_strings,
            .utf8 = row->utf8}};
    enum sqlliteral_result result;
    const char *start = window->data;
    size_t length = out->length;
    char c;

    buf_clear(&row->reason);
    if (window->length == 0 || *start != '(')
        return window->length == 0 && input == INSERTROW_PART ? INSERTROW_MORE : INSERTROW_BAD;
    do {
        taking.at.p++;
        result = take_field(&taking, out);
        c = result == SQLLITERAL_DONE ? *taking.at.p : ')';
    } while (c == ',');
    if (result != SQLLITERAL_DONE) {
        out->length = length;
        return result == SQLLITERAL_MORE ? INSERTROW_MORE : INSERTROW_BAD;
    }
    *window = slice_make(taking.at.p + 1, (size_t)(taking.at.end - taking.at.p) - 1);
    return end_row(&taking, slice_make(start + 1, (size_t)(taking.at.p - start) - 1), length, out);
}
