#include "remap_claims.h"

#include "hash.h"
#include "mem.h"
#include "pairmap.h"
#include "remap_cycle.h"
#include "remap_rows.h"
#include "textarray.h"

static bool
is_disputed(const struct remap_item *item)
{
    return item->id_length > 0;
}

struct slice
remap_claims_id(const struct remap_block *block, const struct remap_item *item)
{
    return slice_make(block->same.ids.data + item->id_at, item->id_length);
}

bool
remap_claims_take(struct remap_block *block)
{
    const struct plan_table *table = block->layout.table;
    struct remap_same *same = &block->same;
    struct remap_item *item;

    if ((table->same_ids != PLAN_SAME_ALIKE && table->same_ids != PLAN_SAME_ALL) ||
        block->kind != REMAP_MERGE || block->loose || same->ended ||
        remap_cycle_is_needed(block->remap->plan, table->cycle) ||
        slice_equal(buf_slice(&block->id), block->old_id) ||
        remap_is_unchanged(block, block->content))
        return false;
    item = MEM_APPEND(same->items, same->n, same->room);
    *item = (struct remap_item){.at = same->rows.length,
        .length = (uint32_t)block->row.length,
        .hash = block->hash,
        .content = block->content,
        .id_at = same->ids.length,
        .id_length = (uint32_t)block->id.length,
        .state = REMAP_LATER};
    buf_add_slice(&same->rows, block->row);
    buf_add_slice(&same->ids, buf_slice(&block->id));
    return true;
}

/* ---- who is who */

struct claims {
    struct remap_block *block;
    struct remap_rows rows; /* live ones */
    struct pairmap by_key;  /* by hashes of live ids: the item + 1 that was found there */
    struct pairmap taken;   /* live ids of which a row of the backup is the row */
};

static void
prepare(const struct claims *claims, const struct remap_item *item)
{
    struct remap_block *block = claims->block;

    remap_prepare(block, slice_make(block->same.rows.data + item->at, item->length));
}

static bool
is_like(struct claims *claims, struct slice id)
{
    return remap_rows_take(&claims->rows, id) && remap_rows_are_alike(&claims->rows);
}

/* Of the live row of its key; ids that are made once in the world tell for sure. */
static bool
is_like_keyed(struct claims *claims, struct slice id)
{
    return claims->block->layout.table->same_ids == PLAN_SAME_ALIKE && is_like(claims, id);
}

/* The live rows of its key and, of those that might be another's, its id. */
static void
ask(struct claims *claims)
{
    struct remap_block *block = claims->block;
    struct textarray ids = {{0}, {0}};
    bool added;

    for (size_t i = 0; i < block->same.n; i++) {
        const struct remap_item *item = &block->same.items[i];
        struct slice id = remap_claims_id(block, item);

        if (!is_disputed(item))
            continue;
        prepare(claims, item);
        textarray_add_field(&ids, id);
        textarray_add_field(&ids, block->old_id);
        *pairmap_add(&claims->by_key, hash_bytes(0, id), &added) = i + 1;
    }
    remap_rows_ask(&claims->rows, block, &ids);
    textarray_release(&ids);
}

/* Of the live row of that id: the row that was found there by its key, though it is not like it.
 * NULL: there is none. */
static const struct remap_item *
find_stranger(struct claims *claims, struct slice id)
{
    const uint64_t *at = pairmap_find(&claims->by_key, hash_bytes(0, id));
    const struct remap_item *item = at != NULL ? &claims->block->same.items[*at - 1] : NULL;

    if (item == NULL)
        return NULL;
    prepare(claims, item);
    return is_like_keyed(claims, id) ? NULL : item;
}

/* The live row of the prepared row's id is nobody's, or a stranger's by its key. */
static bool
is_free(struct claims *claims, const struct remap_item *item)
{
    struct remap_block *block = claims->block;
    bool strange;

    if (pairmap_find(&claims->by_key, hash_bytes(0, block->old_id)) == NULL)
        return is_disputed(item) && remap_is_nobodys(block, claims->rows.fields);
    strange = find_stranger(claims, block->old_id) != NULL;
    prepare(claims, item);
    return strange;
}

static void
take(struct claims *claims, struct remap_item *item, struct slice id)
{
    bool added;

    pairmap_add(&claims->taken, hash_bytes(0, id), &added);
    item->state = REMAP_KNOWN;
}

/* It is the live row of its own id, and not that of its key. */
static void
claim_own(struct claims *claims, struct remap_item *item)
{
    struct remap_block *block = claims->block;
    struct slice keyed = remap_claims_id(block, item);

    prepare(claims, item);
    if ((is_disputed(item) && is_like_keyed(claims, keyed)) || !is_like(claims, block->old_id) ||
        !is_free(claims, item))
        return;
    item->content = 0;
    item->id_at = block->same.ids.length;
    item->id_length = (uint32_t)block->old_id.length;
    buf_add_slice(&block->same.ids, block->old_id);
    take(claims, item, block->old_id);
}

/* What is not known by its id keeps the live row of its key, unless that is another row's. */
static void
claim_keyed(struct claims *claims, struct remap_item *item)
{
    struct slice id = remap_claims_id(claims->block, item);

    if (pairmap_find(&claims->taken, hash_bytes(0, id)) != NULL)
        item->id_length = 0;
    else
        take(claims, item, id);
}

void
remap_claims_settle(struct remap_block *block)
{
    struct claims claims = {.block = block};
    struct remap_same *same = &block->same;

    if (same->ids.length == 0)
        return;
    ask(&claims);
    for (size_t i = 0; i < same->n; i++)
        claim_own(&claims, &same->items[i]);
    for (size_t i = 0; i < same->n; i++)
        if (same->items[i].state == REMAP_LATER && is_disputed(&same->items[i]))
            claim_keyed(&claims, &same->items[i]);
    remap_rows_release(&claims.rows);
    pairmap_release(&claims.by_key);
    pairmap_release(&claims.taken);
}
