#include "remap_cycle.h"

#include <stdlib.h>

#include "mem.h"
#include "remap_held.h"

bool
remap_cycle_is_needed(const struct plan *plan, int number)
{
    for (size_t i = 0; number != 0 && i < plan->n_tables; i++) {
        const struct plan_table *table = &plan->tables[i];

        if (table->cycle == number && table->action != PLAN_SKIP &&
            (remap_kind_of(table) == REMAP_MERGE || remap_kind_of(table) == REMAP_APPEND))
            return true;
    }
    return false;
}

void
remap_cycle_add(struct remap_cycle *cycle, struct remap_block *block)
{
    *MEM_APPEND(cycle->blocks, cycle->n, cycle->room) = block;
    cycle->number = block->layout.table->cycle;
}

void
remap_cycle_row(struct remap_block *block, struct slice row)
{
    struct remap_item *item = remap_add_item(block, row);

    item->state = REMAP_WAITS;
}

/* Keys wait for the references in them only; contents hold them all, and so do loose rows. */
static bool
identity_waits(const struct remap_block *block)
{
    bool loose = block->kind != REMAP_APPEND &&
                 identity_key_of(&block->identity, block->fields) != IDENTITY_WHOLE;
    const struct layout_positions *positions =
        loose ? &block->layout.content : block->identity.positions;

    for (size_t i = 0; i < positions->n; i++)
        if (block->waiting[positions->at[i]])
            return true;
    return false;
}

static void
keep_reason(struct remap_block *block, struct remap_item *item)
{
    item->id_at = block->batch.ids.length;
    item->id_length = (uint32_t)(REMAP_SQLSTATE_LENGTH + block->reason.length);
    buf_add(&block->batch.ids, block->sqlstate, REMAP_SQLSTATE_LENGTH);
    buf_add_slice(&block->batch.ids, buf_slice(&block->reason));
}

void
remap_cycle_refuse(
    struct remap_block *block, struct slice row, const char *sqlstate, const char *reason)
{
    struct remap_item *item = remap_add_item(block, row);

    remap_prepare(block, row); /* its id: what refers to it is rejected too */
    remap_reject_because(block, sqlstate, reason);
    remap_note_gone(block);
    keep_reason(block, item);
    block->sqlstate = NULL;
    item->state = REMAP_REJECTED;
}

static void
known(struct remap_block *block, struct remap_item *item)
{
    item->id_at = block->batch.ids.length;
    item->id_length = (uint32_t)block->id.length;
    buf_add_slice(&block->batch.ids, buf_slice(&block->id));
    item->content = block->content;
    remap_record(block, block->old_id, buf_slice(&block->id));
    if (slice_equal(buf_slice(&block->id), block->old_id))
        rekeyed_pair(&block->rekeyed, block->old_id);
    if (item->state == REMAP_TAKEN_OUT)
        block->unchanged++;
}

/* One waiting row; true when it waits no more. */
static bool
identify(struct remap_block *block, struct remap_item *item)
{
    struct slice row = {block->batch.rows.data + item->at, item->length};
    enum remap_state state = remap_prepare(block, row);

    if (state == REMAP_WAITS && identity_waits(block))
        return false;
    if (state != REMAP_REJECTED)
        state = remap_look_up(block);
    item->state = state;
    switch (state) {
    case REMAP_WAITS:
        return false;
    case REMAP_REJECTED:
        remap_note_gone(block);
        keep_reason(block, item);
        break;
    case REMAP_KNOWN:
    case REMAP_TAKEN_OUT:
        known(block, item);
        break;
    default:
        item->hash = block->hash;
        item->loose = block->loose;
        if (block->kind != REMAP_APPEND && !item->loose)
            identity_set_pending(&block->identity, item->hash);
        break;
    }
    return true;
}

enum waiting { WAITING_FOR_CYCLE, WAITING_NO_MORE };

/* One pass over all waiting rows; false when none of them moved. */
static bool
pass(struct remap_cycle *cycle, enum waiting waiting)
{
    bool moved = false;

    for (size_t b = 0; b < cycle->n; b++) {
        struct remap_block *block = cycle->blocks[b];

        block->cycle = waiting == WAITING_FOR_CYCLE ? cycle->number : 0;
        for (size_t i = 0; i < block->batch.n; i++)
            if (block->batch.items[i].state == REMAP_WAITS)
                moved |= identify(block, &block->batch.items[i]);
        remap_settle(block);
        block->cycle = 0;
    }
    return moved;
}

/* What still waits now waits for rows that are not in the backup: the plan says what becomes of
 * those. */
static void
identify_all(struct remap_cycle *cycle)
{
    do
        while (pass(cycle, WAITING_FOR_CYCLE))
            ;
    while (pass(cycle, WAITING_NO_MORE));
}

/*
 * A row was looked up by its key alone: true when it refers to what turned out to be rejected, or
 * to have no row. What refers to it in turn is rejected where it is new; else there is its live
 * row.
 */
static bool
is_orphan(struct remap_block *block, struct remap_item *item)
{
    struct slice row = {block->batch.rows.data + item->at, item->length};

    if (item->state == REMAP_REJECTED || item->state == REMAP_TAKEN_OUT ||
        remap_prepare(block, row) != REMAP_REJECTED)
        return false;
    if (item->fresh)
        remap_note_gone(block);
    keep_reason(block, item);
    block->sqlstate = NULL;
    item->state = REMAP_REJECTED;
    return true;
}

/* Before any row is written, for a row may stand before the one it refers to. */
static void
reject_orphans(struct remap_cycle *cycle)
{
    bool some;

    do {
        some = false;
        for (size_t b = 0; b < cycle->n; b++)
            for (size_t i = 0; i < cycle->blocks[b]->batch.n; i++)
                some |= is_orphan(cycle->blocks[b], &cycle->blocks[b]->batch.items[i]);
    } while (some);
}

void
remap_cycle_write_table(struct remap_block *block)
{
    const struct layout *layout = &block->layout;
    struct slice *fields = mem_alloc((layout->n + 1) * sizeof *fields);

    fields[0] = slice_string(layout->table->name);
    for (size_t i = 0; i < layout->n; i++)
        fields[i + 1] = slice_string(layout->columns[i]->name);
    stream_write_control(block->remap->stream, "table", fields, layout->n + 1);
    free(fields);
}

void
remap_cycle_close(struct remap_cycle *cycle)
{
    if (cycle->n == 0)
        return;
    for (size_t b = 0; b < cycle->n; b++)
        remap_open(cycle->blocks[b]);
    for (size_t b = 0; b < cycle->n; b++)
        remap_held_sort_items(cycle->blocks[b]);
    identify_all(cycle);
    reject_orphans(cycle);
    for (size_t b = 0; b < cycle->n; b++)
        remap_write_map(cycle->blocks[b]);
    for (size_t b = 0; b < cycle->n; b++) {
        struct remap_block *block = cycle->blocks[b];

        remap_cycle_write_table(block);
        for (size_t i = 0; i < block->batch.n; i++)
            remap_write_item(block, &block->batch.items[i]);
        remap_finish(block);
        remap_block_free(block);
    }
    cycle->n = 0;
    cycle->number = 0;
}
