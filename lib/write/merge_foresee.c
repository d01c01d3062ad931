#include "merge_foresee.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "merge_cycle.h"

void
merge_foresee_begin(struct merge *merge)
{
    parentkeys_init(&merge->parentkeys);
    merge->twins = mem_alloc(merge->plan->n_tables + 1);
    for (size_t i = 0; i < merge->plan->n_tables; i++)
        orphans_want(&merge->parentkeys, merge->reader, merge->plan, &merge->plan->tables[i]);
}

void
merge_foresee_end(struct merge *merge)
{
    parentkeys_release(&merge->parentkeys);
    free(merge->twins);
}

/* New rows, not of a group: those that are refused for nothing else. */
static void
look_at_new(void *context, struct slice rows, struct buf *kept)
{
    struct merge_table *table = context;
    struct merge_foresee *foresee = table->foresee;
    struct buf fathered = {0}, alone = {0}, good = {0};

    if (foresee->has_orphans)
        orphans_reject(
            &foresee->orphans, rows, LIVEROW_NEW, merge_table_refused_new, table, &fathered);
    else
        buf_add_slice(&fathered, rows);
    rivals_reject(&foresee->rivals, buf_slice(&fathered), merge_table_refused_new, table, &alone);
    overlaps_reject(&foresee->overlaps, buf_slice(&alone), &good);
    parentkeys_bring(&foresee->parentkeys, buf_slice(&good), LIVEROW_NEW);
    buf_add_slice(kept, buf_slice(&good));
    buf_release(&fathered);
    buf_release(&alone);
    buf_release(&good);
}

/* Changed rows, likewise. */
static void
look_at_changed(void *context, struct slice rows, struct buf *kept)
{
    struct merge_table *table = context;
    struct merge_foresee *foresee = table->foresee;
    size_t before = kept->length;

    if (foresee->has_orphans)
        orphans_reject(&foresee->orphans, rows, LIVEROW_CHANGED, table->changes.rejected,
            table->changes.context, kept);
    else
        buf_add_slice(kept, rows);
    parentkeys_bring(&foresee->parentkeys, slice_make(kept->data + before, kept->length - before),
        LIVEROW_CHANGED);
}

/* Ids of a table of whose rows two became one may be the same in two rows that were not. */
static void
note_doubtful(struct merge_table *table)
{
    const struct layout *layout = &table->layout;

    for (size_t i = 0; i < layout->references.n; i++) {
        const struct plan_column *column = layout->columns[layout->references.at[i]];
        const struct plan_table *target =
            column->target != NULL ? plan_find_table(table->merge->plan, column->target) : NULL;

        if (target != NULL && table->merge->twins[target - table->merge->plan->tables])
            textarray_add_name(&table->foresee->rivals.doubtful, column->name);
    }
}

void
merge_foresee_init(struct merge_table *table)
{
    struct merge *merge = table->merge;
    const struct layout *layout = &table->layout;
    struct merge_foresee *foresee = mem_alloc(sizeof *foresee);

    table->foresee = foresee;
    foresee->holds = layout->table->cycle != 0;
    parentkeys_table_init(&foresee->parentkeys, &merge->parentkeys, merge->reader, layout);
    foresee->has_orphans =
        layout->table->stricter || layout->table->cycle != 0 || merge->parentkeys.lost;
    if (foresee->has_orphans)
        orphans_init(&foresee->orphans, &merge->parentkeys, merge->reader, merge->plan, layout);
    rivals_init(&foresee->rivals, merge->reader, layout,
        layout->table->stricter ? RIVALS_ALL_KEYS : RIVALS_KEYS_WITH_DOUBTFUL);
    note_doubtful(table);
    overlaps_init(&foresee->overlaps, merge->reader, layout, merge_table_refused_new, table);
    table->validate.needed = merge->parentkeys.wanted;
    if (foresee->holds)
        table->validate.kept = &foresee->held_new;
    else
        table->validate.next = look_at_new;
    table->changes.sift = look_at_changed;
}

static bool
some_are_unknown(const struct orphans *orphans)
{
    bool unknown = orphans->blind;

    for (size_t i = 0; i < orphans->n; i++)
        unknown |= orphans->own[i].doubtful && orphans->own[i].parent->unknown;
    return unknown;
}

static void
say(const struct merge_table *table, const char *what)
{
    msg_warning("%s: a dry run does not foresee %s", table->layout.table->name, what);
}

void
merge_foresee_say(struct merge_table *table)
{
    const struct merge_foresee *foresee = table->foresee;
    const struct tally *tally = &table->tally;

    if (foresee == NULL)
        return;
    if ((tally->inserted > 0 && merge_table_inserts_fire(table)) ||
        (tally->updated > 0 && merge_table_updates_fire(table)))
        say(table, "what its triggers, which will fire, refuse or change");
    if (foresee->rivals.blind)
        say(table, "which new rows have the same value in a unique key: the server cannot hash it");
    if (foresee->overlaps.blind)
        say(table, "which new rows clash by an exclusion constraint: there are too many of them");
    if (foresee->moves.doubtful)
        say(table, "which rows get the unique values that others leave: they are rejected here");
    if (some_are_unknown(&foresee->orphans))
        say(table, "which rows refer to nothing: the server cannot say it of their foreign keys");
}

void
merge_foresee_release(struct merge_table *table)
{
    struct merge_foresee *foresee = table->foresee;

    if (foresee == NULL)
        return;
    parentkeys_table_release(&foresee->parentkeys);
    orphans_release(&foresee->orphans);
    rivals_release(&foresee->rivals);
    overlaps_release(&foresee->overlaps);
    heldrows_release(&foresee->moves.held);
    buf_release(&foresee->moves.fresh);
    pairmap_release(&foresee->moves.fates);
    buf_release(&foresee->held_new);
    buf_release(&foresee->held_changed);
    free(foresee);
}

void
merge_foresee_new(struct merge_table *table, struct slice row)
{
    if (!table->validate.needed && table->foresee->has_orphans &&
        orphans_is_suspicious(&table->foresee->orphans, row))
        table->validate.needed = true;
}

void
merge_foresee_refused(struct merge_table *table, struct slice row)
{
    if (table->foresee != NULL)
        parentkeys_lose(&table->foresee->parentkeys, PARENTKEYS_ROW, row);
}

void
merge_foresee_rejected(struct merge_table *table, const char *sqlstate, struct slice row)
{
    if (table->foresee == NULL)
        return;
    if (strcmp(sqlstate, "23505") == 0)
        table->merge->twins[plan_map(table->merge->plan, table->layout.table) -
                            table->merge->plan->tables] = true;
    parentkeys_lose(&table->foresee->parentkeys, PARENTKEYS_UNTRANSLATED, row);
}

bool
merge_foresee_changed(struct merge_table *table, struct slice row)
{
    if (table->foresee == NULL)
        return false;
    merge_foresee_keep(table, row);
    return table->foresee->holds;
}

/* Of one table: what of the held rows is not rejected goes the way of the others. */
static void
settle_moves(struct merge_table *table, enum foresee_rows which)
{
    struct merge_foresee *foresee = table->foresee;
    struct buf fresh = {0}, changed = {0}, kept = {0};

    if (which != FORESEE_NEW)
        changes_compare_waiting(&table->changes);
    merge_foresee_moves(table, which, &fresh, &changed);
    if (foresee->holds)
        buf_add_slice(&kept, buf_slice(&fresh));
    else if (fresh.length > 0)
        look_at_new(table, buf_slice(&fresh), &kept);
    if (foresee->holds)
        buf_add_slice(&foresee->held_new, buf_slice(&kept));
    table->validate.accepted += copyrow_count(buf_slice(&kept));
    changes_compare_accept(&table->changes, buf_slice(&changed));
    buf_release(&fresh);
    buf_release(&changed);
    buf_release(&kept);
}

static void
compare_changed(struct merge_table *table)
{
    struct slice rows = buf_slice(&table->foresee->held_changed);

    while (rows.length > 0)
        changes_add(&table->changes, copyrow_next(&rows));
    settle_moves(table, FORESEE_CHANGED);
}

void
merge_foresee_group(struct merge *merge)
{
    bool holds = merge->n_group > 0 && merge->group[0]->foresee->holds;

    for (size_t i = 0; i < merge->n_group; i++)
        settle_moves(merge->group[i], holds ? FORESEE_NEW : FORESEE_ALL);
    if (!holds)
        return;
    merge_cycle_settle(merge->group, merge->n_group);
    for (size_t i = 0; i < merge->n_group; i++)
        compare_changed(merge->group[i]);
}
