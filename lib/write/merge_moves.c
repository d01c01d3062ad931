#include "merge_moves.h"

#include <stdlib.h>

#include "changesql.h"
#include "copyrow.h"
#include "mem.h"

/* ---- new rows that are held */

static bool
sets_something(const struct layout *layout)
{
    for (size_t i = 0; i < layout->n; i++)
        if (changesql_sets(layout, i))
            return true;
    return false;
}

bool
merge_moves_hold(struct merge_table *table, struct slice row, const struct server_error *error)
{
    return sets_something(&table->layout) && heldrows_add(&table->held, row, error);
}

struct sifting {
    struct merge_table *table;
    struct heldrows_at at;
};

/* As copybatch_rejected, of rows in the order of the held ones: these were refused before, and the
 * server said why. */
static void
reject_held(void *context, struct slice row, const struct server_error *error)
{
    struct sifting *sifting = context;
    struct server_error before;
    struct slice held;

    while (heldrows_next(&sifting->at, &held, &before) && held.data < row.data)
        ;
    merge_table_refused_new(
        sifting->table, row, strcmp(error->sqlstate, "23505") == 0 ? &before : error);
}

static void
reject_all_held(struct merge_table *table)
{
    struct heldrows_at at = heldrows_start(&table->held);
    struct server_error error;
    struct slice row;

    while (heldrows_next(&at, &row, &error))
        merge_table_refused_new(table, row, &error);
}

/* AND the live row t is not one that changes. */
static void
add_stays(const struct merge_table *table, struct buf *same)
{
    changesql_and_not_changed(&table->layout, table->number, same);
    buf_string(same);
}

/* Rejects those whose value a live row has that does not change; the others go to `kept`. */
static void
sift_held(struct merge_table *table, struct buf *kept)
{
    struct sifting sifting = {table, heldrows_start(&table->held)};
    struct slice rows = sifting.at.rest;
    struct validate validate;
    struct buf same = {0};

    if (table->inserts_fire) { /* triggers may change the value */
        buf_add_slice(kept, rows);
        return;
    }
    add_stays(table, &same);
    validate_init(&validate, table->merge->writer, &table->layout, reject_held, &sifting);
    validate.same = same.data;
    validate_sift(&validate, rows, kept);
    validate_release(&validate);
    buf_release(&same);
}

/* True when some of them wait in the stage now. */
static bool
stage_held(struct merge_table *table)
{
    struct buf kept = {0};
    struct slice rest;
    bool some;

    table->held.closed = true;
    if (table->held.rows.length == 0)
        return false;
    changes_ready(&table->changes);
    if (table->changes.batch.accepted > 0)
        sift_held(table, &kept);
    else
        reject_all_held(table);
    rest = buf_slice(&kept);
    some = rest.length > 0;
    while (rest.length > 0)
        stage_add(&table->stage, copyrow_next(&rest));
    stage_finish(&table->stage);
    buf_release(&kept);
    return some;
}

/* ---- new and changed rows in one go */

struct group {
    struct merge *merge;
    struct stage **stages; /* those with rows */
    size_t n_stages;
    enum stage_triggers triggers;
    struct merge_table **tables; /* those with new and with changed rows */
    struct changes_moves **moves;
    struct heldrows *taken; /* their new rows whose value another row is to get */
    size_t n;
    bool logged; /* the undo stream has what was inserted */
};

static enum changes_triggers
update_triggers(const struct merge_table *table)
{
    return table->silent_updates ? CHANGES_TRIGGERS_OFF : CHANGES_TRIGGERS_FIRE;
}

static void
switch_triggers(const struct group *group, bool off)
{
    if (off)
        triggers_off(group->merge->writer);
    else if (group->merge->may_silence)
        triggers_on(group->merge->writer);
}

/* Returns how many there were. */
static size_t
reject_orphans(const struct group *group)
{
    for (size_t i = 0; i < group->n_stages; i++)
        if (group->stages[i]->sift == NULL) /* triggers may mend it */
            return 0;
    return stage_reject_orphans(group->stages, group->n_stages);
}

struct holding {
    struct heldrows *taken;
    struct merge_table *table;
};

static void
hold_taken(void *context, struct slice row, const struct server_error *error)
{
    struct holding *holding = context;

    if (!heldrows_add(holding->taken, row, error))
        merge_table_refused_new(holding->table, row, error);
}

static bool
settle_table(const struct group *group, size_t i)
{
    struct stage *stage = &group->tables[i]->stage;
    struct holding holding = {&group->taken[i], group->tables[i]};
    bool known;

    stage->rejected = hold_taken;
    stage->context = &holding;
    known = changes_moves_settle(group->moves[i]);
    stage->rejected = merge_table_refused_new;
    stage->context = group->tables[i];
    return known;
}

static bool
settle_tables(const struct group *group)
{
    bool known = true, some = false;

    for (size_t i = 0; i < group->n && known; i++) {
        known = settle_table(group, i);
        some |= known && changes_moves_some(group->moves[i]);
    }
    return known && some;
}

/* Those whose value is taken wait in the stage again, or are rejected. True: there were some. */
enum taken { TAKEN_WAIT, TAKEN_REJECTED };

static bool
let_go(const struct group *group, enum taken what)
{
    bool some = false;

    for (size_t i = 0; i < group->n; i++) {
        struct heldrows_at at = heldrows_start(&group->taken[i]);
        struct server_error error;
        struct slice row;

        some |= group->taken[i].rows.length > 0;
        while (heldrows_next(&at, &row, &error))
            if (what == TAKEN_WAIT)
                stage_add(&group->tables[i]->stage, row);
            else
                merge_table_refused_new(group->tables[i], row, &error);
        stage_finish(&group->tables[i]->stage);
        heldrows_release(&group->taken[i]);
        group->taken[i] = (struct heldrows){.closed = false};
    }
    return some;
}

/* True when some row has to be set aside; else the stages' rows are inserted without more ado. A
 * row that is rejected as an orphan, perhaps of one whose value it was to get, takes no value: then
 * it is settled anew who does. */
static bool
settle(const struct group *group)
{
    bool some;

    do
        some = settle_tables(group);
    while (some && reject_orphans(group) > 0 && let_go(group, TAKEN_WAIT));
    let_go(group, some ? TAKEN_REJECTED : TAKEN_WAIT);
    return some;
}

static void
note_inserted(struct group *group)
{
    struct merge *merge = group->merge;

    for (size_t i = 0; merge->undo != NULL && i < merge->n_group; i++) {
        struct merge_table *table = merge->group[i];

        stage_inserted(&table->stage, table->inserts_fire ? STAGE_ROWS_LIVE : STAGE_ROWS_SENT,
            merge_table_note_inserted, table);
    }
    group->logged = true;
}

/* In a savepoint. */
static bool
write_steps(struct group *group)
{
    bool good = true;

    for (size_t i = 0; i < group->n && good; i++) {
        switch_triggers(group, group->tables[i]->silent_updates);
        good = changes_moves_vacate(group->moves[i]);
    }
    if (good)
        switch_triggers(group, group->triggers == STAGE_TRIGGERS_OFF);
    good = good && stage_try(group->stages, group->n_stages);
    if (good)
        note_inserted(group);
    for (size_t i = 0; i < group->n && good; i++) {
        enum changes_triggers triggers = update_triggers(group->tables[i]);

        if (triggers == CHANGES_TRIGGERS_OFF)
            changes_lock_parents(&group->tables[i]->changes);
        switch_triggers(group, triggers == CHANGES_TRIGGERS_OFF);
        good = changes_moves_write(group->moves[i], triggers);
    }
    return good;
}

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_group"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_group"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_group; " END_SAVEPOINT

static void
take_back(struct group *group, const struct undolog_mark *mark)
{
    struct merge *merge = group->merge;

    server_run(merge->writer, UNDO_SAVEPOINT);
    for (size_t i = 0; i < group->n_stages; i++)
        group->stages[i]->inserted = group->stages[i]->suppressed = 0;
    for (size_t i = 0; i < group->n; i++)
        if (group->tables[i]->changes.updated > 0)
            changes_forget(&group->tables[i]->changes);
    if (merge->undo != NULL)
        undolog_rewind(merge->undo, mark);
    group->logged = false;
}

static bool
write_once(struct group *group)
{
    struct merge *merge = group->merge;
    struct undolog_mark mark;
    bool good;

    if (merge->undo != NULL)
        mark = undolog_mark(merge->undo);
    server_run(merge->writer, BEGIN_SAVEPOINT);
    good = write_steps(group);
    if (!good) {
        take_back(group, &mark);
        return false;
    }
    switch_triggers(group, group->triggers == STAGE_TRIGGERS_OFF);
    server_run(merge->writer, END_SAVEPOINT);
    for (size_t i = 0; i < group->n; i++)
        group->tables[i]->changes.settled = true;
    return true;
}

/* False: nothing of it is written. */
static bool
write_together(struct group *group)
{
    bool written = false, again = group->n > 0;

    for (size_t i = 0; i < group->n; i++) {
        changes_ready(&group->tables[i]->changes);
        group->moves[i] = changes_moves_new(&group->tables[i]->changes, &group->tables[i]->stage);
    }
    for (int round = 0; again && !written && round < CHANGES_MOVES_ROUNDS; round++) {
        again = settle(group);
        written = again && write_once(group);
        if (!again || written)
            break;
        again = false;
        for (size_t i = 0; i < group->n; i++)
            again |= changes_moves_reject(group->moves[i]);
    }
    for (size_t i = 0; i < group->n; i++)
        changes_moves_free(group->moves[i]);
    return written;
}

/* ---- a group */

static struct group
make_group(struct merge *merge)
{
    struct group group = {.merge = merge,
        .stages = mem_alloc((merge->n_group + 1) * sizeof *group.stages),
        .tables = mem_alloc((merge->n_group + 1) * sizeof *group.tables),
        .moves = mem_alloc((merge->n_group + 1) * sizeof *group.moves),
        .taken = mem_alloc((merge->n_group + 1) * sizeof *group.taken),
        .triggers = STAGE_TRIGGERS_FIRE};

    for (size_t i = 0; i < merge->n_group; i++) {
        struct merge_table *table = merge->group[i];

        if (table->staged && table->silent_inserts)
            group.triggers = STAGE_TRIGGERS_OFF;
        if (table->stage.n == 0)
            continue;
        group.stages[group.n_stages++] = &table->stage;
        if (table->changes.n > 0 && sets_something(&table->layout))
            group.tables[group.n++] = table;
    }
    return group;
}

void
merge_moves_insert(struct merge *merge)
{
    struct group group;
    bool held = false;

    for (size_t i = 0; i < merge->n_group; i++)
        held |= stage_held(merge->group[i]);
    group = make_group(merge);
    if (group.n_stages > 0) {
        stage_begin(group.stages, group.n_stages, group.triggers);
        if ((held || !stage_try(group.stages, group.n_stages)) && !write_together(&group))
            stage_insert(group.stages, group.n_stages, group.triggers);
        stage_end(group.stages, group.triggers);
        if (!group.logged)
            note_inserted(&group);
    }
    free(group.stages);
    free(group.tables);
    free(group.moves);
    free(group.taken);
}
