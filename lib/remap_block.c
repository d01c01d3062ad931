/*
 * The first part of remap.h: a table's block, and the index of its live table, which is read while
 * the rows of the table before it pass by.
 */
#include <stdlib.h>

#include "catalogsize.h"
#include "mem.h"
#include "remap.h"

static struct remap_block *
block_alloc(struct remap *remap, const struct layout *layout)
{
    struct remap_block *block = mem_alloc(sizeof *block);

    block->remap = remap;
    block->reader = remap->readers[remap->turn++ % 2];
    block->layout = *layout;
    block->kind = remap_kind_of(layout->table);
    block->table = (size_t)(layout->table - remap->plan->tables);
    block->fields = mem_alloc((layout->n + 1) * sizeof *block->fields);
    block->values = mem_alloc((layout->n + 1) * sizeof *block->values);
    block->waiting = mem_alloc(layout->n + 1);
    if (layout->id != LAYOUT_NONE && plan_is_referenced(remap->plan, layout->table->name) &&
        remap->maps[block->table] == NULL)
        remap->maps[block->table] = idmap_new(layout->columns[layout->id]->type);
    if (layout->id != LAYOUT_NONE)
        reserve_init(&block->reserve, block->reader, remap->writer, layout->table,
            layout->columns[layout->id]);
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

/* The table that was read ahead is the one that came, in the columns that were thought of. */
static struct remap_block *
take_ahead(struct remap *remap, const struct layout *layout)
{
    struct remap_block *ahead = remap->ahead;

    remap->ahead = NULL;
    if (ahead != NULL && same_columns(&ahead->layout, layout))
        return ahead;
    if (ahead != NULL) {
        identity_load_feed(&ahead->identity, IDENTITY_WAIT);
        remap_block_free(ahead);
    }
    return NULL;
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
is_large(const struct remap_block *block)
{
    int64_t rows = block->layout.table->rows, live;

    if (rows < 0 || block->kind == REMAP_APPEND)
        return false;
    live = catalogsize_rows(block->reader, block->layout.table);
    return live > PROBE_MINIMUM && live / PROBE_FACTOR > rows;
}

static void
start_loading(struct remap_block *block)
{
    block->opened = true;
    block->probing = is_large(block);
    if (!block->probing)
        identity_load_start(&block->identity, block->reader);
}

/* Begins with the next table of the plan, as far as its columns can be foreseen. */
static void
read_ahead(struct remap *remap, size_t table)
{
    while (++table < remap->plan->n_tables && remap->plan->tables[table].action == PLAN_SKIP)
        ;
    if (table < remap->plan->n_tables && remap->plan->tables[table].cycle == 0) {
        const struct plan_table *next = &remap->plan->tables[table];
        char **names = mem_alloc((next->n_columns + 1) * sizeof *names), *reason;
        struct layout layout;
        size_t n = 0;

        for (size_t i = 0; i < next->n_columns; i++)
            if (next->columns[i].action != PLAN_COLUMN_SKIP)
                names[n++] = next->columns[i].name;
        if (layout_init(&layout, remap->plan, next->name, names, n, &reason)) {
            remap->ahead = block_alloc(remap, &layout);
            start_loading(remap->ahead);
        }
        free(names);
    }
}

void
remap_open(struct remap_block *block)
{
    if (!block->opened)
        start_loading(block);
    if (block->layout.table->cycle == 0 && block->remap->ahead == NULL)
        read_ahead(block->remap, block->table);
    while (identity_load_feed(&block->identity, IDENTITY_WAIT))
        ;
}

void
remap_block_free(struct remap_block *block)
{
    for (size_t i = 0; i < block->layout.n; i++)
        buf_release(&block->values[i]);
    free(block->values);
    free(block->fields);
    free(block->waiting);
    buf_release(&block->line);
    buf_release(&block->map_prefix);
    buf_release(&block->id);
    buf_release(&block->reason);
    buf_release(&block->batch.rows);
    buf_release(&block->batch.ids);
    buf_release(&block->batch.keys);
    free(block->batch.items);
    pairmap_release(&block->given);
    identity_release(&block->identity);
    reserve_release(&block->reserve);
    arrayfix_release(&block->arrayfix);
    layout_release(&block->layout);
    free(block);
}
