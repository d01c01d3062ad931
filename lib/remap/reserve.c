#include "reserve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "ident.h"
#include "mergesql.h"
#include "number.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

void
reserve_init(struct reserve *reserve, PGconn *reader, PGconn *writer,
    const struct plan_table *table, const struct plan_column *column)
{
    *reserve =
        (struct reserve){.reader = reader, .writer = writer, .table = table, .column = column};
}

bool
reserve_is_possible(const struct reserve *reserve)
{
    return number_is_type(reserve->column->type) || strcmp(reserve->column->type, "uuid") == 0;
}

static int64_t
largest_id(const struct reserve *reserve)
{
    struct buf sql = {0};
    PGresult *result;
    int64_t largest = 0;

    buf_add_string(&sql, "SELECT pg_catalog.max(t.");
    ident_quote(slice_string(reserve->column->name), &sql);
    buf_add_string(&sql, ") FROM ");
    mergesql_rows_of(reserve->table, MERGESQL_WHOLE, &sql);
    buf_add_string(&sql, " t");
    result = server_query(reserve->reader, buf_string(&sql));
    if (!PQgetisnull(result, 0, 0))
        number_parse(slice_string(PQgetvalue(result, 0, 0)), &largest);
    PQclear(result);
    buf_release(&sql);
    return largest;
}

/* A sequence that counts down, or starts again, gives ids that are taken: it is not used. */
static bool
counts_up(const struct reserve *reserve)
{
    PGresult *result =
        prepared_query_relation(reserve->writer, sql_sequence_counts_up, reserve->column->target);
    bool up;

    up = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return up;
}

/* A sequence that lags behind its column (ids were inserted by hand) would give ids that are taken.
 */
static void
start(struct reserve *reserve)
{
    struct buf sql = {0};

    reserve->started = true;
    if (reserve->writer == NULL || reserve->column->target == NULL || !counts_up(reserve)) {
        reserve->next = largest_id(reserve) + 1;
        return;
    }
    mergesql_sequence_up(reserve->table, reserve->column, MERGESQL_WHOLE, &sql);
    server_run(reserve->writer, buf_string(&sql));
    buf_release(&sql);
}

void
reserve_cover(struct reserve *reserve, int64_t largest)
{
    struct buf sql = {0};

    if (reserve->writer == NULL || reserve->column->target == NULL || !counts_up(reserve))
        return;
    mergesql_sequence_cover(reserve->column, largest, INT64_MAX, &sql);
    server_run(reserve->writer, buf_string(&sql));
    buf_release(&sql);
}

void
reserve_prepare(struct reserve *reserve, size_t n)
{
    struct buf sql = {0}, name = {0};
    char count[NUMBER_ROOM + 1] = {0};
    const char *values[2];
    struct slice digits;
    size_t left = reserve->block != NULL ? (size_t)(PQntuples(reserve->block) - reserve->used) : 0;

    if (!number_is_type(reserve->column->type) || n <= left)
        return;
    if (!reserve->started)
        start(reserve);
    if (reserve->next != 0 || left > 0)
        return;
    digits = number_format((int64_t)n, count);
    memmove(count, digits.data, digits.length);
    count[digits.length] = '\0';
    ident_display_to_sql(reserve->column->target, &name);
    values[0] = buf_string(&name);
    values[1] = count;
    PQclear(reserve->block);
    reserve->block = server_query_params(reserve->writer,
        "SELECT pg_catalog.nextval($1::pg_catalog.regclass)"
        " FROM pg_catalog.generate_series(1, $2::pg_catalog.int8)",
        2, values);
    reserve->used = 0;
    buf_release(&sql);
    buf_release(&name);
}

/* RFC 9562, version 4: 122 random bits. */
static void
add_uuid(struct buf *out)
{
    unsigned char bytes[16];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        msg_fatal(STATUS_FAILED, "the system gives no random numbers");
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            buf_add_char(out, '-');
        buf_add_format(out, "%02x", bytes[i]);
    }
}

void
reserve_take(struct reserve *reserve, struct buf *out)
{
    if (!number_is_type(reserve->column->type)) {
        add_uuid(out);
        return;
    }
    if (reserve->block != NULL && reserve->used < PQntuples(reserve->block)) {
        buf_add_string(out, PQgetvalue(reserve->block, reserve->used++, 0));
        return;
    }
    if (reserve->next == 0)
        reserve_prepare(reserve, 1);
    if (reserve->next != 0)
        buf_add_int(out, reserve->next++);
    else
        buf_add_string(out, PQgetvalue(reserve->block, reserve->used++, 0));
}

void
reserve_release(struct reserve *reserve)
{
    PQclear(reserve->block);
    reserve->block = NULL;
}
