#include "rivals.h"

#include <stdlib.h>

#include "copyrow.h"
#include "liverow.h"
#include "mem.h"

void
rivals_init(
    struct rivals *rivals, PGconn *connection, const struct layout *layout, enum rivals_keys which)
{
    *rivals = (struct rivals){.connection = connection, .layout = layout, .which = which};
}

void
rivals_release(struct rivals *rivals)
{
    rivals_forget(rivals);
    rowquery_release(&rivals->query);
    textarray_release(&rivals->doubtful);
    free(rivals->taken);
    keyhashes_release(&rivals->keys);
}

/* ---- the query */

static void
make_query(struct rivals *rivals)
{
    bool all = rivals->which == RIVALS_ALL_KEYS;
    struct liverow liverow;
    struct buf hashes = {0};

    liverow_init(&liverow, rivals->connection, rivals->layout, LIVEROW_NEW);
    keyhashes_ask(&rivals->keys, rivals->connection, rivals->layout, &liverow,
        all ? NULL : textarray_literal(&rivals->doubtful));
    rivals->taken = mem_alloc((rivals->keys.n + 1) * sizeof *rivals->taken);
    keyhashes_add(&rivals->keys, &hashes);
    if (hashes.length > 0)
        rowquery_make(&rivals->query, rivals->connection, rivals->layout, &liverow, LIVEROW_NEW,
            buf_string(&hashes));
    buf_release(&hashes);
    liverow_release(&liverow);
}

size_t
rivals_keys(struct rivals *rivals)
{
    if (rivals->keys.keys == NULL)
        make_query(rivals);
    return rivals->keys.n;
}

/* ---- the rows */

bool
rivals_hash(struct rivals *rivals, struct slice rows, size_t n, uint64_t *hashes)
{
    size_t keys = rivals_keys(rivals);
    PGresult *result = keys > 0 && n > 0 ? rowquery_ask(&rivals->query, rows) : NULL;
    bool known = result != NULL;

    for (size_t row = 0; row < n; row++)
        for (size_t key = 0; key < keys; key++) /* a null's text is empty */
            hashes[row * keys + key] =
                known ? (uint64_t)strtoll(PQgetvalue(result, (int)row, (int)key + 1), NULL, 10) : 0;
    rivals->blind |= keys > 0 && n > 0 && !known;
    PQclear(result);
    return known;
}

int
rivals_clash(const struct rivals *rivals, const uint64_t *hashes)
{
    for (size_t i = 0; i < rivals->keys.n; i++)
        if (hashes[i] != 0 && pairmap_find(&rivals->taken[i], hashes[i]) != NULL)
            return (int)i;
    return -1;
}

void
rivals_take(struct rivals *rivals, const uint64_t *hashes)
{
    bool added;

    for (size_t i = 0; i < rivals->keys.n; i++)
        if (hashes[i] != 0)
            pairmap_add(&rivals->taken[i], hashes[i], &added);
}

void
rivals_forget(struct rivals *rivals)
{
    for (size_t i = 0; i < rivals->keys.n; i++)
        pairmap_release(&rivals->taken[i]);
}

void
rivals_refuse(const struct rivals *rivals, int key, struct slice row, copybatch_rejected *rejected,
    void *context)
{
    struct server_error error = {.sqlstate = "23505"};

    error.message = mem_format("%s: a new row before it has the same value",
        keyhashes_message(&rivals->keys, (size_t)key));
    rejected(context, row, &error);
    server_error_release(&error);
}

void
rivals_reject(struct rivals *rivals, struct slice rows, copybatch_rejected *rejected, void *context,
    struct buf *kept)
{
    size_t keys = rivals_keys(rivals), n = copyrow_count(rows);
    uint64_t *hashes = mem_alloc((n * keys + 1) * sizeof *hashes);

    rivals_hash(rivals, rows, n, hashes);
    for (size_t at = 0; rows.length > 0; at++) {
        struct slice row = copyrow_next(&rows);
        int key = rivals_clash(rivals, hashes + at * keys);

        if (key >= 0) {
            rivals_refuse(rivals, key, row, rejected, context);
            continue;
        }
        rivals_take(rivals, hashes + at * keys);
        buf_add_slice(kept, slice_make(row.data, row.length + 1));
    }
    free(hashes);
}
