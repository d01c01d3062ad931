/* The part of undo about unique values that move among the rows of a table. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
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

/* ---- values that other rows have by now */

/* The unique indexes whose columns are all among these. */
static PGresult *
ask_indexes(
    const struct undo *undo, const struct undo_block *block, const struct schema_names *columns)
{
    struct textarray names = {{0}, {0}}, key = {{0}, {0}};
    struct buf table = {0};
    const char *values[3];
    PGresult *result;

    for (size_t i = 0; i < columns->n; i++)
        textarray_add_name(&names, columns->names[i]);
    for (size_t i = 0; i < block->sql.key.n; i++)
        textarray_add_name(&key, block->sql.key.names[i]);
    mergesql_table(&block->sql.table, &table);
    values[0] = buf_string(&table);
    values[1] = textarray_literal(&names);
    values[2] = textarray_literal(&key);
    result = prepared_query(undo->writer, sql_table_unique_keys, 3, values);
    textarray_release(&names);
    textarray_release(&key);
    buf_release(&table);
    return result;
}

static const struct undosql_block *
inserted_of(struct undo_group group, const struct undo_block *block)
{
    for (struct undo_block *other = group.first; other < group.last; other++)
        if (other->sql.kind == UNDOSQL_INSERTED && other->sql.key.n > 0 &&
            strcmp(other->sql.table.name, block->sql.table.name) == 0)
            return &other->sql;
    return NULL;
}

/* The block's columns, and the other members of indexes that they are in. */
static struct schema_names
columns_of(const struct undo_block *block)
{
    struct schema_names columns = {0};

    for (size_t i = 0; i < block->sql.columns.n; i++)
        schema_add_name(&columns, block->sql.columns.names[i]);
    for (size_t i = 0; i < block->parking.n_indexes; i++)
        for (size_t j = 0; j < block->parking.indexes[i].n_members; j++)
            if (!schema_has_name(&columns, block->parking.indexes[i].members[j]))
                schema_add_name(&columns, block->parking.indexes[i].members[j]);
    return columns;
}

struct indexes {
    struct undosql_index *index;
    size_t n;
    struct schema_names columns;
    PGresult *asked;
};

static void
learn_indexes(const struct undo *undo, struct undo_group group, const struct undo_block *block,
    struct indexes *indexes)
{
    PGresult *asked;

    indexes->columns = columns_of(block);
    indexes->asked = asked = ask_indexes(undo, block, &indexes->columns);
    indexes->index = mem_alloc(((size_t)PQntuples(asked) + 1) * sizeof *indexes->index);
    for (int i = 0; i < PQntuples(asked); i++)
        if (!PQgetisnull(asked, i, 0)) /* else the key itself */
            indexes->index[indexes->n++] = (struct undosql_index){
                .name = PQescapeLiteral(
                    undo->writer, PQgetvalue(asked, i, 0), (size_t)PQgetlength(asked, i, 0)),
                .condition = PQgetvalue(asked, i, 1),
                .columns = &indexes->columns,
                .deleted = inserted_of(group, block)};
}

static void
release_indexes(struct indexes *indexes)
{
    for (size_t i = 0; i < indexes->n; i++)
        PQfreemem((char *)indexes->index[i].name);
    free(indexes->index);
    schema_names_release(&indexes->columns);
    PQclear(indexes->asked);
}

static uint64_t
mark_taken(const struct undo *undo, const struct undo_block *block, enum undosql_where where,
    const struct indexes *indexes)
{
    uint64_t marked = 0;

    for (size_t i = 0; i < indexes->n; i++) {
        struct buf sql = {0};

        undosql_mark_taken(&block->sql, where, &indexes->index[i], &sql);
        marked += undo_write_rows(undo, block, &sql);
    }
    return marked;
}

/* A row that is left keeps its value: who had that before is left as well. */
static uint64_t
leave_taken(struct undo *undo, struct undo_block *block, enum undosql_where where,
    const struct indexes *indexes)
{
    struct buf sql = {0};
    uint64_t n;

    while (mark_taken(undo, block, where, indexes) > 0)
        ;
    undosql_kept(&block->sql, "taken", &sql);
    n = undo_say_rows(block, undo_query(undo, &sql),
        "was updated by the merge, and another row has its old value by now");
    undo_leave(undo, block, n, UNDO_YIELDS);
    return n;
}

/* ---- in steps */

#define MOST_ROUNDS 1000

/*
 * A value that foreign keys refer to cannot be set aside, but was handed on in some order, from the
 * row whose new value was free: it goes the same way back.
 */
static uint64_t
put_back_free(const struct undo *undo, const struct undo_block *block, enum undosql_where where,
    const struct indexes *indexes)
{
    uint64_t all = 0, n = 1;

    for (int round = 0; n > 0 && round < MOST_ROUNDS; round++) {
        struct buf sql = {0};

        undosql_restore_free(&block->sql, where, indexes->index, indexes->n, &sql);
        n = undo_put_back(undo, block, &sql);
        all += n;
    }
    return all;
}

static void
mark_moved(const struct undo *undo, const struct undo_block *block, enum undosql_where where)
{
    struct schema_names members = members_of(block);
    struct buf sql = {0};

    undosql_number(&block->sql, &sql);
    undo_run_sql(undo, &sql);
    undosql_mark_moved(&block->sql, where, &members, &sql);
    undo_run_sql(undo, &sql);
    schema_names_release(&members);
}

uint64_t
undo_set_aside(
    struct undo *undo, struct undo_group group, struct undo_block *block, enum undosql_where where)
{
    struct indexes indexes = {.n = 0};
    struct buf sql = {0};
    uint64_t taken, by_turns;

    ask_parking(undo, block);
    learn_indexes(undo, group, block, &indexes);
    taken = leave_taken(undo, block, where, &indexes);
    mark_moved(undo, block, where);
    block->sql.parked = block->parking.columns;
    block->sql.n_parked = block->parking.n_columns;
    undosql_restore(&block->sql, where, &sql);
    if (!undo_try_put_back(undo, block, &sql, &block->tally.updated)) {
        block->sql.n_parked = 0;
        by_turns = put_back_free(undo, block, where, &indexes);
        block->sql.n_parked = block->parking.n_columns;
        undosql_restore(&block->sql, where, &sql);
        block->tally.updated = by_turns + undo_put_back(undo, block, &sql);
    }
    release_indexes(&indexes);
    return taken;
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
