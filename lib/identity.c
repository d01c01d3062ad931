#include "identity.h"

#include <stdlib.h>

#include "hash.h"
#include "mem.h"
#include "mergesql.h"
#include "number.h"
#include "server.h"

/* Values of the index that are no ids; no sequence gives the two smallest numbers. */
#define AMBIGUOUS ((uint64_t)INT64_MIN)
#define PENDING ((uint64_t)INT64_MIN + 1)

struct identity_chain {
    uint64_t id;
    uint64_t next; /* position + 1 in the chain, 0 at its end */
};

void
identity_init(struct identity *identity, const struct layout *layout, enum identity_kind kind)
{
    *identity = (struct identity){.kind = kind, .layout = layout, .seed = hash_seed()};
    identity->positions = kind == IDENTITY_KEY ? &layout->key : &layout->content;
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
    const char *entry = identity->texts.data + value;
    size_t length;

    if (identity->layout->id == LAYOUT_NONE)
        return;
    if (has_integers(identity)) {
        buf_add_int(id, (int64_t)value);
        return;
    }
    memcpy(&length, entry, sizeof length);
    buf_add(id, entry + sizeof length, length);
}

static void
add_key(struct identity *identity, uint64_t hash, struct slice id)
{
    bool added;
    uint64_t *value = pairmap_add(&identity->index, hash, &added);

    *value = added ? encode(identity, id) : AMBIGUOUS;
}

/* By content: without ids the value counts the rows, with ids it leads to the chain of them. */
static void
add_content(struct identity *identity, uint64_t hash, struct slice id)
{
    bool added;
    uint64_t *value = pairmap_add(&identity->index, hash, &added);
    struct identity_chain *link;

    if (identity->layout->id == LAYOUT_NONE) {
        ++*value;
        return;
    }
    link = MEM_APPEND(identity->chain, identity->n_chain, identity->room_chain);
    *link = (struct identity_chain){encode(identity, id), *value};
    *value = identity->n_chain;
}

void
identity_load(struct identity *identity, PGconn *reader)
{
    bool with_id = identity->layout->id != LAYOUT_NONE;
    struct buf sql = {0};
    struct slice row;
    char *held = NULL;

    mergesql_copy_out(identity->layout, identity->positions,
        with_id ? MERGESQL_WITH_ID : MERGESQL_WITHOUT_ID, &sql);
    server_copy_out(reader, buf_string(&sql));
    while (server_copy_row(reader, &held, &row)) {
        const char *tab = with_id ? memrchr(row.data, '\t', row.length) : NULL;
        size_t key_length = tab != NULL ? (size_t)(tab - row.data) : with_id ? 0 : row.length;
        struct slice id = {row.data + row.length, 0};
        uint64_t hash = hash_bytes(identity->seed, slice_make(row.data, key_length));

        if (with_id)
            id = tab != NULL ? slice_make(tab + 1, row.length - key_length - 1) : row;
        if (identity->kind == IDENTITY_KEY)
            add_key(identity, hash, id);
        else
            add_content(identity, hash, id);
    }
    buf_release(&sql);
}

uint64_t
identity_hash(struct identity *identity, const struct slice *fields)
{
    const struct layout_positions *positions = identity->positions;

    if (positions->n == 1)
        return hash_bytes(identity->seed, fields[positions->at[0]]);
    buf_clear(&identity->scratch);
    for (size_t i = 0; i < positions->n; i++) {
        if (i > 0)
            buf_add_char(&identity->scratch, '\t');
        buf_add_slice(&identity->scratch, fields[positions->at[i]]);
    }
    return hash_bytes(identity->seed, buf_slice(&identity->scratch));
}

static enum identity_found
take_content(struct identity *identity, uint64_t *value, struct buf *id)
{
    if (*value == 0)
        return IDENTITY_NONE;
    if (identity->layout->id == LAYOUT_NONE) {
        --*value;
        return IDENTITY_FOUND;
    }
    decode(identity, identity->chain[*value - 1].id, id);
    *value = identity->chain[*value - 1].next;
    return IDENTITY_FOUND;
}

enum identity_found
identity_find(struct identity *identity, uint64_t hash, struct buf *id)
{
    uint64_t *value = pairmap_find(&identity->index, hash);

    if (value == NULL)
        return IDENTITY_NONE;
    if (identity->kind == IDENTITY_CONTENT)
        return take_content(identity, value, id);
    if (*value == AMBIGUOUS)
        return IDENTITY_AMBIGUOUS;
    if (*value == PENDING)
        return IDENTITY_PENDING;
    decode(identity, *value, id);
    return IDENTITY_FOUND;
}

void
identity_set(struct identity *identity, uint64_t hash, struct slice id)
{
    bool added;
    uint64_t *value = pairmap_add(&identity->index, hash, &added);

    *value = encode(identity, id);
}

void
identity_set_pending(struct identity *identity, uint64_t hash)
{
    bool added;
    uint64_t *value = pairmap_add(&identity->index, hash, &added);

    *value = PENDING;
}

void
identity_release(struct identity *identity)
{
    pairmap_release(&identity->index);
    buf_release(&identity->texts);
    buf_release(&identity->scratch);
    free(identity->chain);
    *identity = (struct identity){0};
}
