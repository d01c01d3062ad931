/*
 * The second half of remap.h: what happens to a batch of rows that were not found in the live
 * table's index. The server is asked for those that it may know under another text; the rest is
 * new.
 */
#include <stdlib.h>

#include "canon.h"
#include "copyrow.h"
#include "hash.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "number.h"
#include "remap.h"
#include "remap_probe.h"
#include "remap_same.h"
#include "server.h"
#include "textarray.h"

struct slice
remap_item_row(const struct remap_block *block, const struct remap_item *item)
{
    return slice_make(block->batch.rows.data + item->at, item->length);
}

void
remap_give(
    struct remap_block *block, struct remap_item *item, enum remap_state state, struct slice id)
{
    item->state = state;
    item->id_at = block->batch.ids.length;
    item->id_length = (uint32_t)id.length;
    buf_add_slice(&block->batch.ids, id);
}

static size_t
count_state(const struct remap_block *block, enum remap_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < block->batch.n; i++)
        n += block->batch.items[i].state == state;
    return n;
}

/* ---- doubtful rows, by content: made canonical by the server, then looked up once more */

static bool
is_doubtful_content(const struct remap_block *block, const struct remap_item *item)
{
    return item->state == REMAP_DOUBTFUL && (block->kind == REMAP_APPEND || item->loose);
}

static void
find_canonical(struct remap_block *block, struct remap_item *item, struct buf *id)
{
    struct identity *identity = &block->identity;
    uint64_t content;

    if (item->loose) {
        if (!identity_find_loose(identity, block->fields, IDENTITY_IDS_DIFFER, id, &content))
            return;
    } else {
        item->hash = identity_hash(identity, block->fields);
        if (identity_find(identity, item->hash, id, &content) != IDENTITY_FOUND)
            return;
    }
    item->state = REMAP_TAKEN_OUT;
    block->unchanged++;
    remap_record(block, block->old_id, buf_slice(id));
}

static void
look_up_canonical(
    struct remap_block *block, struct canon_batch *canon, size_t row, struct remap_item *item)
{
    const struct layout_positions *content = &block->layout.content;
    struct buf id = {0}, *values = mem_alloc((content->n + 1) * sizeof *values);

    remap_prepare(block, remap_item_row(block, item));
    for (size_t i = 0; i < content->n; i++)
        if (canon_get(canon, row, i, &values[i]))
            block->fields[content->at[i]] = buf_slice(&values[i]);
    find_canonical(block, item, &id);
    for (size_t i = 0; i < content->n; i++)
        buf_release(&values[i]);
    free(values);
    buf_release(&id);
}

static void
canonical_contents(struct remap_block *block)
{
    struct canon_batch canon;
    size_t row = 0;

    canon_init(&canon, &block->layout, &block->layout.content);
    for (size_t i = 0; i < block->batch.n; i++) {
        if (!is_doubtful_content(block, &block->batch.items[i]))
            continue;
        remap_prepare(block, remap_item_row(block, &block->batch.items[i]));
        remap_content(block);
        canon_add(&canon, block->fields);
    }
    canon_ask(&canon, block->reader);
    for (size_t i = 0; canon.result != NULL && i < block->batch.n; i++)
        if (is_doubtful_content(block, &block->batch.items[i]))
            look_up_canonical(block, &canon, row++, &block->batch.items[i]);
    canon_release(&canon);
}

/* ---- new rows */

/* Ids mean the same in both databases, or are made so that they never meet (uuid and the like). */
static bool
may_keep_ids(const struct remap_block *block)
{
    return block->ends_behind || block->layout.table->lineage != PLAN_LINEAGE_OTHER ||
           !number_is_type(block->layout.columns[block->layout.id]->type);
}

static uint64_t
id_hash(struct slice id)
{
    return hash_bytes(0, id);
}

/* True when no new row before this one got the id, be it in another partition; from now on it is
 * taken. */
static bool
take_id(struct remap_block *block, struct slice id)
{
    bool added;

    pairmap_add(&block->remap->given[block->map], id_hash(id), &added);
    return added;
}

/* The writer that reserves ids is in no transaction. */
static PGresult *
try_on_writer(
    PGconn *writer, const char *sql, const char *const *values, struct server_error *error)
{
    PGresult *result;

    server_run(writer, "BEGIN");
    result = server_try_params(writer, sql, 1, values, error);
    server_run(writer, "COMMIT");
    return result;
}

void
remap_add_ids(struct remap_block *block, enum remap_state state, struct textarray *ids)
{
    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != state)
            continue;
        remap_prepare(block, remap_item_row(block, &block->batch.items[i]));
        textarray_add_field(ids, block->old_id);
    }
}

void
remap_add_rows_of_ids(const struct layout *layout, struct buf *sql)
{
    const struct plan_column *id = layout->columns[layout->id];

    buf_add_string(sql, " FROM ");
    mergesql_rows_of(layout->table, MERGESQL_WHOLE, sql);
    buf_add_string(sql, " t WHERE t.");
    ident_quote(slice_string(id->name), sql);
    buf_add_format(sql, " = ANY ($1::pg_catalog.text[]::%s[])", id->type);
}

/*
 * Marks in `taken` (hashes of ids) which ids of the new rows live rows have. False when the server
 * does not know: an id does not even fit the column.
 */
static bool
find_taken(struct remap_block *block, struct pairmap *taken)
{
    struct textarray ids = {0};
    struct server_error error = {0};
    struct buf sql = {0};
    const char *values[1];
    PGresult *result;
    bool known;

    remap_add_ids(block, REMAP_NEW, &ids);
    values[0] = textarray_literal(&ids);
    buf_add_string(&sql, "SELECT t.");
    ident_quote(slice_string(block->layout.columns[block->layout.id]->name), &sql);
    remap_add_rows_of_ids(&block->layout, &sql);
    if (block->remap->writer != NULL) /* sees what was committed since the snapshot */
        result = try_on_writer(block->remap->writer, buf_string(&sql), values, &error);
    else
        result = server_try_params(block->reader, buf_string(&sql), 1, values, &error);
    for (int i = 0; result != NULL && i < PQntuples(result); i++) {
        struct buf id = {0};
        bool added;

        copyrow_escape(slice_string(PQgetvalue(result, i, 0)), &id);
        pairmap_add(taken, id_hash(buf_slice(&id)), &added);
        buf_release(&id);
    }
    known = result != NULL;
    PQclear(result);
    server_error_release(&error);
    buf_release(&sql);
    textarray_release(&ids);
    return known;
}

static void
new_row(struct remap_block *block, struct remap_item *item, struct slice id)
{
    remap_give(block, item, REMAP_KNOWN, id);
    item->fresh = true;
    if (block->kind != REMAP_APPEND && !item->loose)
        identity_set(&block->identity, item->hash, id);
    if (item->class != 0)
        identity_set(&block->identity, item->class, id);
    remap_record(block, block->old_id, id);
}

/* Ids that new rows may keep must not come out of the sequence meanwhile. */
static void
cover_ids(struct remap_block *block)
{
    int64_t largest = INT64_MIN, id;

    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != REMAP_NEW)
            continue;
        remap_prepare(block, remap_item_row(block, &block->batch.items[i]));
        if (number_parse(block->old_id, &id) && id > largest)
            largest = id;
    }
    if (largest != INT64_MIN)
        reserve_cover(block->reserve, largest);
}

/* The prepared row has an id that belongs to a live row. */
static void
take_taken(struct remap_block *block, struct remap_item *item)
{
    if (!remap_same_takes(block, item))
        remap_same_not(block, item);
}

static void
keep_free_ids(struct remap_block *block)
{
    struct pairmap taken = {0};

    bool known;

    cover_ids(block);
    known = find_taken(block, &taken);
    for (size_t i = 0; known && i < block->batch.n; i++) {
        struct remap_item *item = &block->batch.items[i];

        if (item->state != REMAP_NEW)
            continue;
        remap_prepare(block, remap_item_row(block, item));
        if (pairmap_find(&taken, id_hash(block->old_id)) != NULL)
            take_taken(block, item);
        else if (take_id(block, block->old_id))
            new_row(block, item, block->old_id);
    }
    pairmap_release(&taken);
    remap_same_settle(block);
}

static void
give_fresh_id(struct remap_block *block, struct remap_item *item)
{
    if (!reserve_is_possible(block->reserve)) {
        remap_give(block, item, REMAP_REJECTED,
            SLICE("23505its id belongs to another live row, and fresh ids of its type cannot be "
                  "made: it needs another id in the backup"));
        return;
    }
    do {
        buf_clear(&block->id);
        reserve_take(block->reserve, &block->id);
    } while (!take_id(block, buf_slice(&block->id)));
    remap_prepare(block, remap_item_row(block, item));
    new_row(block, item, buf_slice(&block->id));
}

static int
by_key(const void *a, const void *b, void *keys)
{
    const struct remap_item *left = a, *right = b;
    size_t shorter = left->key_length < right->key_length ? left->key_length : right->key_length;
    int order = memcmp((char *)keys + left->key_at, (char *)keys + right->key_at, shorter);

    if (order == 0 && left->key_length == right->key_length)
        return (left->at > right->at) - (left->at < right->at); /* as they came */
    return order != 0 ? order : (int)(left->key_length - right->key_length);
}

void
remap_sort(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;

    if (batch->keys.length > 0)
        qsort_r(batch->items, batch->n, sizeof *batch->items, by_key, batch->keys.data);
}

/* What is still NEW is new indeed. */
static void
settle_new(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;

    if (block->layout.id == LAYOUT_NONE) {
        for (size_t i = 0; i < batch->n; i++)
            if (batch->items[i].state == REMAP_NEW)
                new_row(block, &batch->items[i], SLICE(""));
        return;
    }
    if (may_keep_ids(block) && count_state(block, REMAP_NEW) > 0)
        keep_free_ids(block);
    if (reserve_is_possible(block->reserve))
        reserve_prepare(block->reserve, count_state(block, REMAP_NEW));
    for (size_t i = 0; i < batch->n; i++)
        if (batch->items[i].state == REMAP_NEW)
            give_fresh_id(block, &batch->items[i]);
}

void
remap_settle(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;

    if (count_state(block, REMAP_DOUBTFUL) > 0) {
        remap_probe_keys(block);
        canonical_contents(block);
        for (size_t i = 0; i < batch->n; i++)
            if (batch->items[i].state == REMAP_DOUBTFUL)
                batch->items[i].state = REMAP_NEW;
    }
    settle_new(block);
    remap_probe_follow(block);
}
