#include "remap_same.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
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

struct answer {
    struct remap_block *block;
    PGresult *rows;    /* in the block's columns */
    struct pairmap at; /* by hashes of ids: the row + 1 */
    struct buf *values;
    struct slice *fields; /* of the row that was looked up last */
};

/* In the snapshot of the index. */
static PGresult *
ask_rows(struct remap_block *block)
{
    struct textarray ids = {{0}, {0}};
    struct buf sql = {0};
    const char *values[1];
    PGresult *rows;

    remap_add_ids(block, REMAP_SAME_ID, &ids);
    values[0] = textarray_literal(&ids);
    buf_add_string(&sql, "SELECT ");
    mergesql_all_columns(&block->layout, "t.", &sql);
    remap_add_rows_of_ids(&block->layout, &sql);
    rows = server_query_params(block->reader, buf_string(&sql), 1, values);
    buf_release(&sql);
    textarray_release(&ids);
    return rows;
}

static struct answer
ask(struct remap_block *block)
{
    size_t n = block->layout.n;
    struct answer answer = {.block = block,
        .rows = ask_rows(block),
        .values = mem_alloc(n * sizeof *answer.values),
        .fields = mem_alloc(n * sizeof *answer.fields)};
    struct buf id = {0};
    bool added;

    for (int row = 0; row < PQntuples(answer.rows); row++) {
        buf_clear(&id);
        server_add_field(answer.rows, row, (int)block->layout.id, &id);
        *pairmap_add(&answer.at, hash_bytes(0, buf_slice(&id)), &added) = (uint64_t)row + 1;
    }
    buf_release(&id);
    return answer;
}

static void
release(struct answer *answer)
{
    for (size_t i = 0; answer->block != NULL && i < answer->block->layout.n; i++)
        buf_release(&answer->values[i]);
    free(answer->values);
    free(answer->fields);
    PQclear(answer->rows);
    pairmap_release(&answer->at);
}

/* The fields of the live row of the prepared row's id; false: there is none. */
static bool
take_fields(struct answer *answer)
{
    struct remap_block *block = answer->block;
    const uint64_t *at = pairmap_find(&answer->at, hash_bytes(0, block->old_id));

    for (size_t i = 0; at != NULL && i < block->layout.n; i++) {
        buf_clear(&answer->values[i]);
        server_add_field(answer->rows, (int)*at - 1, (int)i, &answer->values[i]);
        answer->fields[i] = buf_slice(&answer->values[i]);
    }
    return at != NULL;
}

/* At least half of the values that tell it from strangers, and one, are those of that live row. */
static bool
is_alike(const struct answer *answer)
{
    const struct layout *layout = &answer->block->layout;
    const struct schema_names *columns = &layout->table->same_by;
    size_t same = 0, other = 0;

    for (size_t i = 0; i < columns->n; i++) {
        size_t at = layout_position(layout, columns->names[i]);

        if (at == LAYOUT_NONE)
            continue;
        if (!slice_equal(answer->block->fields[at], answer->fields[at]))
            other++;
        else
            same += !copyrow_is_null(answer->fields[at]);
    }
    return columns->n == 0 || (same > 0 && same >= other);
}

/* It is no row's of the backup so far, by its key; from now on it is. */
static bool
is_nobodys(const struct answer *answer)
{
    struct remap_block *block = answer->block;
    struct identity *identity = &block->identity;
    struct buf found = {0};
    enum identity_found before;
    uint64_t hash, content;

    for (size_t i = 0; i < block->layout.n; i++)
        identity->itself[i] = identity->own[i] && slice_equal(answer->fields[i], block->old_id);
    if (identity_key_of(identity, answer->fields) != IDENTITY_WHOLE)
        return identity_take_loose(identity, block->old_id);
    hash = identity_hash(identity, answer->fields);
    before = identity_find(identity, hash, &found, &content);
    if (before == IDENTITY_NONE) /* the live table was not read as a whole */
        identity_set(identity, hash, block->old_id);
    buf_release(&found);
    return before == IDENTITY_NONE || before == IDENTITY_FOUND;
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

static void
settle_item(struct answer *answer, struct remap_item *item)
{
    struct remap_block *block = answer->block;

    remap_prepare(block, remap_item_row(block, item));
    if (take_fields(answer) && is_alike(answer) && is_nobodys(answer)) {
        is_that_row(block, item);
        return;
    }
    remap_same_not(block, item);
    item->state = REMAP_NEW;
}

void
remap_same_settle(struct remap_block *block)
{
    struct answer answer = {0};

    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != REMAP_SAME_ID)
            continue;
        if (answer.block == NULL)
            answer = ask(block);
        settle_item(&answer, &block->batch.items[i]);
    }
    release(&answer);
}
