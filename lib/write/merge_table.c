#include "merge_table.h"

#include "copyrow.h"
#include "merge_foresee.h"
#include "merge_moves.h"
#include "mergesql.h"

/* ---- rejects */

void
merge_table_reject(struct merge_table *table, const char *sqlstate, const char *reason,
    struct slice row, enum rejects_ids ids)
{
    struct merge *merge = table->merge;

    table->tally.read++;
    table->tally.rejected++;
    rejects_add(&merge->rejects, &table->layout, sqlstate, reason, row, ids);
    if (merge->strictness == MERGE_STRICT)
        msg_fatal(STATUS_FAILED,
            "%s: a row is rejected (SQLSTATE %s: %s), and --strict was given; nothing was "
            "committed",
            table->layout.table->name, sqlstate, reason);
}

/* Of a row that was counted as read before. */
static void
reject_refused(void *context, struct slice row, const struct server_error *error)
{
    struct merge_table *table = context;

    table->tally.read--;
    merge_table_reject(table, error->sqlstate, error->message, row, REJECTS_LIVE_IDS);
}

/* The server's word on a row. */
static void
refused_as(struct merge_table *table, struct slice row, const struct server_error *error,
    enum clashes_row what)
{
    if (!clashes_add(&table->clashes, row, error, what))
        reject_refused(table, row, error);
    else if (table->merge->strictness == MERGE_STRICT)
        clashes_finish(&table->clashes);
}

static void
refused(void *context, struct slice row, const struct server_error *error)
{
    if (merge_foresee_hold(context, row, error))
        return;
    merge_foresee_refused(context, row);
    refused_as(context, row, error, CLASHES_ANY);
}

void
merge_table_note_refused(struct merge_table *table)
{
    struct slice rows = buf_slice(&table->refused);

    while (rows.length > 0)
        refusals_note(&table->merge->refusals, &table->layout, copyrow_next(&rows));
    buf_release(&table->refused);
}

/* What refers to it is rejected too; but within a cycle some rows would know of it, and some not,
 * for it depends on how many there are when it is refused. */
static void
note_refused(struct merge_table *table, struct slice row)
{
    if (table->layout.table->cycle == 0) {
        refusals_note(&table->merge->refusals, &table->layout, row);
        return;
    }
    buf_add_slice(&table->refused, row);
    buf_add_char(&table->refused, '\n');
}

void
merge_table_refused_new(void *context, struct slice row, const struct server_error *error)
{
    struct merge_table *table = context;

    if (merge_moves_hold(table, row, error))
        return;
    note_refused(table, row);
    merge_foresee_refused(table, row);
    refused_as(table, row, error,
        table->merge->writer != NULL && table->mark != MERGE_UNKNOWN ? CLASHES_NEW : CLASHES_ANY);
}

/* ---- how it is written */

/* New rows of a cycle go in by one statement, with triggers off for all of its tables or none. */
bool
merge_table_inserts_silently(const struct merge_table *merged)
{
    const struct merge *merge = merged->merge;
    const struct plan_table *table = merged->layout.table;
    bool some = false, checks = false;

    for (size_t i = 0; i < merge->plan->n_tables; i++) {
        const struct plan_table *other = &merge->plan->tables[i];
        struct triggers_found found;

        if (other != table &&
            (table->cycle == 0 || other->cycle != table->cycle || other->action == PLAN_SKIP))
            continue;
        found = triggers_find(merge->reader, other, TRIGGERS_INSERT);
        some |= found.silenceable;
        checks |= found.checks;
    }
    return some && !checks && merge->may_silence;
}

static bool
updates_silently(const struct merge_table *table, const struct triggers_found *update)
{
    return update->silenceable && !update->checks && table->merge->may_silence &&
           !triggers_are_needed(table->merge->reader, &table->layout);
}

bool
merge_table_triggers_fire(const struct merge_table *table, enum triggers_event event)
{
    struct triggers_found found = triggers_find(table->merge->reader, table->layout.table, event);
    bool silent;

    if (found.fire_as_usual == found.fire_silenced)
        return found.fire_as_usual;
    silent = event == TRIGGERS_UPDATE ? updates_silently(table, &found)
                                      : merge_table_inserts_silently(table);
    return silent ? found.fire_silenced : found.fire_as_usual;
}

/* Whether the table's triggers are switched off, and whether some fire all the same. */
static void
look_for_triggers(struct merge_table *table, enum images_columns *images)
{
    struct merge *merge = table->merge;
    const struct layout *layout = &table->layout;
    struct triggers_found insert, update;

    insert = triggers_find(merge->reader, layout->table, TRIGGERS_INSERT);
    update = triggers_find(merge->reader, layout->table, TRIGGERS_UPDATE);
    table->silent_inserts = merge_table_inserts_silently(table);
    table->silent_updates = updates_silently(table, &update);
    table->only_keys =
        merge->may_silence && !insert.checks && !insert.silenceable && !insert.fire_silenced;
    if ((insert.silenceable && !table->silent_inserts) ||
        (update.silenceable && !table->silent_updates))
        msg_warning("%s: its triggers will fire for the rows that are written: %s",
            layout->table->name,
            merge->may_silence ? "a DEFERRABLE constraint, or foreign keys that refer to what is "
                                 "set, hold by triggers too"
                               : "the role may not switch them off");
    table->inserts_fire = table->silent_inserts ? insert.fire_silenced : insert.fire_as_usual;
    table->updates_fire = table->silent_updates ? update.fire_silenced : update.fire_as_usual;
    if (table->updates_fire)
        *images = IMAGES_ALL;
}

/* An update of what foreign keys refer to may go on to other tables, and their triggers. */
static void
tell_who_fires(struct merge_table *table)
{
    const char *name = table->layout.table->name;

    if (table->inserts_fire)
        table->fresh.fires = table->stage.fires = name;
    table->fresh.one.fires = table->inserts_fire;
    if (table->updates_fire || triggers_are_needed(table->merge->reader, &table->layout))
        table->changes.fires = name;
}

static bool
rows_hold(void *context, struct slice rows)
{
    struct merge_table *table = context;

    return parents_hold(table->parents, rows);
}

void
merge_table_note_inserted(void *context, struct slice rows, uint64_t n)
{
    struct merge_table *table = context;

    undolog_inserted(table->merge->undo, &table->layout, rows, n);
}

static void
write_insert(const void *context, const char *row, struct buf *sql)
{
    const struct merge_table *table = context;
    struct buf name = {0};

    mergesql_table(table->layout.table, &name);
    mergesql_insert_values(&table->layout, buf_string(&name), NULL, row, sql);
    buf_release(&name);
}

/* What triggers make of a row has to be looked at for the undo stream, so such rows are staged. */
static void
prepare_writing(struct merge_table *table)
{
    struct merge *merge = table->merge;
    struct layout *layout = &table->layout;
    enum images_columns which = IMAGES_SETTABLE;
    struct buf sql = {0};

    look_for_triggers(table, &which);
    images_choose(&table->images, merge->reader, which);
    table->staged = layout->table->cycle != 0 || table->silent_inserts ||
                    (table->inserts_fire && merge->undo != NULL);
    stage_init(&table->stage, merge->writer, layout, table->number, merge_table_refused_new, table);
    mergesql_copy_in(layout, &sql);
    buf_string(&sql);
    copybatch_init(&table->fresh, merge->writer, sql.data, merge_table_refused_new, table);
    table->fresh.one =
        (struct trial_statement){TRIAL_WRITES, layout->n, write_insert, table, false};
    if (!table->staged && table->only_keys)
        table->parents = parents_new(merge->reader, merge->writer, layout);
    if (table->parents != NULL)
        table->fresh.hold = rows_hold;
    if (merge->undo != NULL)
        table->fresh.taken = merge_table_note_inserted;
    changes_init(
        &table->changes, merge->writer, layout, table->number, &table->images, refused, table);
    tell_who_fires(table);
}

static void
sift(void *context, struct slice rows, struct buf *kept)
{
    struct merge_table *table = context;

    validate_sift(&table->validate, rows, kept);
}

/* Triggers that fire may mend a row, or refuse it: then nothing is known beforehand. */
static void
prepare_sifting(struct merge_table *table)
{
    validate_init(
        &table->validate, table->merge->writer, &table->layout, merge_table_refused_new, table);
    if (!table->staged)
        table->validate.references = DEMANDS_WITH_REFERENCES_OF_NEW_ROWS;
    if (!table->inserts_fire)
        table->fresh.sift = table->stage.sift = sift;
}

static void
prepare_comparing(struct merge_table *table)
{
    struct merge *merge = table->merge;

    images_choose(&table->images, merge->reader, IMAGES_SETTABLE);
    validate_init(&table->validate, merge->reader, &table->layout, merge_table_refused_new, table);
    changes_init_compare(
        &table->changes, merge->reader, &table->layout, &table->images, refused, table);
}

void
merge_table_prepare(struct merge_table *table)
{
    struct merge *merge = table->merge;

    clashes_init(&table->clashes, merge->writer != NULL ? merge->writer : merge->reader,
        &table->layout, reject_refused, table);
    if (merge->writer != NULL) {
        prepare_writing(table);
        prepare_sifting(table);
    } else {
        prepare_comparing(table);
        merge_foresee_init(table);
    }
}
