#include "remap_probe.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "mergesql.h"
#include "probesql.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

#define HASH_RECORD_VERSION 140000
#define DUPLICATE "23505a row of the backup before it has the same key"

enum result_column { ORDINAL, CLASS, IS_LIVE, ID, KEY };

struct probe {
    struct remap_block *block;
    struct textarray *arrays; /* one a column of the key */
    size_t *items;            /* which item a row of the parameters is */
    size_t n;
    enum probesql_class class;
    PGresult *result;
    struct slice *fields; /* of a live row: its key alone */
    struct buf *values, id, key;
};

/* ---- how the columns of the key compare */

static void
learn_equalities(struct remap_block *block)
{
    const struct layout_positions *key = &block->layout.key;
    struct textarray names = {0};
    struct buf table = {0}, name = {0};
    const char *values[2];
    PGresult *result;

    for (size_t i = 0; i < key->n; i++) {
        buf_clear(&name);
        copyrow_escape(slice_string(block->layout.columns[key->at[i]]->name), &name);
        textarray_add_field(&names, buf_slice(&name));
    }
    mergesql_table(block->layout.table, &table);
    values[0] = buf_string(&table);
    values[1] = textarray_literal(&names);
    result = server_query_params(block->reader, sql_key_equality, 2, values);
    if ((size_t)PQntuples(result) != key->n)
        msg_fatal(STATUS_TEMPORARY,
            "%s: its columns are no longer those of the plan; make a new one",
            block->layout.table->name);
    block->equalities = mem_alloc((key->n + 1) * sizeof *block->equalities);
    for (size_t i = 0; i < key->n; i++)
        block->equalities[i] =
            (struct probesql_equality){.type = mem_string(PQgetvalue(result, (int)i, 0)),
                .schema = mem_string(PQgetvalue(result, (int)i, 1)),
                .hashes = strcmp(PQgetvalue(result, (int)i, 2), "t") == 0};
    PQclear(result);
    textarray_release(&names);
    buf_release(&table);
    buf_release(&name);
}

const char *
remap_probe_type(struct remap_block *block, size_t i)
{
    if (block->equalities == NULL)
        learn_equalities(block);
    return block->equalities[i].type;
}

void
remap_probe_release(struct remap_block *block)
{
    for (size_t i = 0; block->equalities != NULL && i < block->layout.key.n; i++) {
        free(block->equalities[i].type);
        free(block->equalities[i].schema);
    }
    free(block->equalities);
}

/* ---- the question */

static int
by_arrival(const void *a, const void *b, void *items)
{
    const struct remap_item *left = (struct remap_item *)items + *(const size_t *)a;
    const struct remap_item *right = (struct remap_item *)items + *(const size_t *)b;

    return (left->at > right->at) - (left->at < right->at);
}

/* In the order in which they came: the first of equal ones wins. */
static void
collect(struct probe *probe)
{
    struct remap_block *block = probe->block;
    struct remap_batch *batch = &block->batch;

    probe->items = mem_alloc((batch->n + 1) * sizeof *probe->items);
    for (size_t i = 0; i < batch->n; i++)
        if (batch->items[i].state == REMAP_DOUBTFUL && !batch->items[i].loose)
            probe->items[probe->n++] = i;
    qsort_r(probe->items, probe->n, sizeof *probe->items, by_arrival, batch->items);
}

static void
add_parameters(struct probe *probe)
{
    struct remap_block *block = probe->block;
    const struct layout_positions *key = &block->layout.key;

    for (size_t i = 0; i < probe->n; i++) {
        remap_prepare(block, remap_item_row(block, &block->batch.items[probe->items[i]]));
        if (block->array_in_key)
            remap_content(block);
        for (size_t k = 0; k < key->n; k++)
            textarray_add_field(&probe->arrays[k], block->fields[key->at[k]]);
    }
}

static void
ask(struct probe *probe)
{
    struct remap_block *block = probe->block;
    size_t n = block->layout.key.n;
    const char **values = mem_alloc((n + 1) * sizeof *values);
    struct server_error error = {0};
    struct buf sql = {0};

    probe->class =
        PQserverVersion(block->reader) >= HASH_RECORD_VERSION ? PROBESQL_HASH : PROBESQL_TEXT;
    for (size_t i = 0; i < n; i++) {
        values[i] = textarray_literal(&probe->arrays[i]);
        if (!block->equalities[i].hashes)
            probe->class = PROBESQL_TEXT;
    }
    probesql_keys(&block->layout, block->equalities, probe->class, &sql);
    probe->result = server_try_params(block->reader, buf_string(&sql), (int)n, values, &error);
    server_error_release(&error);
    buf_release(&sql);
    free(values);
}

/* ---- the answer */

static uint64_t
class_of(const struct probe *probe, int row)
{
    struct slice text = slice_string(PQgetvalue(probe->result, row, CLASS));

    return hash_bytes(probe->block->identity.seed, text) | 1; /* never 0 */
}

static void
reject(struct remap_block *block, struct remap_item *item, const char *why)
{
    remap_give(block, item, REMAP_REJECTED, slice_string(why));
}

/* The row before it has the live row: what refers to this one refers to that. */
static void
reject_duplicate(struct remap_block *block, struct remap_item *item, struct slice id)
{
    remap_prepare(block, remap_item_row(block, item));
    remap_record(block, block->old_id, id);
    block->duplicates++;
    reject(block, item, DUPLICATE);
}

/* The key of the live row in the answer, as COPY would have written it. */
static uint64_t
take_live_row(struct probe *probe, int row)
{
    const struct layout_positions *key = &probe->block->layout.key;
    struct identity *identity = &probe->block->identity;

    buf_clear(&probe->id);
    buf_clear(&probe->key);
    if (!PQgetisnull(probe->result, row, ID))
        copyrow_escape(slice_string(PQgetvalue(probe->result, row, ID)), &probe->id);
    for (size_t i = 0; i < key->n; i++) {
        buf_clear(&probe->values[i]);
        server_add_field(probe->result, row, KEY + (int)i, &probe->values[i]);
        probe->fields[key->at[i]] = buf_slice(&probe->values[i]);
        identity->itself[key->at[i]] =
            identity->own[key->at[i]] &&
            slice_equal(buf_slice(&probe->values[i]), buf_slice(&probe->id));
        if (i > 0)
            buf_add_char(&probe->key, '\t');
        buf_add_slice(&probe->key, buf_slice(&probe->values[i]));
    }
    return identity_hash(identity, probe->fields);
}

/*
 * The index may know the live row under the live text of its key: then that says whether a row
 * before this one was it. PENDING: such a row is in this batch, and comes behind this one.
 */
static void
found(struct probe *probe, struct remap_item *item, int row)
{
    struct remap_block *block = probe->block;
    struct identity *identity = &block->identity;
    uint64_t hash = take_live_row(probe, row), content = 0;
    struct slice id = buf_slice(&probe->id);
    struct buf ignored = {0};

    switch (identity_find(identity, hash, &ignored, &content)) {
    case IDENTITY_SEEN:
        reject_duplicate(block, item, id);
        break;
    case IDENTITY_AMBIGUOUS:
        reject(block, item, "21000its key belongs to more than one live row");
        break;
    default:
        identity_set(identity, hash, id);
        identity_set(identity, item->hash, id);
        remap_prepare(block, remap_item_row(block, item));
        remap_record(block, block->old_id, id);
        remap_give(block, item, REMAP_KNOWN, id.length > 0 ? id : buf_slice(&probe->key));
        item->content = content;
    }
    buf_release(&ignored);
}

/* No live row has it; a row of the backup before it may. */
static void
not_found(struct probe *probe, struct remap_item *item, int row)
{
    struct identity *identity = &probe->block->identity;
    struct buf id = {0};
    uint64_t content;

    item->class = class_of(probe, row);
    switch (identity_find(identity, item->class, &id, &content)) {
    case IDENTITY_PENDING:
        item->state = REMAP_FOLLOWS;
        break;
    case IDENTITY_NONE:
        identity_set_pending(identity, item->class);
        break;
    default:
        reject_duplicate(probe->block, item, buf_slice(&id));
    }
    buf_release(&id);
}

static size_t
ordinal(const struct probe *probe, int row)
{
    return strtoull(PQgetvalue(probe->result, row, ORDINAL), NULL, 10);
}

static void
take_answer(struct probe *probe)
{
    int n = PQntuples(probe->result);

    for (int row = 0, next; row < n; row = next) {
        size_t at = ordinal(probe, row);
        struct remap_item *item = &probe->block->batch.items[probe->items[at - 1]];

        for (next = row + 1; next < n && ordinal(probe, next) == at; next++)
            ;
        if (next > row + 1)
            reject(probe->block, item, "21000its key belongs to more than one live row");
        else if (strcmp(PQgetvalue(probe->result, row, IS_LIVE), "t") == 0)
            found(probe, item, row);
        else
            not_found(probe, item, row);
    }
}

static void
release(struct probe *probe)
{
    for (size_t i = 0; i < probe->block->layout.key.n; i++) {
        textarray_release(&probe->arrays[i]);
        buf_release(&probe->values[i]);
    }
    free(probe->arrays);
    free(probe->items);
    free(probe->fields);
    free(probe->values);
    buf_release(&probe->id);
    buf_release(&probe->key);
    PQclear(probe->result);
}

void
remap_probe_keys(struct remap_block *block)
{
    struct probe probe = {.block = block};
    size_t n_key = block->layout.key.n;

    if (block->kind == REMAP_APPEND)
        return;
    probe.arrays = mem_alloc((n_key + 1) * sizeof *probe.arrays);
    probe.values = mem_alloc((n_key + 1) * sizeof *probe.values);
    probe.fields = mem_alloc((block->layout.n + 1) * sizeof *probe.fields);
    collect(&probe);
    if (probe.n > 0) {
        if (block->equalities == NULL)
            learn_equalities(block);
        add_parameters(&probe);
        ask(&probe);
    }
    if (probe.result != NULL)
        take_answer(&probe);
    release(&probe);
}

void
remap_probe_follow(struct remap_block *block)
{
    struct remap_batch *batch = &block->batch;

    for (size_t i = 0; i < batch->n; i++) {
        struct remap_item *item = &batch->items[i];
        struct buf id = {0};
        uint64_t content;

        if (item->state != REMAP_FOLLOWS)
            continue;
        if (identity_find(&block->identity, item->class, &id, &content) == IDENTITY_SEEN)
            reject_duplicate(block, item, buf_slice(&id));
        else
            reject(block, item, "23505a rejected row before it has the same key");
        buf_release(&id);
    }
}
