#include "remap_same.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "pairmap.h"
#include "remap_cycle.h"
#include "server.h"
#include "textarray.h"

/* ---- waiting */

static void
wait(struct remap_block *block, struct remap_item *item)
{
    struct remap_same *same = &block->same;
    struct remap_item *kept = MEM_APPEND(same->items, same->n, same->room);

    *kept = *item;
    kept->at = same->rows.length;
    buf_add_slice(&same->rows, remap_item_row(block, item));
    item->state = REMAP_LATER;
}

bool
remap_same_takes(struct remap_block *block, struct remap_item *item)
{
    const struct plan_table *table = block->layout.table;

    if (block->kind != REMAP_MERGE || !plan_is_same_id(table, block->old_id))
        return false;
    if (block->same.ended || remap_cycle_is_needed(block->remap->plan, table->cycle))
        item->state = REMAP_SAME_ID;
    else
        wait(block, item);
    return true;
}

void
remap_same_not(struct remap_block *block, const struct remap_item *item)
{
    if (block->kind == REMAP_MERGE && !item->loose)
        rekeyed_taken(&block->rekeyed, block->old_id);
}

void
remap_same_end(struct remap_block *block)
{
    struct remap_same *same = &block->same;

    same->ended = true;
    for (size_t i = 0; i < same->n; i++) {
        const struct remap_item *kept = &same->items[i];
        struct remap_item *item =
            remap_add_item(block, slice_make(same->rows.data + kept->at, kept->length));
        size_t at = item->at;

        *item = *kept;
        item->at = at;
        item->key_at = item->key_length = 0;
        item->state = REMAP_NEW;
    }
}

void
remap_same_release(struct remap_same *same)
{
    buf_release(&same->rows);
    free(same->items);
}

/* ---- the live rows of those ids */

/* `SELECT id, key` of the live rows with these ids. */
static void
add_query(const struct layout *layout, struct buf *sql)
{
    const struct plan_column *id = layout->columns[layout->id];

    buf_add_string(sql, "SELECT t.");
    ident_quote(slice_string(id->name), sql);
    buf_add_string(sql, ", ");
    mergesql_columns(layout, &layout->key, "t.", sql);
    buf_add_string(sql, " FROM ");
    mergesql_rows_of(layout->table, MERGESQL_WHOLE, sql);
    buf_add_string(sql, " t WHERE t.");
    ident_quote(slice_string(id->name), sql);
    buf_add_format(sql, " = ANY ($1::pg_catalog.text[]::%s[])", id->type);
}

/* In the snapshot of the index. */
static PGresult *
ask(struct remap_block *block)
{
    struct textarray ids = {{0}, {0}};
    struct buf sql = {0};
    const char *values[1];
    PGresult *result;

    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != REMAP_SAME_ID)
            continue;
        remap_prepare(block, remap_item_row(block, &block->batch.items[i]));
        textarray_add_field(&ids, block->old_id);
    }
    values[0] = textarray_literal(&ids);
    add_query(&block->layout, &sql);
    result = server_query_params(block->reader, buf_string(&sql), 1, values);
    buf_release(&sql);
    textarray_release(&ids);
    return result;
}

static void
take_field(const PGresult *rows, int row, int column, struct buf *field)
{
    if (PQgetisnull(rows, row, column))
        buf_add_slice(field, COPYROW_NULL);
    else
        copyrow_escape(slice_string(PQgetvalue(rows, row, column)), field);
}

/* The live row of that key and id is no row's of the backup so far; from now on it is. */
static bool
take_live_row(struct remap_block *block, const struct slice *fields, struct slice id)
{
    struct identity *identity = &block->identity;
    struct buf found = {0};
    uint64_t hash, content;
    bool free = false;

    if (identity_key_of(identity, fields) != IDENTITY_WHOLE)
        return identity_take_loose(identity, id);
    hash = identity_hash(identity, fields);
    switch (identity_find(identity, hash, &found, &content)) {
    case IDENTITY_NONE: /* the live table was not read as a whole */
        identity_set(identity, hash, id);
        free = true;
        break;
    case IDENTITY_FOUND:
        free = true;
        break;
    default:
        break;
    }
    buf_release(&found);
    return free;
}

/* Notes the id of the live row, if nobody has it. */
static void
take_answer(struct remap_block *block, const PGresult *rows, int row, struct pairmap *taken)
{
    const struct layout_positions *key = &block->layout.key;
    struct slice *fields = mem_alloc((block->layout.n + 1) * sizeof *fields);
    struct buf *values = mem_alloc((key->n + 1) * sizeof *values), id = {0};
    struct identity *identity = &block->identity;
    bool added;

    take_field(rows, row, 0, &id);
    for (size_t i = 0; i < key->n; i++) {
        size_t at = key->at[i];

        take_field(rows, row, 1 + (int)i, &values[i]);
        fields[at] = buf_slice(&values[i]);
        identity->itself[at] = identity->own[at] && slice_equal(fields[at], buf_slice(&id));
    }
    if (take_live_row(block, fields, buf_slice(&id)))
        pairmap_add(taken, hash_bytes(0, buf_slice(&id)), &added);
    for (size_t i = 0; i < key->n; i++)
        buf_release(&values[i]);
    free(values);
    free(fields);
    buf_release(&id);
}

/* The prepared row is the live row of its id. */
static void
is_that_row(struct remap_block *block, struct remap_item *item)
{
    remap_give(block, item, REMAP_KNOWN, block->old_id);
    item->content = 0;
    if (!item->loose)
        identity_set(&block->identity, item->hash, block->old_id);
    if (item->class != 0)
        identity_set(&block->identity, item->class, block->old_id);
    rekeyed_found(&block->rekeyed, block->old_id);
    remap_record(block, block->old_id, block->old_id);
}

static size_t
count_items(const struct remap_block *block)
{
    size_t n = 0;

    for (size_t i = 0; i < block->batch.n; i++)
        n += block->batch.items[i].state == REMAP_SAME_ID;
    return n;
}

void
remap_same_settle(struct remap_block *block)
{
    struct pairmap taken = {0};
    PGresult *rows;

    if (count_items(block) == 0)
        return;
    rows = ask(block);
    for (int row = 0; row < PQntuples(rows); row++)
        take_answer(block, rows, row, &taken);
    PQclear(rows);
    for (size_t i = 0; i < block->batch.n; i++) {
        struct remap_item *item = &block->batch.items[i];

        if (item->state != REMAP_SAME_ID)
            continue;
        remap_prepare(block, remap_item_row(block, item));
        if (pairmap_find(&taken, hash_bytes(0, block->old_id)) != NULL) {
            is_that_row(block, item);
            continue;
        }
        remap_same_not(block, item);
        item->state = REMAP_NEW;
    }
    pairmap_release(&taken);
}
