#include "remap.h"

#include <stdlib.h>

#include "canon.h"
#include "copyrow.h"
#include "hash.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "number.h"
#include "remap_claims.h"
#include "remap_cycle.h"
#include "remap_same.h"

/* A batch is settled when it holds so much: one call for ids, and bounded memory. */
#define BATCH_ITEMS 32768
#define BATCH_BYTES ((size_t)4 << 20)
/* So often the next table's index takes what has arrived. */
#define FEED_ROWS 64

enum remap_kind
remap_kind_of(const struct plan_table *table)
{
    if (table->action == PLAN_APPEND)
        return REMAP_APPEND;
    if (plan_id_column(table) != NULL)
        return REMAP_MERGE;
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].action == PLAN_COLUMN_REFERENCE)
            return REMAP_TRANSLATE;
    return REMAP_PASS;
}

/* ---- looking up */

/* By key, the row's translated key; by content, all of it. */
static enum remap_state
found_none(struct remap_block *block)
{
    const struct layout_positions *positions = block->identity.positions;
    bool doubtful = block->kind == REMAP_APPEND
                        ? canon_row_is_doubtful(&block->layout, positions, block->fields)
                        : canon_key_is_doubtful(&block->layout, positions, block->fields);

    return block->probing || block->collated || doubtful ? REMAP_DOUBTFUL : REMAP_NEW;
}

static enum identity_ids
ids_of(const struct remap_block *block)
{
    return block->layout.id != LAYOUT_NONE && block->layout.table->lineage != PLAN_LINEAGE_OTHER
               ? IDENTITY_IDS_AGREE
               : IDENTITY_IDS_DIFFER;
}

/*
 * A row whose key has nulls. The live table may hold many such rows: where neither id nor content
 * finds one, part of a key does if it belongs to one live row alone, and no row before this one was
 * that. Without an id a row is written by its key, and SQL's = does not find a null.
 */
static enum remap_state
look_up_loose(struct remap_block *block, enum identity_key key)
{
    struct identity *identity = &block->identity;

    enum remap_state content = remap_content(block);

    if (content != REMAP_KNOWN)
        return content;
    if (identity_find_loose(identity, block->fields, ids_of(block), &block->id, &block->content))
        return REMAP_KNOWN;
    if (key == IDENTITY_PARTIAL && block->layout.id != LAYOUT_NONE &&
        identity_find(identity, block->hash, &block->id, &block->content) == IDENTITY_FOUND) {
        identity_take_loose(identity, buf_slice(&block->id));
        return REMAP_KNOWN;
    }
    buf_clear(&block->id);
    return canon_row_is_doubtful(&block->layout, &block->layout.content, block->fields)
               ? REMAP_DOUBTFUL
               : REMAP_NEW;
}

bool
remap_is_unchanged(struct remap_block *block, uint64_t content)
{
    return content != 0 && remap_content(block) == REMAP_KNOWN &&
           identity_content(&block->identity, block->fields) == content;
}

static bool
is_behind(const struct remap_block *block)
{
    return block->ends_behind && !plan_is_same_id(block->layout.table, block->old_id);
}

/* Nobody knows whose row it is. */
static enum remap_state
reject_behind(struct remap_block *block)
{
    char *reason =
        mem_format("its id is greater than %lld, behind which both databases gave ids to "
                   "rows of their own: see the plan for the rules",
            (long long)block->layout.table->same_up_to);
    enum remap_state state = remap_reject_because(block, "23505", reason);

    free(reason);
    return state;
}

/* By an id behind a fork only a row that is there as it is. */
static enum remap_state
look_up_behind(struct remap_block *block)
{
    bool found =
        identity_find(&block->identity, block->hash, &block->id, &block->content) == IDENTITY_FOUND;

    return found && remap_is_unchanged(block, block->content) ? REMAP_KNOWN : reject_behind(block);
}

static enum remap_state
look_up_key(struct remap_block *block)
{
    if (is_behind(block))
        return look_up_behind(block);
    switch (identity_find(&block->identity, block->hash, &block->id, &block->content)) {
    case IDENTITY_FOUND:
        return block->kind == REMAP_APPEND ? REMAP_TAKEN_OUT : REMAP_KNOWN;
    case IDENTITY_SEEN: /* what refers to it refers to the row that came first */
        block->duplicates++;
        remap_record(block, block->old_id, buf_slice(&block->id));
        return remap_reject_because(
            block, "23505", "a row of the backup before it has the same key");
    case IDENTITY_AMBIGUOUS:
        return remap_reject_because(block, "21000", "its key belongs to more than one live row");
    case IDENTITY_PENDING:
        return REMAP_WAITS;
    default:
        return found_none(block);
    }
}

enum remap_state
remap_look_up(struct remap_block *block)
{
    enum remap_state content = REMAP_KNOWN;
    enum identity_key key = IDENTITY_WHOLE;

    buf_clear(&block->id);
    if (block->kind == REMAP_APPEND || block->array_in_key)
        content = remap_content(block);
    if (content != REMAP_KNOWN)
        return content;
    if (block->kind != REMAP_APPEND)
        key = identity_key_of(&block->identity, block->fields);
    block->hash = identity_hash(&block->identity, block->fields);
    block->loose = key != IDENTITY_WHOLE;
    return block->loose ? look_up_loose(block, key) : look_up_key(block);
}

/* ---- writing */

static void
write_row(struct remap_block *block, enum remap_mark mark, bool as_it_came)
{
    if (block->mark != mark)
        stream_write_control(block->remap->stream, "mark",
            (struct slice[]){mark == REMAP_MARK_NEW ? SLICE("new") : SLICE("known")}, 1);
    block->mark = mark;
    if (as_it_came) {
        stream_write_row(block->remap->stream, block->row);
        return;
    }
    remap_restore_arrays(block);
    stream_write_fields(block->remap->stream, block->fields, block->layout.n);
}

static void
write_new(struct remap_block *block, struct slice id)
{
    if (block->layout.id != LAYOUT_NONE)
        block->fields[block->layout.id] = id;
    write_row(block, REMAP_MARK_NEW, block->kind == REMAP_PASS);
}

/* Without an id the row is written by its key: in the live row's text of it, but for arrays, which
 * are translated behind. */
static void
take_live_key(struct remap_block *block, struct slice text)
{
    const struct layout_positions *key = &block->layout.key;

    for (size_t i = 0; i < key->n; i++) {
        const char *tab = memchr(text.data, '\t', text.length);
        size_t length = tab != NULL ? (size_t)(tab - text.data) : text.length;

        if (!layout_is_among(&block->layout.arrays, key->at[i]))
            block->fields[key->at[i]] = slice_make(text.data, length);
        if (tab != NULL)
            text = slice_make(tab + 1, text.length - length - 1);
    }
}

/* The prepared row of which a live row with that id and content is known; taken out if it is equal.
 */
static void
write_known(struct remap_block *block, struct slice id, uint64_t content)
{
    bool has_live_key = block->layout.id == LAYOUT_NONE && id.length > 0;

    if (slice_equal(id, block->old_id))
        rekeyed_pair(&block->rekeyed, id);
    if (block->layout.id != LAYOUT_NONE)
        block->fields[block->layout.id] = id;
    else if (has_live_key)
        take_live_key(block, id);
    if (remap_content(block) != REMAP_KNOWN)
        remap_reject(block);
    else if (content != 0 && identity_content(&block->identity, block->fields) == content)
        block->unchanged++;
    else
        write_row(block, REMAP_MARK_KNOWN, block->kind == REMAP_PASS && !has_live_key);
}

void
remap_note_gone(struct remap_block *block)
{
    bool added;

    if (block->remap->maps[block->map] != NULL && block->old_id.length > 0)
        pairmap_add(&block->remap->gone[block->map], hash_bytes(0, block->old_id), &added);
}

bool
remap_is_gone(const struct remap *remap, const struct plan_table *table, struct slice id)
{
    const struct pairmap *gone = &remap->gone[table - remap->plan->tables];

    return gone->count > 0 && pairmap_find(gone, hash_bytes(0, id)) != NULL;
}

bool
remap_is_taken_back(
    const struct remap_block *block, const struct plan_table *target, struct slice id)
{
    return target->cycle != 0 && target->cycle == block->layout.table->cycle &&
           remap_is_gone(block->remap, target, id) && !plan_id_column(target)->member;
}

void
remap_reject(struct remap_block *block)
{
    if (!remap_cycle_is_needed(block->remap->plan, block->layout.table->cycle))
        remap_note_gone(block);
    stream_write_reject(
        block->remap->stream, block->sqlstate, buf_string(&block->reason), block->row);
}

static void
write_pair(struct remap_block *block, struct slice old, struct slice live)
{
    struct output *file = block->remap->map_file;

    if (file == NULL)
        return;
    if (block->map_prefix.length == 0) {
        copyrow_escape(slice_string(block->layout.table->name), &block->map_prefix);
        buf_add_char(&block->map_prefix, '\t');
    }
    output_slice(file, buf_slice(&block->map_prefix));
    output_slice(file, old);
    output_write(file, "\t", 1);
    output_slice(file, live);
    output_write(file, "\n", 1);
}

void
remap_record(struct remap_block *block, struct slice old, struct slice live)
{
    struct idmap *map = block->remap->maps[block->map];

    if (block->layout.id == LAYOUT_NONE)
        return;
    if (map != NULL && !idmap_put(map, old, live))
        msg_fatal(STATUS_INPUT, "%s has the id \"%.*s\", which is no %s", block->layout.table->name,
            (int)old.length, old.data, block->layout.columns[block->layout.id]->type);
    write_pair(block, old, live);
    if (map == NULL || !block->shared)
        return;
    buf_add_slice(&block->pairs, old);
    buf_add_char(&block->pairs, '\t');
    buf_add_slice(&block->pairs, live);
    buf_add_char(&block->pairs, '\n');
}

bool
remap_is_first(struct remap_block *block, struct slice row)
{
    struct slice fields[STREAM_MAX_COLUMNS];
    size_t id = block->layout.id;
    bool added = true;

    if (id == LAYOUT_NONE || !block->layout.columns[id]->member ||
        block->remap->maps[block->map] == NULL)
        return true;
    if (copyrow_split(row, fields, block->layout.n) > id)
        pairmap_add(&block->remap->seen[block->map], hash_bytes(0, fields[id]), &added);
    return added;
}

struct remap_item *
remap_add_item(struct remap_block *block, struct slice row)
{
    struct remap_batch *batch = &block->batch;
    struct remap_item *item = MEM_APPEND(batch->items, batch->n, batch->room);

    if (row.length > UINT32_MAX)
        msg_fatal(STATUS_INPUT, "%s has a row of %zu bytes", block->layout.table->name, row.length);
    *item = (struct remap_item){.at = batch->rows.length, .length = (uint32_t)row.length};
    buf_add_slice(&batch->rows, row);
    return item;
}

static void
reject_item(struct remap_block *block, const struct remap_item *item)
{
    const char *text = block->batch.ids.data + item->id_at;
    char sqlstate[REMAP_SQLSTATE_LENGTH + 1] = {0};

    memcpy(sqlstate, text, REMAP_SQLSTATE_LENGTH);
    block->sqlstate = sqlstate;
    buf_clear(&block->reason);
    buf_add(&block->reason, text + REMAP_SQLSTATE_LENGTH, item->id_length - REMAP_SQLSTATE_LENGTH);
    remap_reject(block);
    block->sqlstate = NULL;
}

void
remap_write_item(struct remap_block *block, const struct remap_item *item)
{
    struct slice row = {block->batch.rows.data + item->at, item->length};

    if (item->state == REMAP_TAKEN_OUT || item->state == REMAP_LATER)
        return;
    if (remap_prepare(block, row) == REMAP_REJECTED) {
        remap_reject(block);
    } else if (item->state == REMAP_REJECTED) {
        reject_item(block, item);
    } else {
        struct slice id = {block->batch.ids.data + item->id_at, item->id_length};

        if (item->fresh)
            write_new(block, id);
        else
            write_known(block, id, item->content);
    }
}

static void
flush(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;

    remap_sort(block);
    remap_settle(block);
    for (size_t i = 0; i < batch->n; i++)
        remap_write_item(block, &batch->items[i]);
    batch->n = 0;
    buf_clear(&batch->rows);
    buf_clear(&batch->ids);
    buf_clear(&batch->keys);
}

/* Numbers with their length first, so that their bytes sort as they do. */
static void
remember_key(struct remap_block *block, struct remap_item *item)
{
    const struct layout_positions *key = &block->layout.key;
    struct buf *keys = &block->batch.keys;

    item->key_at = keys->length;
    for (size_t i = 0; i < key->n; i++) {
        struct slice field = block->fields[key->at[i]];

        if (number_is_type(block->layout.columns[key->at[i]]->type))
            buf_add_char(keys, (char)field.length);
        buf_add_slice(keys, field);
        buf_add_char(keys, '\t');
    }
    item->key_length = (uint32_t)(keys->length - item->key_at);
}

static void
wait_in_batch(struct remap_block *block, enum remap_state state)
{
    struct remap_item *item = remap_add_item(block, block->row);

    item->state = state;
    item->hash = block->hash;
    item->loose = block->loose;
    if (block->kind != REMAP_APPEND) {
        if (!item->loose)
            identity_set_pending(&block->identity, item->hash);
        remember_key(block, item);
    }
    if (block->batch.n >= BATCH_ITEMS || block->batch.rows.length >= BATCH_BYTES)
        flush(block);
}

static enum remap_state
identify(struct remap_block *block, struct slice row)
{
    enum remap_state state = remap_prepare(block, row);

    if (state == REMAP_KNOWN)
        state = remap_look_up(block);
    if (state != REMAP_WAITS)
        return state;
    flush(block);
    remap_prepare(block, row);
    state = remap_look_up(block);
    return state != REMAP_WAITS
               ? state
               : remap_reject_because(block, "23505", "a rejected row before it has the same key");
}

void
remap_refuse(struct remap_block *block, struct slice row, const char *sqlstate, const char *reason)
{
    remap_window_close(block);
    remap_prepare(block, row); /* its id: what refers to it is rejected too */
    remap_reject_because(block, sqlstate, reason);
    remap_reject(block);
    block->sqlstate = NULL;
}

void
remap_row_now(struct remap_block *block, struct slice row)
{
    enum remap_state state = identify(block, row);

    if (++block->rows % FEED_ROWS == 0)
        remap_read_ahead(block->remap);
    switch (state) {
    case REMAP_REJECTED:
        remap_reject(block);
        break;
    case REMAP_TAKEN_OUT:
        block->unchanged++;
        remap_record(block, block->old_id, buf_slice(&block->id));
        break;
    case REMAP_KNOWN:
        if (remap_claims_take(block))
            break;
        remap_record(block, block->old_id, buf_slice(&block->id));
        write_known(block, buf_slice(&block->id), block->content);
        break;
    default:
        wait_in_batch(block, state);
        break;
    }
}

static void
write_map_pair(void *context, struct slice old, struct slice live)
{
    struct remap_block *block = context;

    if (remap_is_taken_back(block, block->layout.table, old))
        return;
    buf_clear(&block->line);
    buf_add_slice(&block->line, old);
    buf_add_char(&block->line, '\t');
    buf_add_slice(&block->line, live);
    stream_write_row(block->remap->stream, buf_slice(&block->line));
}

/* The pairs that this block has added to a map that others fill too. */
static void
write_pairs(struct remap_block *block)
{
    struct slice rest = buf_slice(&block->pairs);

    while (rest.length > 0) {
        size_t length = (size_t)((char *)memchr(rest.data, '\n', rest.length) - rest.data);

        stream_write_row(block->remap->stream, slice_make(rest.data, length));
        rest = slice_make(rest.data + length + 1, rest.length - length - 1);
    }
}

void
remap_write_map(struct remap_block *block)
{
    const struct plan_table *table = &block->remap->plan->tables[block->map];
    struct idmap *map = block->remap->maps[block->map];

    if (map == NULL || block->layout.id == LAYOUT_NONE ||
        !plan_is_array_target(block->remap->plan, table->name))
        return;
    stream_write_control(block->remap->stream, "map",
        (struct slice[]){
            slice_string(table->name), slice_string(block->layout.columns[block->layout.id]->type)},
        2);
    if (block->shared)
        write_pairs(block);
    else
        idmap_each(map, write_map_pair, block);
    stream_write_end(block->remap->stream);
}

void
remap_finish(struct remap_block *block)
{
    struct buf count = {0};

    remap_say(block);
    if (block->unchanged > 0) {
        buf_add_int(&count, (long long)block->unchanged);
        stream_write_control(
            block->remap->stream, "unchanged", (struct slice[]){buf_slice(&count)}, 1);
        buf_release(&count);
    }
    stream_write_end(block->remap->stream);
}

void
remap_close(struct remap_block *block)
{
    remap_window_close(block);
    flush(block);
    remap_same_end(block);
    flush(block);
    remap_finish(block);
    remap_write_map(block);
}
