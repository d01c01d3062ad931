#include "rivals.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "sql.h"

void
rivals_init(struct rivals *rivals, PGconn *connection, const struct layout *layout)
{
    *rivals = (struct rivals){.connection = connection, .layout = layout};
}

void
rivals_release(struct rivals *rivals)
{
    for (int i = 0; rivals->taken != NULL && i < PQntuples(rivals->keys); i++)
        pairmap_release(&rivals->taken[i]);
    textrows_release(&rivals->values);
    free(rivals->taken);
    free(rivals->sql);
    PQclear(rivals->keys);
}

/* ---- the query */

static PGresult *
ask_for_keys(const struct rivals *rivals)
{
    const struct layout *layout = rivals->layout;
    struct textarray columns[3] = {{{0}, {0}}, {{0}, {0}}, {{0}, {0}}};
    struct buf name = {0};
    const char *values[4];
    PGresult *result;

    mergesql_table(layout->table, &name);
    layout_add_names(layout, NULL, &columns[0]);
    layout_add_names(layout, &layout->target, &columns[1]);
    layout_add_names(layout, &layout->key, &columns[2]);
    values[0] = buf_string(&name);
    for (int i = 0; i < 3; i++)
        values[i + 1] = textarray_literal(&columns[i]);
    result = server_query_params(rivals->connection, sql_table_rivals, 4, values);
    for (int i = 0; i < 3; i++)
        textarray_release(&columns[i]);
    buf_release(&name);
    return result;
}

static void
make_query(struct rivals *rivals)
{
    struct buf sql = {0};

    rivals->keys = ask_for_keys(rivals);
    rivals->taken = mem_alloc(((size_t)PQntuples(rivals->keys) + 1) * sizeof *rivals->taken);
    buf_add_string(&sql, "SELECT ");
    for (int i = 0; i < PQntuples(rivals->keys); i++)
        buf_add_format(&sql, "%s%s", i > 0 ? ", " : "", PQgetvalue(rivals->keys, i, 1));
    buf_add_string(&sql, " FROM (");
    mergesql_cast_rows(rivals->layout, "pgbraid row number", &sql);
    buf_add_string(&sql, ") r ORDER BY r.\"pgbraid row number\"");
    rivals->sql = mem_string(buf_string(&sql));
    buf_release(&sql);
}

static PGresult *
ask(struct rivals *rivals, struct slice rows)
{
    struct server_error error = {0};
    size_t n = rivals->layout->n;
    PGresult *result = server_try_params(
        rivals->connection, rivals->sql, (int)n, textrows_values(&rivals->values, n, rows), &error);

    server_error_release(&error);
    return result;
}

/* ---- the rows */

static uint64_t
hash_of(const PGresult *hashes, int row, int key)
{
    return (uint64_t)strtoll(PQgetvalue(hashes, row, key), NULL, 10);
}

/* The key by which the row clashes with one before it; else -1, and its values are taken. */
static int
clash(struct rivals *rivals, const PGresult *hashes, int row)
{
    bool added;

    for (int i = 0; i < PQnfields(hashes); i++)
        if (!PQgetisnull(hashes, row, i) &&
            pairmap_find(&rivals->taken[i], hash_of(hashes, row, i)) != NULL)
            return i;
    for (int i = 0; i < PQnfields(hashes); i++)
        if (!PQgetisnull(hashes, row, i))
            pairmap_add(&rivals->taken[i], hash_of(hashes, row, i), &added);
    return -1;
}

void
rivals_reject(struct rivals *rivals, struct slice rows, copybatch_rejected *rejected, void *context,
    struct buf *kept)
{
    PGresult *hashes = NULL;

    if (rivals->sql == NULL)
        make_query(rivals);
    if (PQntuples(rivals->keys) > 0 && rows.length > 0)
        hashes = ask(rivals, rows);
    for (int at = 0; rows.length > 0; at++) {
        struct slice row = copyrow_next(&rows);
        int key = hashes != NULL ? clash(rivals, hashes, at) : -1;
        struct server_error error = {.sqlstate = "23505"};

        if (key < 0) {
            buf_add_slice(kept, slice_make(row.data, row.length + 1));
            continue;
        }
        error.message = mem_string(PQgetvalue(rivals->keys, key, 0));
        rejected(context, row, &error);
        server_error_release(&error);
    }
    PQclear(hashes);
}
