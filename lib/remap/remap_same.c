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

enum { ID, FIRST_KEY }; /* columns of the answer; behind the key all columns of the block */

struct answer {
    struct remap_block *block;
    PGresult *rows;
    struct pairmap at; /* by hashes of ids: the row + 1 */
};

/* `SELECT id, key, columns` of the live rows with these ids. */
static void
add_query(const struct layout *layout, struct buf *sql)
{
    const struct plan_column *id = layout->columns[layout->id];

    buf_add_string(sql, "SELECT t.");
    ident_quote(slice_string(id->name), sql);
    buf_add_string(sql, ", ");
    mergesql_columns(layout, &layout->key, "t.", sql);
    buf_add_string(sql, ", ");
    mergesql_all_columns(layout, "t.", sql);
    buf_add_string(sql, " FROM ");
    mergesql_rows_of(layout->table, MERGESQL_WHOLE, sql);
    buf_add_string(sql, " t WHERE t.");
    ident_quote(slice_string(id->name), sql);
    buf_add_format(sql, " = ANY ($1::pg_catalog.text[]::%s[])", id->type);
}

/* In the snapshot of the index. */
static PGresult *
ask_rows(struct remap_block *block)
{
    struct textarray ids = {{0}, {0}};
    struct buf sql = {0};
    const char *values[1];
    PGresult *rows;

    for (size_t i = 0; i < block->batch.n; i++) {
        if (block->batch.items[i].state != REMAP_SAME_ID)
            continue;
        remap_prepare(block, remap_item_row(block, &block->batch.items[i]));
        textarray_add_field(&ids, block->old_id);
    }
    values[0] = textarray_literal(&ids);
    add_query(&block->layout, &sql);
    rows = server_query_params(block->reader, buf_string(&sql), 1, values);
    buf_release(&sql);
    textarray_release(&ids);
    return rows;
}

/* As COPY would have written it. */
static void
take_field(const struct answer *answer, int row, int column, struct buf *field)
{
    buf_clear(field);
    server_add_field(answer->rows, row, column, field);
}

static struct answer
ask(struct remap_block *block)
{
    struct answer answer = {block, ask_rows(block), {0}};
    struct buf id = {0};
    bool added;

    for (int row = 0; row < PQntuples(answer.rows); row++) {
        take_field(&answer, row, ID, &id);
        *pairmap_add(&answer.at, hash_bytes(0, buf_slice(&id)), &added) = (uint64_t)row + 1;
    }
    buf_release(&id);
    return answer;
}

/* At least half of the values that tell it from strangers, and one, are those of that live row. */
static bool
is_alike(const struct answer *answer, int row)
{
    const struct layout *layout = &answer->block->layout;
    const struct schema_names *columns = &layout->table->same_by;
    int first = FIRST_KEY + (int)layout->key.n;
    size_t same = 0, other = 0;
    struct buf live = {0};

    for (size_t i = 0; i < columns->n; i++) {
        size_t at = layout_position(layout, columns->names[i]);

        if (at == LAYOUT_NONE)
            continue;
        take_field(answer, row, first + (int)at, &live);
        if (!slice_equal(answer->block->fields[at], buf_slice(&live)))
            other++;
        else
            same += !copyrow_is_null(buf_slice(&live));
    }
    buf_release(&live);
    return columns->n == 0 || (same > 0 && same >= other);
}

/* The live row of that key and id is no row's of the backup so far; from now on it is. */
static bool
take_live_row(struct remap_block *block, const struct slice *fields, struct slice id)
{
    struct identity *identity = &block->identity;
    struct buf found = {0};
    uint64_t hash, content;
    bool nobodys = false;

    if (identity_key_of(identity, fields) != IDENTITY_WHOLE)
        return identity_take_loose(identity, id);
    hash = identity_hash(identity, fields);
    switch (identity_find(identity, hash, &found, &content)) {
    case IDENTITY_NONE: /* the live table was not read as a whole */
        identity_set(identity, hash, id);
        nobodys = true;
        break;
    case IDENTITY_FOUND:
        nobodys = true;
        break;
    default:
        break;
    }
    buf_release(&found);
    return nobodys;
}

/* The same of that row of the answer. */
static bool
is_nobodys(const struct answer *answer, int row)
{
    struct remap_block *block = answer->block;
    const struct layout_positions *key = &block->layout.key;
    struct slice *fields = mem_alloc((block->layout.n + 1) * sizeof *fields);
    struct buf *values = mem_alloc((key->n + 1) * sizeof *values);
    struct identity *identity = &block->identity;
    bool nobodys;

    for (size_t i = 0; i < key->n; i++) {
        size_t at = key->at[i];

        take_field(answer, row, FIRST_KEY + (int)i, &values[i]);
        fields[at] = buf_slice(&values[i]);
        identity->itself[at] = identity->own[at] && slice_equal(fields[at], block->old_id);
    }
    nobodys = take_live_row(block, fields, block->old_id);
    for (size_t i = 0; i < key->n; i++)
        buf_release(&values[i]);
    free(values);
    free(fields);
    return nobodys;
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
settle_item(const struct answer *answer, struct remap_item *item)
{
    struct remap_block *block = answer->block;
    uint64_t *at;

    remap_prepare(block, remap_item_row(block, item));
    at = pairmap_find(&answer->at, hash_bytes(0, block->old_id));
    if (at != NULL && is_alike(answer, (int)*at - 1) && is_nobodys(answer, (int)*at - 1)) {
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
    PQclear(answer.rows);
    pairmap_release(&answer.at);
}
