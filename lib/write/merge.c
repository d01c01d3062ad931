#include "merge.h"

#include <stdlib.h>
#include <time.h>

#include "drysql.h"
#include "mem.h"
#include "merge_foresee.h"
#include "merge_moves.h"
#include "merge_table.h"
#include "mergesql.h"
#include "triggers.h"
#include "why.h"

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static enum tally_mode
mode(const struct merge *merge)
{
    return merge->writer != NULL ? TALLY_REAL : TALLY_DRY_RUN;
}

void
merge_init(struct merge *merge)
{
    merge->may_silence =
        triggers_may_silence(merge->writer != NULL ? merge->writer : merge->reader);
    refusals_init(&merge->refusals, merge->plan);
    inserted_init(&merge->inserted, merge->plan);
    merge->sum.table = "total";
    if (merge->counts != NULL)
        tally_write_header(merge->counts, mode(merge));
}

static void
show(struct merge *merge, const struct tally *tally)
{
    if (!merge->headed)
        tally_heading(mode(merge));
    merge->headed = true;
    tally_line(tally);
    if (merge->show.lines.length > 0)
        msg_line("%.*s", (int)merge->show.lines.length - 1, merge->show.lines.data);
    show_clear(&merge->show);
    if (merge->counts != NULL)
        tally_write(merge->counts, tally);
}

/* Where the plan translates nothing, the backup's ids are the live ones. */
void
merge_reject_untranslated(
    struct merge_table *table, const char *sqlstate, const char *reason, struct slice row)
{
    const struct layout *layout = &table->layout;
    bool translates = layout->id != LAYOUT_NONE || layout->references.n > 0 || layout->arrays.n > 0;

    merge_foresee_rejected(table, sqlstate, row);
    merge_table_reject(
        table, sqlstate, reason, row, translates ? REJECTS_BACKUP_IDS : REJECTS_LIVE_IDS);
}

static void start_ending(struct merge *merge);
static void finish_ending(struct merge *merge);

/* True when the table does not belong to the group that is being read. */
static bool
starts_group(const struct merge *merge, const struct layout *layout)
{
    int cycle = layout->table->cycle;

    return merge->n_group > 0 && (cycle == 0 || merge->group[0]->layout.table->cycle != cycle);
}

struct merge_table *
merge_table_new(struct merge *merge, const struct layout *layout)
{
    struct merge_table *table = mem_alloc(sizeof *table);

    if (merge->writer == NULL && merge->twins == NULL)
        merge_foresee_begin(merge);

    table->merge = merge;
    table->layout = *layout;
    table->started = now();
    table->number = ++merge->n_tables;
    table->tally.table = layout->table->name;
    table->tally.reason = layout->table->reason;
    if (layout->table->action == PLAN_APPEND)
        table->mark = MERGE_NEW;
    if (starts_group(merge, layout))
        start_ending(merge);
    *MEM_APPEND(merge->group, merge->n_group, merge->room_group) = table;
    table->images = (struct images){.log = merge->undo,
        .show = merge->show.limit > 0 ? &merge->show : NULL,
        .layout = &table->layout};
    merge_table_prepare(table);
    return table;
}

/* ---- rows */

/* New rows and changed ones share the writer: each ends its COPY before the other begins. */
static void
insert_row(struct merge_table *table, struct slice row)
{
    if (table->merge->writer == NULL) {
        merge_foresee_new(table, row);
        validate_add(&table->validate, row);
        return;
    }
    finish_ending(table->merge);
    changes_yield(&table->changes);
    if (table->staged)
        stage_add(&table->stage, row);
    else
        copybatch_add(&table->fresh, SLICE(""), row);
}

static void
change_row(struct merge_table *table, struct slice row)
{
    if (merge_foresee_changed(table, row))
        return;
    if (changes_will_send(&table->changes, row)) {
        finish_ending(table->merge);
        copybatch_yield(&table->fresh);
        stage_yield(&table->stage);
    }
    changes_add(&table->changes, row);
}

static void
matched(void *context, enum compare_result result, struct slice row)
{
    struct merge_table *table = context;

    switch (result) {
    case COMPARE_NEW:
        insert_row(table, row);
        break;
    case COMPARE_EQUAL:
        table->tally.unchanged++;
        break;
    case COMPARE_DIFFERENT:
        change_row(table, row);
        break;
    case COMPARE_AMBIGUOUS:
        table->tally.read--;
        merge_table_reject(
            table, "21000", "its key belongs to more than one live row", row, REJECTS_LIVE_IDS);
        break;
    case COMPARE_DUPLICATE:
        table->tally.read--;
        merge_table_reject(table, "23505", "a row of the backup before it has the same key", row,
            REJECTS_LIVE_IDS);
        break;
    }
}

/* True when the row is rejected, for it refers to one that the live database refused. */
static bool
refers_to_refused(struct merge_table *table, struct slice *row)
{
    struct refusals *refusals = &table->merge->refusals;

    switch (refusals_row(refusals, &table->layout, *row)) {
    case REFUSALS_NONE:
        return false;
    case REFUSALS_LEFT_OUT:
        *row = buf_slice(&refusals->row);
        return false;
    case REFUSALS_REJECTED:
        break;
    }
    if (table->mark == MERGE_NEW) {
        refusals_note(refusals, &table->layout, *row);
        merge_foresee_refused(table, *row);
    }
    merge_table_reject(table, "23503", buf_string(&refusals->reason), *row, REJECTS_LIVE_IDS);
    return true;
}

void
merge_row(struct merge_table *table, struct slice row)
{
    if (refers_to_refused(table, &row))
        return;
    table->tally.read++;
    switch (table->mark) {
    case MERGE_NEW:
        insert_row(table, row);
        return;
    case MERGE_KNOWN:
        change_row(table, row);
        return;
    case MERGE_UNKNOWN:
        break;
    }
    if (!table->matching)
        match_init(&table->match, table->merge->reader, &table->layout, matched, table);
    table->matching = true;
    match_row(&table->match, row);
}

void
merge_mark(struct merge_table *table, enum merge_mark mark)
{
    table->mark = mark;
    if (mark == MERGE_KNOWN)
        table->layout.found_by_key = !table->matching;
}

void
merge_unchanged(struct merge_table *table, uint64_t n)
{
    table->tally.read += n;
    table->tally.unchanged += n;
}

void
merge_table_end(struct merge_table *table)
{
    if (table->matching)
        match_finish(&table->match);
    if (table->merge->writer == NULL) {
        validate_finish(&table->validate);
        return;
    }
    if (table->layout.table->cycle != 0) { /* the next table of the cycle needs the connection */
        stage_yield(&table->stage);
        changes_yield(&table->changes);
    } else {
        changes_yield(&table->changes);
        copybatch_end(&table->fresh);
    }
}

/* ---- ending a group */

static enum changes_triggers
update_triggers(const struct merge_table *table)
{
    return table->silent_updates ? CHANGES_TRIGGERS_OFF : CHANGES_TRIGGERS_FIRE;
}

static void
say_suppressed(const struct merge_table *table, uint64_t n, const char *what)
{
    if (n > 0)
        msg_warning("%s: a trigger of the live database kept %llu row%s from being %s",
            table->layout.table->name, (unsigned long long)n, n == 1 ? "" : "s", what);
}

static void
finish_table(struct merge_table *table)
{
    struct merge *merge = table->merge;
    struct tally *tally = &table->tally;

    clashes_finish(&table->clashes);
    tally->inserted = table->validate.accepted + table->fresh.accepted + table->stage.inserted;
    tally->updated = table->changes.updated;
    tally->kept = table->changes.kept + table->fresh.suppressed + table->stage.suppressed;
    tally->unchanged += table->changes.unchanged;
    tally->seconds = now() - table->started;
    tally_check(tally);
    tally_add(&merge->sum, tally);
    show(merge, tally);
    rejects_end_table(&merge->rejects, table->layout.table);
    if (merge->sql != NULL && tally_writes(tally))
        drysql_write(merge->sql, &table->layout, table->number, tally);
    copybatch_release(&table->fresh);
    parents_free(table->parents);
    stage_release(&table->stage);
    changes_release(&table->changes);
    images_release(&table->images);
    clashes_release(&table->clashes);
    heldrows_release(&table->held);
    say_suppressed(table, table->fresh.suppressed + table->stage.suppressed, "inserted");
    say_suppressed(table, table->changes.suppressed, "updated");
    merge_foresee_say(table);
    merge_foresee_release(table);
    if (merge->undo != NULL)
        undolog_end(merge->undo);
    validate_release(&table->validate);
    if ((tally->inserted > 0 || table->rejected_id > 0) && merge->writer != NULL) {
        *MEM_APPEND(merge->sequences, merge->n_sequences, merge->room_sequences) = table;
        return;
    }
    layout_release(&table->layout);
    free(table);
}

/*
 * The group that was read is written, but for the last answer: of several tables with changes all
 * but the last one's answers are waited for, since they share the connection.
 */
static void
start_ending(struct merge *merge)
{
    struct merge_table **group = merge->group;

    finish_ending(merge);
    if (merge->writer != NULL) {
        for (size_t i = 0; i < merge->n_group; i++) {
            copybatch_finish(&group[i]->fresh);
            stage_yield(&group[i]->stage);
            changes_yield(&group[i]->changes);
        }
        for (size_t i = 0; i < merge->n_group; i++)
            stage_finish(&group[i]->stage);
        merge_moves_insert(merge);
    } else {
        merge_foresee_group(merge);
    }
    for (size_t i = 0; i < merge->n_group; i++)
        merge_table_note_refused(group[i]);
    for (size_t i = 0; i < merge->n_group; i++) {
        changes_start(&group[i]->changes, update_triggers(group[i]));
        if (i + 1 < merge->n_group)
            changes_finish(&group[i]->changes, update_triggers(group[i]));
        *MEM_APPEND(merge->ending, merge->n_ending, merge->room_ending) = group[i];
    }
    merge->n_group = 0;
}

static void
finish_ending(struct merge *merge)
{
    if (merge->n_ending == 0)
        return;
    changes_finish(&merge->ending[merge->n_ending - 1]->changes,
        update_triggers(merge->ending[merge->n_ending - 1]));
    for (size_t i = 0; i < merge->n_ending; i++)
        finish_table(merge->ending[i]);
    merge->n_ending = 0;
}

#define SOON 1000000 /* ids: so many an application may give before a row is mended */

static void
cover_rejected(struct merge *merge, const struct merge_table *table)
{
    struct buf sql = {0};

    if (table->rejected_id <= 0)
        return;
    mergesql_sequence_cover(
        table->layout.columns[merge_table_counted(table)], table->rejected_id, SOON, &sql);
    server_run(merge->writer, buf_string(&sql));
    buf_release(&sql);
}

static void
cover_inserted(struct merge *merge, const struct merge_table *table)
{
    const struct layout *layout = &table->layout;

    for (size_t i = 0; table->tally.inserted > 0 && i < layout->n; i++) {
        struct buf sql = {0};

        if (!mergesql_has_sequence(layout->columns[i]))
            continue;
        mergesql_sequence_up(layout->table, layout->columns[i], MERGESQL_OWN, &sql);
        server_run(merge->writer, buf_string(&sql));
        buf_release(&sql);
    }
}

/* Last of all: what setval() does is not undone when the transaction is. */
static void
move_sequences(struct merge *merge)
{
    for (size_t t = 0; t < merge->n_sequences; t++) {
        cover_rejected(merge, merge->sequences[t]);
        cover_inserted(merge, merge->sequences[t]);
    }
}

static void
report_skipped(struct merge *merge)
{
    for (size_t i = 0; i < merge->plan->n_tables; i++) {
        const struct plan_table *planned = &merge->plan->tables[i];
        struct tally tally = {.table = planned->name, .reason = planned->reason};

        if (!plan_leaves_out(planned))
            continue;
        tally.read = tally.skipped = planned->rows > 0 ? (uint64_t)planned->rows : 0;
        tally_add(&merge->sum, &tally);
        show(merge, &tally);
        if (plan_leaves_out_by_rule(planned)) {
            merge->skipped.by_rule++;
            continue;
        }
        msg_warning("%s is skipped: %s", planned->name,
            planned->reason != NULL ? planned->reason : "the plan says so");
        merge->skipped.tables++;
    }
}

void
merge_finish(struct merge *merge)
{
    start_ending(merge);
    finish_ending(merge);
    refusals_release(&merge->refusals);
    inserted_release(&merge->inserted);
    merge_foresee_end(merge);
    report_skipped(merge);
    if (merge->writer != NULL)
        move_sequences(merge);
}
