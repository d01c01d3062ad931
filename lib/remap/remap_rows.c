#include "remap_rows.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "number.h"
#include "server.h"

static PGresult *
ask(struct remap_block *block, struct textarray *ids)
{
    struct buf sql = {0};
    const char *values[1] = {textarray_literal(ids)};
    PGresult *rows;

    buf_add_string(&sql, "SELECT ");
    mergesql_all_columns(&block->layout, "t.", &sql);
    remap_add_rows_of_ids(&block->layout, &sql);
    rows = server_query_params(block->reader, buf_string(&sql), 1, values);
    buf_release(&sql);
    return rows;
}

/* Such values, defaults for one, agree in strangers. */
static void
ask_common(struct remap_rows *rows, const char *name, struct pairmap *common)
{
    struct remap_block *block = rows->block;
    size_t at = layout_position(&block->layout, name);
    struct textarray values = {{0}, {0}};
    struct buf sql = {0}, column = {0}, field = {0};
    PGresult *found;
    bool added;

    if (at == LAYOUT_NONE)
        return;
    for (int row = 0; row < PQntuples(rows->rows); row++)
        if (!PQgetisnull(rows->rows, row, (int)at))
            textarray_add_name(&values, PQgetvalue(rows->rows, row, (int)at));
    ident_quote(slice_string(name), &column);
    buf_add_format(&sql, "SELECT t.%s::pg_catalog.text FROM ", buf_string(&column));
    mergesql_rows_of(block->layout.table, MERGESQL_WHOLE, &sql);
    buf_add_format(&sql,
        " t WHERE t.%s::pg_catalog.text = ANY ($1::pg_catalog.text[])"
        " GROUP BY 1 HAVING pg_catalog.count(*) > 1",
        buf_string(&column));
    found = server_query_params(
        block->reader, buf_string(&sql), 1, (const char *[]){textarray_literal(&values)});
    for (int row = 0; row < PQntuples(found); row++) {
        buf_clear(&field);
        server_add_field(found, row, 0, &field);
        pairmap_add(common, hash_bytes(0, buf_slice(&field)), &added);
    }
    PQclear(found);
    textarray_release(&values);
    buf_release(&field);
    buf_release(&column);
    buf_release(&sql);
}

void
remap_rows_ask(struct remap_rows *rows, struct remap_block *block, struct textarray *ids)
{
    size_t n = block->layout.n;
    struct buf id = {0};
    bool added;

    *rows = (struct remap_rows){.block = block,
        .rows = ask(block, ids),
        .values = mem_alloc(n * sizeof *rows->values),
        .fields = mem_alloc(n * sizeof *rows->fields)};
    for (int row = 0; row < PQntuples(rows->rows); row++) {
        buf_clear(&id);
        server_add_field(rows->rows, row, (int)block->layout.id, &id);
        *pairmap_add(&rows->at, hash_bytes(0, buf_slice(&id)), &added) = (uint64_t)row + 1;
    }
    buf_release(&id);
    rows->common = mem_alloc((block->layout.table->same_by.n + 1) * sizeof *rows->common);
    for (size_t i = 0; i < block->layout.table->same_by.n && PQntuples(rows->rows) > 0; i++)
        ask_common(rows, block->layout.table->same_by.names[i], &rows->common[i]);
}

bool
remap_rows_take(struct remap_rows *rows, struct slice id)
{
    const uint64_t *at = pairmap_find(&rows->at, hash_bytes(0, id));

    for (size_t i = 0; at != NULL && i < rows->block->layout.n; i++) {
        buf_clear(&rows->values[i]);
        server_add_field(rows->rows, (int)*at - 1, (int)i, &rows->values[i]);
        rows->fields[i] = buf_slice(&rows->values[i]);
    }
    return at != NULL;
}

static bool
is_common(const struct pairmap *common, struct slice value)
{
    return common->count > 0 && pairmap_find(common, hash_bytes(0, value)) != NULL;
}

/* Both databases may have given the prepared row's id. */
static bool
may_be_given_twice(const struct remap_block *block)
{
    int64_t id;

    return number_parse(block->old_id, &id) && (!block->rekeyed.any || id > block->rekeyed.shared);
}

bool
remap_rows_are_alike(const struct remap_rows *rows)
{
    const struct layout *layout = &rows->block->layout;
    const struct schema_names *columns = &layout->table->same_by;
    size_t same = 0, rare = 0, other = 0;

    for (size_t i = 0; i < columns->n; i++) {
        size_t at = layout_position(layout, columns->names[i]);

        if (at == LAYOUT_NONE)
            continue;
        if (!slice_equal(rows->block->fields[at], rows->fields[at])) {
            other++;
        } else if (!copyrow_is_null(rows->fields[at])) {
            same++;
            rare += !is_common(&rows->common[i], rows->fields[at]);
        }
    }
    if (may_be_given_twice(rows->block) && other > 0)
        return columns->n == 0;
    return columns->n == 0 || (rare > 0 && same >= other);
}

void
remap_rows_release(struct remap_rows *rows)
{
    for (size_t i = 0; rows->block != NULL && i < rows->block->layout.n; i++)
        buf_release(&rows->values[i]);
    for (size_t i = 0; rows->block != NULL && i < rows->block->layout.table->same_by.n; i++)
        pairmap_release(&rows->common[i]);
    free(rows->common);
    free(rows->values);
    free(rows->fields);
    PQclear(rows->rows);
    pairmap_release(&rows->at);
}
