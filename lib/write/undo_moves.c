/* The part of undo about unique values that move among the rows of a table. */
#include "server.h"
#include "undo_parts.h"

static void
ask_parking(const struct undo *undo, struct undo_block *block)
{
    struct textarray columns = {{0}, {0}}, policies = {{0}, {0}};

    for (size_t i = 0; i < block->sql.columns.n; i++) {
        textarray_add_name(&columns, block->sql.columns.names[i]);
        textarray_add_name(&policies, "update");
    }
    parking_ask(&block->parking, undo->writer, &block->sql.table, &columns, &policies);
    textarray_release(&columns);
    textarray_release(&policies);
}

/* The block's columns that are members of unique indexes. */
static struct schema_names
members_of(const struct undo_block *block)
{
    struct schema_names members = {0};

    for (size_t i = 0; i < block->parking.n_indexes; i++)
        for (size_t j = 0; j < block->parking.indexes[i].n_members; j++) {
            const char *name = block->parking.indexes[i].members[j];

            if (schema_has_name(&block->sql.columns, name) && !schema_has_name(&members, name))
                schema_add_name(&members, name);
        }
    return members;
}

void
undo_set_aside(struct undo *undo, struct undo_block *block, enum undosql_where where)
{
    struct schema_names members;
    struct buf sql = {0};

    ask_parking(undo, block);
    members = members_of(block);
    undosql_number(&block->sql, &sql);
    undo_run_sql(undo, &sql);
    undosql_mark_moved(&block->sql, where, &members, &sql);
    undo_run_sql(undo, &sql);
    block->sql.parked = block->parking.columns;
    block->sql.n_parked = block->parking.n_columns;
    undosql_restore(&block->sql, where, &sql);
    block->tally.updated = undo_put_back(undo, block, &sql);
    schema_names_release(&members);
}

void
undo_set_back(const struct undo *undo, const struct undo_block *block)
{
    struct buf sql = {0};

    if (block->sql.n_parked == 0)
        return;
    undosql_restore_moved(&block->sql, &sql);
    undo_put_back(undo, block, &sql);
}
