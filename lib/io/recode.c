#include "recode.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"

#define BATCH_BYTES ((size_t)1 << 20)

static bool
is(const char *encoding, const char *name)
{
    return pg_char_to_encoding(encoding) == pg_char_to_encoding(name);
}

bool
recode_is_needed(PGconn *connection, const char *encoding)
{
    return encoding != NULL && !is(encoding, "UTF8") &&
           !is(PQparameterStatus(connection, "server_encoding"), "SQL_ASCII");
}

/*
 * SQL_ASCII says that nobody knows what the bytes mean. Rows of such a dump are taken for UTF-8,
 * and those that are not are refused.
 */
void
recode_init(struct recode *recode, PGconn *connection, const char *encoding, recode_row *row,
    recode_refused *refused, void *context)
{
    int number = pg_char_to_encoding(encoding);

    if (number < 0)
        msg_fatal(
            STATUS_INPUT, "the backup's encoding \"%s\" is none that PostgreSQL knows", encoding);
    if (is(encoding, "SQL_ASCII"))
        number = pg_char_to_encoding("UTF8");
    *recode = (struct recode){.connection = connection,
        .encoding = pg_encoding_to_char(number),
        .number = number,
        .row = row,
        .refused = refused,
        .context = context};
}

static bool
is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

/* A bytea's text form, which every setting of the server reads. */
static void
add_hex(struct slice text, struct buf *out)
{
    static const char digits[] = "0123456789abcdef";

    buf_clear(out);
    buf_reserve(out, text.length * 2 + 3);
    buf_add(out, "\\x", 2);
    for (size_t i = 0; i < text.length; i++) {
        buf_add_char(out, digits[(unsigned char)text.data[i] >> 4]);
        buf_add_char(out, digits[(unsigned char)text.data[i] & 15]);
    }
}

static PGresult *
convert(struct recode *recode, struct slice text, struct server_error *error)
{
    const char *values[2];

    add_hex(text, &recode->hex);
    values[0] = buf_string(&recode->hex);
    values[1] = recode->encoding;
    return server_try_params(recode->connection,
        "SELECT pg_catalog.convert_from($1::pg_catalog.bytea, $2::pg_catalog.name)", 2, values,
        error);
}

static void
give(struct recode *recode, struct slice rows)
{
    while (rows.length > 0)
        recode->row(recode->context, copyrow_next(&rows));
}

static void
refuse(struct recode *recode, struct slice row, const struct server_error *error)
{
    server_require_row_error(error);
    buf_clear(&recode->scratch);
    recode_escape(recode, row, &recode->scratch);
    recode->refused(recode->context, buf_slice(&recode->scratch), error);
}

/* `rows` end in newlines. What cannot be converted as a whole is halved until single rows are left.
 */
static void
convert_rows(struct recode *recode, struct slice rows)
{
    struct server_error error = {0};
    PGresult *result = NULL;
    size_t first = copyrow_half(rows);

    if (is_ascii(rows)) {
        give(recode, rows);
        return;
    }
    result = convert(recode, rows, &error);
    if (result != NULL) {
        give(recode, slice_make(PQgetvalue(result, 0, 0), (size_t)PQgetlength(result, 0, 0)));
    } else if (first == 0) {
        refuse(recode, slice_make(rows.data, rows.length - 1), &error);
    } else {
        convert_rows(recode, slice_make(rows.data, first));
        convert_rows(recode, slice_make(rows.data + first, rows.length - first));
    }
    PQclear(result);
    server_error_release(&error);
}

void
recode_add(struct recode *recode, struct slice row)
{
    buf_add_slice(&recode->rows, row);
    buf_add_char(&recode->rows, '\n');
    if (recode->rows.length >= BATCH_BYTES)
        recode_flush(recode);
}

void
recode_flush(struct recode *recode)
{
    if (recode->rows.length == 0)
        return;
    convert_rows(recode, buf_slice(&recode->rows));
    buf_clear(&recode->rows);
}

/* The length of the character that `text` starts with. */
static size_t
character(const struct recode *recode, struct slice text)
{
    char bytes[8] = {0}; /* PQmblen() looks at the first few, whatever the length */

    memcpy(bytes, text.data, text.length < 4 ? text.length : 4);
    return (size_t)PQmblen(bytes, recode->number);
}

/* Every byte of a character that is not ASCII, whatever the byte looks like. */
void
recode_escape(const struct recode *recode, struct slice row, struct buf *out)
{
    size_t i = 0, end;

    while (i < row.length) {
        if ((unsigned char)row.data[i] < 0x80) {
            buf_add_char(out, row.data[i++]);
            continue;
        }
        end = i + character(recode, slice_make(row.data + i, row.length - i));
        for (; i < end && i < row.length; i++)
            buf_add_format(out, "\\x%02x", (unsigned char)row.data[i]);
    }
}

void
recode_release(struct recode *recode)
{
    buf_release(&recode->rows);
    buf_release(&recode->hex);
    buf_release(&recode->scratch);
}
