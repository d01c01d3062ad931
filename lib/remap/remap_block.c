/*
 * The first part of remap.h: a table's block, and the index of its live table, which is read while
 * the rows of the table before it pass by.
 */
#include <stdlib.h>

#include "catalogsize.h"
#include "mem.h"
#include "mergesql.h"
#include "remap.h"
#include "remap_cycle.h"
#include "remap_probe.h"
#include "remap_same.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

static const struct plan_table **
find_targets(const struct remap *remap, const struct layout *layout)
{
    const struct plan_table **targets = mem_alloc((layout->n + 1) * sizeof *targets);

    for (size_t i = 0; i < layout->n; i++)
        if (layout->columns[i]->target != NULL)
            targets[i] = plan_find_table(remap->plan, layout->columns[i]->target);
    return targets;
}

static struct idmap *
new_map(const struct layout *layout)
{
    struct idmap *map = idmap_new(layout->columns[layout->id]->type);

    if (layout->table->rows > 0)
        idmap_reserve(map, (size_t)layout->table->rows);
    return map;
}

static void
prepare_ids(struct remap_block *block)
{
    struct remap *remap = block->remap;
    const struct plan_column *id = block->layout.columns[block->layout.id];

    if (plan_is_referenced(remap->plan, remap->plan->tables[block->map].name) &&
        remap->maps[block->map] == NULL)
        remap->maps[block->map] = new_map(&block->layout);
    block->reserve = remap->reserves[block->map];
    if (block->reserve != NULL)
        return;
    block->reserve = mem_alloc(sizeof *block->reserve);
    reserve_init(block->reserve, block->reader, remap->writer, block->layout.table, id);
    if (block->shared)
        remap->reserves[block->map] = block->reserve;
}

static bool
has_array_in_key(const struct layout *layout)
{
    bool has = false;

    for (size_t i = 0; i < layout->key.n; i++)
        has |= layout_is_among(&layout->arrays, layout->key.at[i]);
    return has;
}

static struct remap_block *
block_alloc(struct remap *remap, const struct layout *layout)
{
    struct remap_block *block = mem_alloc(sizeof *block);

    block->remap = remap;
    block->reader = remap->readers[0];
    block->layout = *layout;
    block->kind = remap_kind_of(layout->table);
    block->ends_behind = plan_ends_behind(layout->table);
    block->array_in_key = has_array_in_key(layout);
    block->table = (size_t)(layout->table - remap->plan->tables);
    block->map = (size_t)(plan_map(remap->plan, layout->table) - remap->plan->tables);
    block->shared = block->map != block->table || layout->table->partitioned;
    block->fields = mem_alloc((layout->n + 1) * sizeof *block->fields);
    block->values = mem_alloc((layout->n + 1) * sizeof *block->values);
    block->waiting = mem_alloc(layout->n + 1);
    block->targets = find_targets(remap, layout);
    block->jsonfixes = mem_alloc((layout->n + 1) * sizeof *block->jsonfixes);
    if (layout->id != LAYOUT_NONE)
        prepare_ids(block);
    identity_init(&block->identity, &block->layout,
        block->kind == REMAP_APPEND ? IDENTITY_CONTENT : IDENTITY_KEY);
    return block;
}

static bool
same_columns(const struct layout *a, const struct layout *b)
{
    bool same = a->table == b->table && a->n == b->n;

    for (size_t i = 0; same && i < a->n; i++)
        same = a->columns[i] == b->columns[i];
    return same;
}

/* Lets go of all tables that were read ahead. */
static void
drop_ahead(struct remap *remap)
{
    for (size_t i = 0; i < remap->n_ahead; i++) {
        identity_load_feed(&remap->ahead[i]->identity, IDENTITY_WAIT);
        remap_block_free(remap->ahead[i]);
    }
    remap->n_ahead = 0;
}

/* The first table that was read ahead, if it is the one that came, in the columns that were
 * foreseen. */
static struct remap_block *
take_ahead(struct remap *remap, const struct layout *layout)
{
    struct remap_block *first = remap->n_ahead > 0 ? remap->ahead[0] : NULL;

    if (first == NULL || !same_columns(&first->layout, layout)) {
        drop_ahead(remap);
        return NULL;
    }
    remap->n_ahead--;
    memmove(remap->ahead, remap->ahead + 1, remap->n_ahead * sizeof *remap->ahead);
    return first;
}

struct remap_block *
remap_block_new(struct remap *remap, const struct layout *layout)
{
    struct remap_block *block = take_ahead(remap, layout);
    struct layout given = *layout;

    if (block == NULL)
        return block_alloc(remap, layout);
    layout_release(&given);
    return block;
}

/* ---- the live table's index */

/* A live table so many times the backup's is asked for single rows instead of being read. */
#define PROBE_FACTOR 10
#define PROBE_MINIMUM 20000

static bool
is_large(const struct remap_block *block, int64_t live)
{
    int64_t rows = block->layout.table->rows;

    if (rows < 0 || block->ends_behind || block->kind == REMAP_APPEND ||
        block->layout.table->nulls != PLAN_NULLS_NONE)
        return false; /* rows without a key are found by their content */
    return live > PROBE_MINIMUM && live / PROBE_FACTOR > rows;
}

static bool
is_true(PGresult *result)
{
    bool answer = strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);
    return answer;
}

/* Few databases have such collations at all. */
static bool
has_collations(struct remap *remap, PGconn *reader)
{
    if (remap->collations == REMAP_NOT_ASKED)
        remap->collations =
            is_true(server_query(reader, "SELECT EXISTS (SELECT FROM pg_catalog.pg_collation WHERE "
                                         "NOT collisdeterministic)"))
                ? REMAP_COLLATIONS
                : REMAP_NO_COLLATIONS;
    return remap->collations == REMAP_COLLATIONS;
}

static bool
is_collated(const struct remap_block *block, PGconn *reader)
{
    struct textarray key = {{0}, {0}};
    struct buf table = {0};
    const char *values[2];
    bool collated;

    if (block->kind == REMAP_APPEND || !has_collations(block->remap, reader))
        return false;
    mergesql_table(block->layout.table, &table);
    layout_add_names(&block->layout, &block->layout.key, &key);
    values[0] = buf_string(&table);
    values[1] = textarray_literal(&key);
    collated = is_true(server_query_params(reader, sql_table_collations, 2, values));
    textarray_release(&key);
    buf_release(&table);
    return collated;
}

static void
start_loading(struct remap_block *block, PGconn *reader)
{
    int64_t live = catalogsize_rows(reader, block->layout.table);

    block->opened = true;
    block->probing = is_large(block, live);
    block->collated = is_collated(block, reader);
    if (!block->probing)
        identity_load_start(&block->identity, reader, live);
}

/* The table that comes after those that were begun; NULL: none, or one of a cycle, which waits. */
static const struct plan_table *
next_table(const struct remap *remap)
{
    size_t at = remap->n_ahead > 0 ? remap->ahead[remap->n_ahead - 1]->table : remap->current;
    const struct plan *plan = remap->plan;

    while (++at < plan->n_tables && plan->tables[at].action == PLAN_SKIP)
        ;
    if (at >= plan->n_tables || remap_cycle_is_needed(plan, plan->tables[at].cycle))
        return NULL;
    return &plan->tables[at];
}

/* A connection on which no table is being read. */
static PGconn *
free_reader(const struct remap *remap)
{
    for (size_t i = 1; i <= REMAP_AHEAD; i++) {
        bool used = remap->opening != NULL && remap->opening->identity.loading == remap->readers[i];

        for (size_t k = 0; k < remap->n_ahead; k++)
            used |= remap->ahead[k]->identity.loading == remap->readers[i];
        if (!used)
            return remap->readers[i];
    }
    return NULL;
}

/* Begins with a table whose block is still to come, as far as its columns can be foreseen. */
static bool
read_ahead(struct remap *remap, const struct plan_table *table, PGconn *reader)
{
    char **names = mem_alloc((table->n_columns + 1) * sizeof *names), *reason;
    struct layout layout;
    size_t n = 0;
    bool good;

    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].action != PLAN_COLUMN_SKIP)
            names[n++] = table->columns[i].name;
    good = layout_init(&layout, remap->plan, table->name, names, n, &reason);
    if (good) {
        struct remap_block *block = block_alloc(remap, &layout);

        start_loading(block, reader);
        remap->ahead[remap->n_ahead++] = block;
    }
    free(names);
    return good;
}

void
remap_read_ahead(struct remap *remap)
{
    for (size_t i = 0; i < remap->n_ahead; i++)
        identity_load_feed(&remap->ahead[i]->identity, IDENTITY_DO_NOT_WAIT);
    while (remap->n_ahead < REMAP_AHEAD) {
        const struct plan_table *next = next_table(remap);
        PGconn *reader = free_reader(remap);

        if (next == NULL || reader == NULL || !read_ahead(remap, next, reader))
            return;
    }
}

/* Waits until rows arrive for the table that is being opened, or for one behind it. */
static void
wait_for_rows(const struct remap *remap)
{
    PGconn *loading[1 + REMAP_AHEAD] = {remap->opening->identity.loading};
    size_t n = 1;

    for (size_t i = 0; i < remap->n_ahead; i++)
        if (remap->ahead[i]->identity.loading != NULL)
            loading[n++] = remap->ahead[i]->identity.loading;
    server_wait(loading, n);
}

void
remap_open(struct remap_block *block)
{
    block->remap->current = block->table;
    if (!block->opened)
        start_loading(block, block->reader);
    if (remap_cycle_is_needed(block->remap->plan, block->layout.table->cycle)) {
        identity_load_feed(&block->identity, IDENTITY_WAIT);
        return;
    }
    block->remap->opening = block;
    remap_read_ahead(block->remap);
    while (identity_load_feed(&block->identity, IDENTITY_DO_NOT_WAIT)) {
        wait_for_rows(block->remap);
        remap_read_ahead(block->remap);
    }
    block->remap->opening = NULL;
}

void
remap_block_free(struct remap_block *block)
{
    for (size_t i = 0; i < block->layout.n; i++) {
        buf_release(&block->values[i]);
        jsonfix_release(&block->jsonfixes[i]);
    }
    free(block->jsonfixes);
    free(block->values);
    free(block->fields);
    free(block->waiting);
    free(block->targets);
    buf_release(&block->line);
    buf_release(&block->map_prefix);
    buf_release(&block->pairs);
    buf_release(&block->id);
    buf_release(&block->reason);
    buf_release(&block->window.rows);
    buf_release(&block->batch.rows);
    buf_release(&block->batch.ids);
    buf_release(&block->batch.keys);
    free(block->batch.items);
    identity_release(&block->identity);
    if (block->reserve != NULL && !block->shared) {
        pairmap_release(&block->remap->given[block->map]);
        reserve_release(block->reserve);
        free(block->reserve);
    }
    remap_probe_release(block);
    remap_same_release(&block->same);
    rekeyed_release(&block->rekeyed);
    arrayfix_release(&block->arrayfix);
    layout_release(&block->layout);
    free(block);
}
