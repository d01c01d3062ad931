/*
 * The rows of remap.h that are about to come. What they will look up lies anywhere in maps that no
 * cache holds: it is fetched for all of them at the same time, and then they are taken one by one.
 */
#include "remap.h"

#include <stdlib.h>

#include "copyrow.h"

/* A longer row costs more than its look-ups. */
#define LONGEST_ROW 4096

static struct slice
row_at(const struct remap_window *window, size_t i)
{
    size_t from = i > 0 ? window->ends[i - 1] : 0;

    return slice_make(window->rows.data + from, window->ends[i] - from);
}

static void
fetch_ids(struct remap_block *block, const struct slice *fields)
{
    const struct layout_positions *references = &block->layout.references;
    const struct idmap *own = block->remap->maps[block->table];

    for (size_t i = 0; i < references->n; i++) {
        const struct idmap *map = remap_map_at(block, references->at[i]);

        if (map != NULL)
            idmap_prefetch(map, fields[references->at[i]]);
    }
    if (own != NULL)
        idmap_prefetch(own, block->old_id);
}

/* Members of the key that are references, as they will be. */
static void
translate_key(struct remap_block *block, struct slice *fields)
{
    const struct layout_positions *key = &block->layout.key;

    for (size_t i = 0; i < key->n; i++) {
        size_t at = key->at[i];
        struct idmap *map = remap_map_at(block, at);
        struct slice live;

        if (map == NULL || copyrow_is_null(fields[at]) || !idmap_get(map, fields[at], &live))
            continue;
        buf_clear(&block->values[at]); /* the next id of this map is found in the same place */
        buf_add_slice(&block->values[at], live);
        fields[at] = buf_slice(&block->values[at]);
    }
}

static bool
split(struct remap_block *block, struct slice row)
{
    bool whole = copyrow_split(row, block->fields, block->layout.n) == block->layout.n;

    if (whole && block->layout.id != LAYOUT_NONE)
        block->old_id = block->fields[block->layout.id];
    return whole;
}

static bool
has_key_to_translate(const struct remap_block *block)
{
    const struct layout_positions *key = &block->layout.key;

    for (size_t i = 0; i < key->n; i++)
        if (remap_map_at(block, key->at[i]) != NULL)
            return true;
    return false;
}

/* A key that is as it came is fetched along with the ids. */
static void
fetch_all_ids(struct remap_block *block, bool keys)
{
    block->old_id = slice_make("", 0);
    for (size_t i = 0; i < block->window.n; i++) {
        if (!split(block, row_at(&block->window, i)))
            continue;
        fetch_ids(block, block->fields);
        if (keys)
            identity_prefetch(&block->identity, block->fields);
    }
}

/* Once the ids are there. */
static void
fetch_translated_keys(struct remap_block *block)
{
    for (size_t i = 0; i < block->window.n; i++) {
        if (!split(block, row_at(&block->window, i)))
            continue;
        translate_key(block, block->fields);
        identity_prefetch(&block->identity, block->fields);
    }
}

void
remap_window_close(struct remap_block *block)
{
    struct remap_window *window = &block->window;
    bool keys = block->kind != REMAP_APPEND, translate = keys && has_key_to_translate(block);

    fetch_all_ids(block, keys && !translate);
    if (translate)
        fetch_translated_keys(block);
    for (size_t i = 0; i < window->n; i++)
        remap_row_now(block, row_at(window, i));
    window->n = 0;
    buf_clear(&window->rows);
}

void
remap_row(struct remap_block *block, struct slice row)
{
    struct remap_window *window = &block->window;

    if (row.length > LONGEST_ROW) {
        remap_window_close(block);
        remap_row_now(block, row);
        return;
    }
    buf_add_slice(&window->rows, row);
    window->ends[window->n++] = window->rows.length;
    if (window->n == REMAP_WINDOW)
        remap_window_close(block);
}
