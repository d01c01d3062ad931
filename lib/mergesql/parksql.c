#include "parksql.h"

#include <string.h>

bool
parksql_way_parse(const char *word, enum parksql_way *way)
{
    static const char *const words[] = {
        "null", "number", "day", "time", "text", "letters", "uuid", "bytes", "false", "true"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0) {
            *way = (enum parksql_way)i;
            return true;
        }
    return false;
}

static void
add_digest(const char *number, struct buf *out)
{
    buf_add_format(out, "pg_catalog.md5('pgbraid ' || (%s)::pg_catalog.text)", number);
}

/* Three digits of 6400 letters, the lowest first. */
static void
add_letters(const char *number, struct buf *out)
{
    static const char *const divisors[] = {"1", "6400", "40960000"};

    for (size_t i = 0; i < 3; i++)
        buf_add_format(out, "%spg_catalog.chr((57344 + (%s) / %s %% 6400)::pg_catalog.int4)",
            i > 0 ? " || " : "", number, divisors[i]);
}

static void
add_text(const struct parksql_column *column, const char *number, struct buf *out)
{
    buf_add_string(out, column->length > 0 ? "pg_catalog.left(" : "(");
    if (column->way == PARKSQL_LETTERS)
        add_letters(number, out);
    else
        add_digest(number, out);
    if (column->length > 0)
        buf_add_format(out, ", %d", column->length);
    buf_add_char(out, ')');
}

/* The greatest value; an endless time has none behind it. */
static void
add_top(const struct parksql_column *column, const char *values, struct buf *out)
{
    bool number = column->way == PARKSQL_NUMBER;

    buf_add_format(out, "COALESCE((SELECT pg_catalog.max(q.v)%s FROM (%s) q(v)), '%s')",
        number ? "" : " FILTER (WHERE pg_catalog.isfinite(q.v))", values,
        number ? "0" : "2000-01-01");
}

/* The value, where it is the same for all rows; else NULL. */
static const char *
constant_of(enum parksql_way way)
{
    switch (way) {
    case PARKSQL_NULL:
        return "NULL";
    case PARKSQL_FALSE:
        return "false";
    case PARKSQL_TRUE:
        return "true";
    default:
        return NULL;
    }
}

void
parksql_value(
    const struct parksql_column *column, const char *number, const char *values, struct buf *out)
{
    const char *constant = constant_of(column->way);

    if (constant != NULL) {
        buf_add_string(out, constant);
        return;
    }
    buf_add_char(out, '(');
    switch (column->way) {
    default: /* a constant */
        break;
    case PARKSQL_NUMBER:
    case PARKSQL_DAY:
    case PARKSQL_TIME:
        add_top(column, values, out);
        buf_add_format(out, " + (%s)%s", number,
            column->way == PARKSQL_DAY    ? "::pg_catalog.int4"
            : column->way == PARKSQL_TIME ? " * '1 second'::pg_catalog.interval"
                                          : "");
        break;
    case PARKSQL_TEXT:
    case PARKSQL_LETTERS:
        add_text(column, number, out);
        break;
    case PARKSQL_UUID:
        add_digest(number, out);
        break;
    case PARKSQL_BYTES:
        buf_add_string(out, "pg_catalog.decode(");
        add_digest(number, out);
        buf_add_string(out, ", 'hex')");
        break;
    }
    buf_add_format(out, ")::%s", column->type);
}
