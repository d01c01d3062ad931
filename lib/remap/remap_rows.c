#include "remap_rows.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "mergesql.h"
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

bool
remap_rows_are_alike(const struct remap_rows *rows)
{
    const struct layout *layout = &rows->block->layout;
    const struct schema_names *columns = &layout->table->same_by;
    size_t same = 0, other = 0;

    for (size_t i = 0; i < columns->n; i++) {
        size_t at = layout_position(layout, columns->names[i]);

        if (at == LAYOUT_NONE)
            continue;
        if (!slice_equal(rows->block->fields[at], rows->fields[at]))
            other++;
        else
            same += !copyrow_is_null(rows->fields[at]);
    }
    return columns->n == 0 || (same > 0 && same >= other);
}

void
remap_rows_release(struct remap_rows *rows)
{
    for (size_t i = 0; rows->block != NULL && i < rows->block->layout.n; i++)
        buf_release(&rows->values[i]);
    free(rows->values);
    free(rows->fields);
    PQclear(rows->rows);
    pairmap_release(&rows->at);
}
