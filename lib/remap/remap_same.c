#include "remap_same.h"

#include <stdlib.h>

#include "mem.h"
#include "remap_claims.h"
#include "remap_cycle.h"
#include "remap_rows.h"

/* ---- waiting */

static void
wait(struct remap_block *block, struct remap_item *item)
{
    struct remap_same *same = &block->same;
    struct remap_item *kept = MEM_APPEND(same->items, same->n, same->room);

    *kept = *item;
    kept->at = same->rows.length;
    kept->id_length = 0;
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

/* The prepared row is the live row of that id: its own, or, by its key, another one. */
static void
is_that_row(struct remap_block *block, struct remap_item *item, struct slice id)
{
    remap_give(block, item, REMAP_KNOWN, id);
    if (!item->loose)
        identity_set(&block->identity, item->hash, id);
    if (item->class != 0)
        identity_set(&block->identity, item->class, id);
    if (slice_equal(id, block->old_id))
        rekeyed_found(&block->rekeyed, id);
    remap_record(block, block->old_id, id);
}

void
remap_same_end(struct remap_block *block)
{
    struct remap_same *same = &block->same;

    same->ended = true;
    block->rekeyed.closed = true;
    remap_claims_settle(block);
    for (size_t i = 0; i < same->n; i++) {
        const struct remap_item *kept = &same->items[i];
        struct remap_item *item =
            remap_add_item(block, slice_make(same->rows.data + kept->at, kept->length));
        size_t at = item->at;

        *item = *kept;
        item->at = at;
        item->key_at = item->key_length = 0;
        item->state = REMAP_NEW;
        if (kept->state != REMAP_KNOWN)
            continue;
        remap_prepare(block, remap_item_row(block, item));
        is_that_row(block, item, remap_claims_id(block, kept));
    }
}

void
remap_same_release(struct remap_same *same)
{
    buf_release(&same->rows);
    buf_release(&same->ids);
    free(same->items);
}

/* ---- the live rows of those ids */

bool
remap_is_nobodys(struct remap_block *block, const struct slice *fields)
{
    struct identity *identity = &block->identity;
    struct buf found = {0};
    enum identity_found before;
    uint64_t hash, content;

    for (size_t i = 0; i < block->layout.n; i++)
        identity->itself[i] = identity->own[i] && slice_equal(fields[i], block->old_id);
    if (identity_key_of(identity, fields) != IDENTITY_WHOLE)
        return identity_take_loose(identity, block->old_id);
    hash = identity_hash(identity, fields);
    before = identity_find(identity, hash, &found, &content);
    if (before == IDENTITY_NONE) /* the live table was not read as a whole */
        identity_set(identity, hash, block->old_id);
    buf_release(&found);
    return before == IDENTITY_NONE || before == IDENTITY_FOUND;
}

static void
settle_item(struct remap_rows *rows, struct remap_item *item)
{
    struct remap_block *block = rows->block;

    remap_prepare(block, remap_item_row(block, item));
    if (remap_rows_take(rows, block->old_id) && remap_rows_are_alike(rows) &&
        remap_is_nobodys(block, rows->fields)) {
        item->content = 0;
        is_that_row(block, item, block->old_id);
        return;
    }
    remap_same_not(block, item);
    item->state = REMAP_NEW;
}

static void
ask(struct remap_rows *rows, struct remap_block *block)
{
    struct textarray ids = {{0}, {0}};

    remap_add_ids(block, REMAP_SAME_ID, &ids);
    remap_rows_ask(rows, block, &ids);
    textarray_release(&ids);
}

void
remap_same_settle(struct remap_block *block)
{
    struct remap_rows rows = {0};

    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != REMAP_SAME_ID)
            continue;
        if (rows.block == NULL)
            ask(&rows, block);
        block->rekeyed.closed = true;
        settle_item(&rows, &block->batch.items[i]);
    }
    remap_rows_release(&rows);
}
