#include "recast.h"

#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"

#define BATCH_BYTES ((size_t)1 << 20)

void
recast_init(struct recast *recast, PGconn *connection, recode_row *row, recode_refused *refused,
    void *context)
{
    *recast = (struct recast){
        .connection = connection, .row = row, .refused = refused, .context = context};
}

/* ---- which columns */

static bool
is_timeless(const char *type)
{
    static const char *const names[] = {"bigint", "integer", "smallint", "text", "uuid", "boolean",
        "bytea", "json", "jsonb", "oid", "name", "\"char\"", "inet", "cidr", "double precision",
        "real", "numeric", "text[]", "bigint[]", "integer[]", "uuid[]", "tsvector", "xml", "money"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(type, names[i]) == 0)
            return true;
    return strncmp(type, "character", 9) == 0 || strncmp(type, "numeric(", 8) == 0;
}

/*
 * An interval in sql_standard may be read in another style as another one: its parts are printed,
 * as every style reads them.
 */
static void
add_printed(const struct recast *recast, const char *type, size_t i, struct buf *sql)
{
    struct buf value = {0};

    buf_add_format(&value, "u.c%zu::", i);
    mergesql_type(type, &value);
    if (strcmp(type, "interval") == 0 &&
        strcmp(textstyle_value(&recast->style, TEXTSTYLE_INTERVALSTYLE), "sql_standard") == 0) {
        const char *v = buf_string(&value);

        buf_add_format(sql,
            "pg_catalog.concat(12 * pg_catalog.date_part('year', %s) + "
            "pg_catalog.date_part('month', %s), ' mons ', pg_catalog.date_part('day', %s), "
            "' days ', 3600 * pg_catalog.date_part('hour', %s) + "
            "60 * pg_catalog.date_part('minute', %s), ' secs ', "
            "pg_catalog.date_part('microseconds', %s), ' us')",
            v, v, v, v, v, v);
    } else {
        buf_add_format(sql, "%s::pg_catalog.text", buf_string(&value));
    }
    buf_release(&value);
}

/* In UTC, whatever zone it is written in. The server would drop the zone from the text. */
static void
add_zoned(const char *type, size_t i, struct buf *sql)
{
    bool array = strstr(type, "[]") != NULL,
         time = strncmp(type, "time ", 5) == 0 || strncmp(type, "time(", 5) == 0;

    buf_add_format(sql, "(u.c%zu::pg_catalog.%s%s%s)::", i, time ? "timetz" : "timestamptz",
        array ? "[]" : "", array ? "" : " AT TIME ZONE 'UTC'");
    mergesql_type(type, sql);
    buf_add_string(sql, "::pg_catalog.text");
}

static void
make_query(struct recast *recast)
{
    buf_clear(&recast->sql);
    buf_add_string(&recast->sql, "SELECT ");
    for (size_t i = 0; i < recast->positions.n; i++) {
        const struct plan_column *column = recast->layout->columns[recast->positions.at[i]];

        buf_add_format(&recast->sql, "%sCASE WHEN u.c%zu IS NOT NULL THEN ", i > 0 ? ", " : "", i);
        if (column->zoned)
            add_zoned(column->type, i, &recast->sql);
        else
            add_printed(recast, column->type, i, &recast->sql);
        buf_add_string(&recast->sql, " END");
    }
    buf_add_string(&recast->sql, " FROM ");
    mergesql_unnest(recast->positions.n, &recast->sql);
    buf_add_string(&recast->sql, " ORDER BY u.n");
}

/* Under the style of the rows to come. */
static void
choose_columns(struct recast *recast)
{
    const struct layout *layout = recast->layout;

    recast->positions.n = 0;
    for (size_t i = 0; i < layout->n; i++)
        if (layout->columns[i]->zoned ||
            (!textstyle_is_own(&recast->style) && !is_timeless(layout->columns[i]->type)))
            recast->positions.at[recast->positions.n++] = i;
}

void
recast_set(struct recast *recast, struct slice name, struct slice value)
{
    recast_flush(recast);
    if (textstyle_set(&recast->style, name, value))
        connect_style(recast->connection, &recast->style);
    if (recast->layout != NULL)
        choose_columns(recast);
}

void
recast_start(struct recast *recast, const struct layout *layout)
{
    recast_end(recast);
    recast->layout = layout;
    recast->fields = mem_alloc((layout->n + 1) * sizeof *recast->fields);
    recast->positions.at = mem_alloc((layout->n + 1) * sizeof *recast->positions.at);
    recast->arrays = mem_alloc((layout->n + 1) * sizeof *recast->arrays);
    choose_columns(recast);
}

bool
recast_is_needed(const struct recast *recast)
{
    return recast->positions.n > 0;
}

void
recast_end(struct recast *recast)
{
    recast_flush(recast);
    for (size_t i = 0; recast->arrays != NULL && i < recast->layout->n; i++)
        textarray_release(&recast->arrays[i]);
    free(recast->arrays);
    free(recast->fields);
    free(recast->positions.at);
    recast->arrays = NULL;
    recast->fields = NULL;
    recast->positions = (struct layout_positions){0};
    recast->layout = NULL;
}

/* ---- rows */

static PGresult *
ask(struct recast *recast, struct slice rows, struct server_error *error)
{
    size_t n = recast->positions.n;
    const char **values = mem_alloc((n + 1) * sizeof *values);
    PGresult *result;

    for (size_t i = 0; i < n; i++)
        textarray_clear(&recast->arrays[i]);
    while (rows.length > 0) {
        copyrow_split(copyrow_next(&rows), recast->fields, recast->layout->n);
        for (size_t i = 0; i < n; i++)
            textarray_add_field(&recast->arrays[i], recast->fields[recast->positions.at[i]]);
    }
    for (size_t i = 0; i < n; i++)
        values[i] = textarray_literal(&recast->arrays[i]);
    result = server_try_params(recast->connection, buf_string(&recast->sql), (int)n, values, error);
    free(values);
    return result;
}

/* One row with what the server printed for it. */
static void
give_row(struct recast *recast, struct slice row, const PGresult *result, int at)
{
    struct buf out = {0};
    size_t next = 0;

    copyrow_split(row, recast->fields, recast->layout->n);
    for (size_t i = 0; i < recast->layout->n; i++) {
        if (i > 0)
            buf_add_char(&out, '\t');
        if (next == recast->positions.n || recast->positions.at[next] != i) {
            buf_add_slice(&out, recast->fields[i]);
            continue;
        }
        server_add_field(result, at, (int)next++, &out);
    }
    recast->row(recast->context, buf_slice(&out));
    buf_release(&out);
}

/* `rows` end in newlines. What is not read as a whole is halved until single rows are left. */
static void
convert_rows(struct recast *recast, struct slice rows)
{
    struct server_error error = {0};
    PGresult *result = ask(recast, rows, &error);
    size_t first = copyrow_half(rows);

    if (result != NULL) {
        for (int at = 0; rows.length > 0; at++)
            give_row(recast, copyrow_next(&rows), result, at);
    } else if (first == 0) {
        server_require_row_error(&error);
        recast->refused(recast->context, slice_make(rows.data, rows.length - 1), &error);
    } else {
        convert_rows(recast, slice_make(rows.data, first));
        convert_rows(recast, slice_make(rows.data + first, rows.length - first));
    }
    PQclear(result);
    server_error_release(&error);
}

void
recast_add(struct recast *recast, struct slice row)
{
    if (recast->layout == NULL || recast->positions.n == 0 ||
        copyrow_split(row, NULL, 0) != recast->layout->n) {
        recast_flush(recast);
        recast->row(recast->context, row);
        return;
    }
    buf_add_slice(&recast->rows, row);
    buf_add_char(&recast->rows, '\n');
    if (recast->rows.length >= BATCH_BYTES)
        recast_flush(recast);
}

void
recast_flush(struct recast *recast)
{
    if (recast->rows.length == 0)
        return;
    make_query(recast);
    convert_rows(recast, buf_slice(&recast->rows));
    buf_clear(&recast->rows);
}
