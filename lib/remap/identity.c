#include "identity.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "mergesql.h"
#include "number.h"
#include "server.h"
#include "stream.h"

/* Values of the index that are no ids; no sequence gives the two smallest numbers. */
#define AMBIGUOUS ((uint64_t)INT64_MIN)
#define PENDING ((uint64_t)INT64_MIN + 1)

/* The lowest bit of a content says that the backup has had the row. */
#define SEEN ((uint64_t)1)

struct identity_chain {
    uint64_t id;
    uint64_t next; /* position + 1 in the chain, 0 at its end */
    uint64_t last; /* of the head: position + 1 of the last link */
    /* of a loose row */
    uint64_t key;     /* its hash, where part of the key is there; else 0 */
    uint64_t content; /* of the whole row */
    bool taken;
};

void
identity_init(struct identity *identity, const struct layout *layout, enum identity_kind kind)
{
    const char *whole = layout->table->map != NULL ? layout->table->map : layout->table->name;

    *identity = (struct identity){.kind = kind, .layout = layout, .seed = hash_seed()};
    identity->positions = kind == IDENTITY_KEY ? &layout->key : &layout->content;
    identity->index.values = kind == IDENTITY_KEY ? PAIRMAP_TWO_VALUES : PAIRMAP_ONE_VALUE;
    identity->fields = mem_alloc((layout->n + 1) * sizeof *identity->fields);
    identity->own = mem_alloc(layout->n + 1);
    identity->itself = mem_alloc(layout->n + 1);
    for (size_t i = 0; layout->id != LAYOUT_NONE && i < layout->references.n; i++) {
        size_t at = layout->references.at[i];
        const char *target = layout->columns[at]->target;

        identity->own[at] = target != NULL && strcmp(target, whole) == 0;
        identity->has_own |= identity->own[at];
    }
}

static bool
has_integers(const struct identity *identity)
{
    return identity->layout->id != LAYOUT_NONE &&
           number_is_type(identity->layout->columns[identity->layout->id]->type);
}

/* An id as 64 bits: the number itself, or the place of its text. */
static uint64_t
encode(struct identity *identity, struct slice id)
{
    uint64_t at = identity->texts.length;
    int64_t number;

    if (has_integers(identity) && number_parse(id, &number))
        return (uint64_t)number;
    buf_add(&identity->texts, (const char *)&id.length, sizeof id.length);
    buf_add_slice(&identity->texts, id);
    return at;
}

static void
decode(const struct identity *identity, uint64_t value, struct buf *id)
{
    const char *entry;
    size_t length;

    if (identity->layout->id == LAYOUT_NONE)
        return;
    if (has_integers(identity)) {
        buf_add_int(id, (int64_t)value);
        return;
    }
    entry = identity->texts.data + value;
    memcpy(&length, entry, sizeof length);
    buf_add(id, entry + sizeof length, length);
}

static void
add_key(struct identity *identity, const struct identity_entry *entry)
{
    bool added;
    uint64_t *values = pairmap_add(&identity->index, entry->hash, &added);

    values[0] = added ? entry->id : AMBIGUOUS;
    values[1] = entry->content;
}

/*
 * By content: without ids the value counts the rows, with ids it leads to the chain of them. Equal
 * rows are given out in the order in which they were read, which is that of their ids, so that
 * merging a backup again pairs the same rows. The head of a chain knows its last link.
 */
static void
add_content(struct identity *identity, struct pairmap *index, uint64_t hash, uint64_t id)
{
    bool added;
    uint64_t *value = pairmap_add(index, hash, &added);
    struct identity_chain *link;

    if (identity->layout->id == LAYOUT_NONE) {
        ++*value;
        return;
    }
    link = MEM_APPEND(identity->chain, identity->n_chain, identity->room_chain);
    *link = (struct identity_chain){.id = id, .last = identity->n_chain};
    if (*value == 0) {
        *value = identity->n_chain;
    } else {
        struct identity_chain *head = &identity->chain[*value - 1];

        identity->chain[head->last - 1].next = identity->n_chain;
        head->last = identity->n_chain;
    }
}

/* Puts what was read into the index, in the order in which it was read. */
static void
close_window(struct identity *identity)
{
    for (size_t i = 0; i < identity->n_window; i++) {
        const struct identity_entry *entry = &identity->window[i];

        if (identity->kind == IDENTITY_KEY)
            add_key(identity, entry);
        else
            add_content(identity, &identity->index, entry->hash, entry->id);
    }
    identity->n_window = 0;
}

/* The place in the index is fetched while more rows are read. `id` may be empty. */
static void
add_live(struct identity *identity, uint64_t hash, struct slice id, uint64_t content)
{
    struct identity_entry *entry = &identity->window[identity->n_window++];

    *entry = (struct identity_entry){.hash = hash, .content = content};
    if (identity->kind == IDENTITY_KEY || identity->layout->id != LAYOUT_NONE)
        entry->id = encode(identity, id);
    pairmap_prefetch(&identity->index, hash);
    if (identity->n_window == IDENTITY_WINDOW)
        close_window(identity);
}

/* A field to be hashed; no value of a reference looks like the sign for the row itself. */
static struct slice
field_at(const struct identity *identity, const struct slice *fields, size_t at)
{
    return identity->itself[at] ? SLICE("\\.") : fields[at];
}

/* The hash of the fields at some positions, tabs between them. */
static uint64_t
hash_fields(
    struct identity *identity, const struct layout_positions *positions, const struct slice *fields)
{
    if (positions->n == 1)
        return hash_bytes(identity->seed, field_at(identity, fields, positions->at[0]));
    buf_clear(&identity->scratch);
    for (size_t i = 0; i < positions->n; i++) {
        if (i > 0)
            buf_add_char(&identity->scratch, '\t');
        buf_add_slice(&identity->scratch, field_at(identity, fields, positions->at[i]));
    }
    return hash_bytes(identity->seed, buf_slice(&identity->scratch));
}

/* The row of identity->fields. */
static void
add_loose(struct identity *identity, uint64_t key, uint64_t content, struct slice id)
{
    struct identity_chain *row;
    bool added;

    add_content(identity, &identity->loose,
        hash_fields(identity, &identity->layout->content, identity->fields),
        identity->layout->id != LAYOUT_NONE ? encode(identity, id) : 0);
    if (identity->layout->id == LAYOUT_NONE)
        return;
    row = &identity->chain[identity->n_chain - 1];
    row->key = key;
    row->content = content;
    *pairmap_add(&identity->loose_ids, hash_bytes(identity->seed, id), &added) = identity->n_chain;
}

/* identity->fields are those of a live row: which of them refer to it. */
static void
mark_itself(struct identity *identity)
{
    const struct layout *layout = identity->layout;

    for (size_t i = 0; identity->has_own && i < layout->n; i++)
        identity->itself[i] =
            identity->own[i] && slice_equal(identity->fields[i], identity->fields[layout->id]);
}

/* By key the whole row is read, in the block's columns. */
static void
take_row_by_key(struct identity *identity, struct slice row)
{
    const struct layout *layout = identity->layout;
    struct slice id = {"", 0};
    uint64_t hash, content = hash_bytes(identity->seed, row) & ~SEEN;
    enum identity_key key;

    copyrow_split(row, identity->fields, layout->n);
    if (layout->id != LAYOUT_NONE)
        id = identity->fields[layout->id];
    mark_itself(identity);
    key = identity_key_of(identity, identity->fields);
    hash = identity_hash(identity, identity->fields);
    if (key != IDENTITY_WHOLE)
        add_loose(identity, key == IDENTITY_PARTIAL ? hash : 0, content, id);
    if (key != IDENTITY_VOID)
        add_live(identity, hash, id, content);
}

/* Of a row as it is read by content. */
static uint64_t
hash_of_content(struct identity *identity, struct slice row)
{
    const struct layout *layout = identity->layout;
    struct slice fields[STREAM_MAX_COLUMNS];
    size_t n = copyrow_split(row, fields, STREAM_MAX_COLUMNS);

    for (size_t i = 0; i < layout->content.n && i < n; i++)
        identity->fields[layout->content.at[i]] = fields[i];
    identity->fields[layout->id] = fields[n - 1];
    mark_itself(identity);
    return hash_fields(identity, &layout->content, identity->fields);
}

/* By content: all columns but the id, and the id behind them. */
static void
take_row_by_content(struct identity *identity, struct slice row)
{
    bool with_id = identity->layout->id != LAYOUT_NONE;
    const char *tab = with_id ? memrchr(row.data, '\t', row.length) : NULL;
    size_t length = tab != NULL ? (size_t)(tab - row.data) : with_id ? 0 : row.length;
    struct slice id = {"", 0};

    if (with_id)
        id = tab != NULL ? slice_make(tab + 1, row.length - length - 1) : row;
    add_live(identity,
        identity->has_own ? hash_of_content(identity, row)
                          : hash_bytes(identity->seed, slice_make(row.data, length)),
        id, 0);
}

void
identity_load_start(struct identity *identity, PGconn *reader, int64_t rows)
{
    bool with_id = identity->layout->id != LAYOUT_NONE;
    struct buf sql = {0};

    if (identity->kind == IDENTITY_KEY)
        mergesql_copy_out_rows(identity->layout, &sql);
    else
        mergesql_copy_out(identity->layout, identity->positions,
            with_id ? MERGESQL_WITH_ID : MERGESQL_WITHOUT_ID, &sql);
    server_copy_out(reader, buf_string(&sql));
    pairmap_reserve(&identity->index, (size_t)rows);
    identity->loading = reader;
    buf_release(&sql);
}

bool
identity_load_feed(struct identity *identity, enum identity_patience patience)
{
    struct slice row;

    while (identity->loading != NULL) {
        switch (server_copy_row_now(identity->loading, &identity->held, &row,
            patience == IDENTITY_WAIT ? SERVER_WAIT : SERVER_DO_NOT_WAIT)) {
        case SERVER_ROW:
            if (identity->kind == IDENTITY_KEY)
                take_row_by_key(identity, row);
            else
                take_row_by_content(identity, row);
            break;
        case SERVER_NOT_YET:
            return true;
        case SERVER_END:
            close_window(identity);
            identity->loading = NULL;
            break;
        }
    }
    return false;
}

uint64_t
identity_hash(struct identity *identity, const struct slice *fields)
{
    return hash_fields(identity, identity->positions, fields);
}

void
identity_prefetch(struct identity *identity, const struct slice *fields)
{
    pairmap_prefetch(&identity->index, identity_hash(identity, fields));
}

enum identity_key
identity_key_of(const struct identity *identity, const struct slice *fields)
{
    const struct layout_positions *key = &identity->layout->key;
    size_t nulls = 0;

    if (identity->layout->table->nulls == PLAN_NULLS_EQUAL)
        return IDENTITY_WHOLE;
    for (size_t i = 0; i < key->n; i++)
        nulls += copyrow_is_null(fields[key->at[i]]);
    if (nulls == 0)
        return IDENTITY_WHOLE;
    return nulls < key->n ? IDENTITY_PARTIAL : IDENTITY_VOID;
}

uint64_t
identity_content(struct identity *identity, const struct slice *fields)
{
    buf_clear(&identity->scratch);
    for (size_t i = 0; i < identity->layout->n; i++) {
        if (i > 0)
            buf_add_char(&identity->scratch, '\t');
        buf_add_slice(&identity->scratch, fields[i]);
    }
    return hash_bytes(identity->seed, buf_slice(&identity->scratch)) & ~SEEN;
}

static enum identity_found
take_content(struct identity *identity, uint64_t *value, struct buf *id)
{
    const struct identity_chain *head;

    if (*value == 0)
        return IDENTITY_NONE;
    if (identity->layout->id == LAYOUT_NONE) {
        --*value;
        return IDENTITY_FOUND;
    }
    head = &identity->chain[*value - 1];
    decode(identity, head->id, id);
    if (head->next != 0)
        identity->chain[head->next - 1].last = head->last;
    *value = head->next;
    return IDENTITY_FOUND;
}

/* Nobody else gets the loose live row, neither by its content or id nor by its key. */
static void
take_loose(struct identity *identity, struct identity_chain *row)
{
    uint64_t *values = row->key != 0 ? pairmap_find(&identity->index, row->key) : NULL;

    row->taken = true;
    if (values != NULL && values[0] != AMBIGUOUS)
        values[1] |= SEEN;
}

static struct identity_chain *
loose_by_id(const struct identity *identity, struct slice id)
{
    uint64_t *value = pairmap_find(&identity->loose_ids, hash_bytes(identity->seed, id));
    struct identity_chain *row = value != NULL ? &identity->chain[*value - 1] : NULL;

    return row != NULL && !row->taken ? row : NULL;
}

static struct identity_chain *
loose_by_content(struct identity *identity, const struct slice *fields)
{
    uint64_t *value =
        pairmap_find(&identity->loose, hash_fields(identity, &identity->layout->content, fields));

    while (value != NULL && *value != 0) {
        struct identity_chain *row = &identity->chain[*value - 1];

        *value = row->next; /* what was taken otherwise is passed over */
        if (row->next != 0)
            identity->chain[row->next - 1].last = row->last;
        if (!row->taken)
            return row;
    }
    return NULL;
}

bool
identity_find_loose(struct identity *identity, const struct slice *fields, enum identity_ids ids,
    struct buf *id, uint64_t *content)
{
    struct identity_chain *row = NULL;

    if (identity->layout->id == LAYOUT_NONE) {
        uint64_t *count = pairmap_find(
            &identity->loose, hash_fields(identity, &identity->layout->content, fields));

        *content = identity_content(identity, fields);
        return count != NULL && take_content(identity, count, id) == IDENTITY_FOUND;
    }
    if (ids == IDENTITY_IDS_AGREE)
        row = loose_by_id(identity, fields[identity->layout->id]);
    if (row == NULL)
        row = loose_by_content(identity, fields);
    if (row == NULL)
        return false;
    take_loose(identity, row);
    decode(identity, row->id, id);
    *content = row->content;
    return true;
}

bool
identity_take_loose(struct identity *identity, struct slice id)
{
    struct identity_chain *row = loose_by_id(identity, id);

    if (row != NULL)
        take_loose(identity, row);
    return row != NULL;
}

enum identity_found
identity_find(struct identity *identity, uint64_t hash, struct buf *id, uint64_t *content)
{
    uint64_t *values = pairmap_find(&identity->index, hash);

    *content = 0;
    if (values == NULL)
        return IDENTITY_NONE;
    if (identity->kind == IDENTITY_CONTENT)
        return take_content(identity, values, id);
    if (values[0] == AMBIGUOUS)
        return IDENTITY_AMBIGUOUS;
    if (values[0] == PENDING)
        return IDENTITY_PENDING;
    decode(identity, values[0], id);
    *content = values[1] & ~SEEN;
    if ((values[1] & SEEN) != 0)
        return IDENTITY_SEEN;
    values[1] |= SEEN;
    return IDENTITY_FOUND;
}

void
identity_set(struct identity *identity, uint64_t hash, struct slice id)
{
    uint64_t value = encode(identity, id), *values;
    bool added;

    values = pairmap_add(&identity->index, hash, &added);
    values[0] = value;
    values[1] = SEEN;
}

void
identity_set_pending(struct identity *identity, uint64_t hash)
{
    bool added;

    *pairmap_add(&identity->index, hash, &added) = PENDING;
}

void
identity_release(struct identity *identity)
{
    pairmap_release(&identity->index);
    pairmap_release(&identity->loose);
    pairmap_release(&identity->loose_ids);
    buf_release(&identity->texts);
    buf_release(&identity->scratch);
    free(identity->fields);
    free(identity->own);
    free(identity->itself);
    free(identity->chain);
    *identity = (struct identity){0};
}
