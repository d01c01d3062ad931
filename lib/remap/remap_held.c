#include "remap_held.h"

#include <stdlib.h>

#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "remap_probe.h"
#include "server.h"
#include "textarray.h"

bool
remap_held_is_needed(const struct plan_table *table)
{
    return table->action == PLAN_MERGE && table->duplicates != PLAN_DUPLICATES_FIRST;
}

void
remap_held_row(struct remap_block *block, struct slice row)
{
    struct remap_held *held = &block->held;
    struct remap_place *place = MEM_APPEND(held->places, held->n, held->room);

    *place = (struct remap_place){.at = held->rows.length, .length = row.length};
    buf_add_slice(&held->rows, row);
}

/* The numbers, from 1, that the query gives of the rows whose fields are the parameters. */
static PGresult *
ask(struct remap_block *block, struct textarray *arrays, size_t n, const struct buf *sql)
{
    const char **values = mem_alloc((n + 1) * sizeof *values);
    struct server_error error = {0};
    PGresult *result;

    for (size_t i = 0; i < n; i++)
        values[i] = textarray_literal(&arrays[i]);
    result = server_try_params(block->reader, sql->data, (int)n, values, &error);
    if (result == NULL)
        msg_warning("%s: the first of several rows with the same key is merged: the server cannot "
                    "compare them by the rule (%s)",
            block->layout.table->name, error.message);
    server_error_release(&error);
    free(values);
    return result;
}

static size_t
answer(const PGresult *result, int row)
{
    return strtoull(PQgetvalue(result, row, 0), NULL, 10) - 1;
}

/* ---- newest */

static size_t
newest_position(const struct remap_block *block)
{
    const struct layout *layout = &block->layout;

    size_t at = layout_position(layout, layout->table->duplicates_newest);

    if (at == LAYOUT_NONE)
        msg_fatal(STATUS_INPUT, "%s: the rows lack the column %s of duplicates=newest",
            layout->table->name, layout->table->duplicates_newest);
    return at;
}

/* What has no time is older than what has one; of equal ones the first comes first. */
static PGresult *
ask_for_order(struct remap_block *block, struct textarray *times)
{
    struct buf sql = {0};
    PGresult *result;

    buf_add_string(&sql, "SELECT u.n FROM ");
    mergesql_unnest(1, &sql);
    buf_add_format(&sql, " ORDER BY u.c0::%s DESC NULLS LAST, u.n",
        block->layout.columns[newest_position(block)]->type);
    buf_string(&sql);
    result = ask(block, times, 1, &sql);
    buf_release(&sql);
    return result;
}

static void
add_time(struct remap_block *block, struct slice row, struct textarray *times)
{
    size_t at = newest_position(block);

    remap_prepare(block, row);
    textarray_add_field(times, block->fields[at]);
}

/* ---- reject */

static PGresult *
ask_for_duplicates(struct remap_block *block, struct textarray *keys)
{
    size_t n = block->layout.key.n;
    struct buf sql = {0}, members = {0};
    PGresult *result;

    for (size_t i = 0; i < n; i++)
        buf_add_format(&members, "%su.c%zu::%s", i > 0 ? ", " : "", i, remap_probe_type(block, i));
    buf_add_format(&sql,
        "SELECT d.n FROM (SELECT u.n, pg_catalog.count(*) OVER (PARTITION BY %s) AS rows FROM ",
        buf_string(&members));
    mergesql_unnest(n, &sql);
    if (block->layout.table->nulls != PLAN_NULLS_EQUAL)
        for (size_t i = 0; i < n; i++)
            buf_add_format(&sql, "%s u.c%zu IS NOT NULL", i > 0 ? " AND" : " WHERE", i);
    buf_add_string(&sql, ") d WHERE d.rows > 1");
    buf_string(&sql);
    result = ask(block, keys, n, &sql);
    buf_release(&sql);
    buf_release(&members);
    return result;
}

/* Marks the rows of which none wins. */
static bool *
find_duplicates(struct remap_block *block)
{
    const struct layout_positions *key = &block->layout.key;
    struct remap_held *held = &block->held;
    struct textarray *keys = mem_alloc((key->n + 1) * sizeof *keys);
    bool *duplicate = mem_alloc(held->n + 1);
    PGresult *result;

    for (size_t i = 0; i < held->n; i++) {
        remap_prepare(
            block, slice_make(held->rows.data + held->places[i].at, held->places[i].length));
        for (size_t k = 0; k < key->n; k++)
            textarray_add_field(&keys[k], block->fields[key->at[k]]);
    }
    result = ask_for_duplicates(block, keys);
    for (int i = 0; result != NULL && i < PQntuples(result); i++)
        duplicate[answer(result, i)] = true;
    PQclear(result);
    for (size_t k = 0; k < key->n; k++)
        textarray_release(&keys[k]);
    free(keys);
    return duplicate;
}

/* ---- the rows */

static void
hand_on(struct remap_block *block, size_t at, bool duplicate)
{
    struct remap_held *held = &block->held;
    struct slice row = slice_make(held->rows.data + held->places[at].at, held->places[at].length);

    if (!duplicate) {
        remap_row(block, row);
        return;
    }
    if (remap_prepare(block, row) != REMAP_REJECTED)
        remap_reject_because(
            block, "23505", "another row of the backup has the same key, and none is to win");
    remap_reject(block);
}

static void
hand_on_newest_first(struct remap_block *block)
{
    struct remap_held *held = &block->held;
    struct textarray times = {0};
    PGresult *order;

    for (size_t i = 0; i < held->n; i++)
        add_time(block, slice_make(held->rows.data + held->places[i].at, held->places[i].length),
            &times);
    order = ask_for_order(block, &times);
    for (size_t i = 0; i < held->n; i++)
        hand_on(block, order != NULL ? answer(order, (int)i) : i, false);
    PQclear(order);
    textarray_release(&times);
}

void
remap_held_end(struct remap_block *block)
{
    struct remap_held *held = &block->held;
    bool *duplicate;

    if (held->n == 0)
        return;
    if (block->layout.table->duplicates == PLAN_DUPLICATES_NEWEST) {
        hand_on_newest_first(block);
    } else {
        duplicate = find_duplicates(block);
        for (size_t i = 0; i < held->n; i++)
            hand_on(block, i, duplicate[i]);
        free(duplicate);
    }
    free(held->places);
    buf_release(&held->rows);
    *held = (struct remap_held){0};
}

/* Their keys are not known yet, so that rows of which none wins cannot be told. */
void
remap_held_sort_items(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;
    struct textarray times = {0};
    struct remap_item *sorted;
    PGresult *order;

    if (!remap_held_is_needed(block->layout.table) || batch->n == 0)
        return;
    if (block->layout.table->duplicates == PLAN_DUPLICATES_REJECT) {
        msg_warning("%s: of several rows with the same key the first is merged: it is in a circle "
                    "of references, where duplicates=reject is not known",
            block->layout.table->name);
        return;
    }
    for (size_t i = 0; i < batch->n; i++)
        add_time(block, remap_item_row(block, &batch->items[i]), &times);
    order = ask_for_order(block, &times);
    sorted = mem_alloc((batch->n + 1) * sizeof *sorted);
    for (size_t i = 0; i < batch->n; i++)
        sorted[i] = batch->items[order != NULL ? answer(order, (int)i) : i];
    free(batch->items);
    batch->items = sorted;
    batch->room = batch->n + 1;
    PQclear(order);
    textarray_release(&times);
}
