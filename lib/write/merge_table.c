#include "merge_table.h"

#include "copyrow.h"
#include "merge_foresee.h"
#include "merge_moves.h"
#include "mergesql.h"
#include "number.h"
#include "stream.h"

size_t
merge_table_counted(const struct merge_table *table)
{
    for (size_t i = 0; i < table->layout.n; i++)
        if (mergesql_has_sequence(table->layout.columns[i]))
            return i;
    return LAYOUT_NONE;
}

/* ---- rejects */

/* The application must not give its id to a row of its own before it is mended. */
static void
note_id(struct merge_table *table, struct slice row)
{
    struct slice fields[STREAM_MAX_COLUMNS];
    size_t at = merge_table_counted(table);
    int64_t id;

    if (at != LAYOUT_NONE && copyrow_split(row, fields, table->layout.n) == table->layout.n &&
        number_parse(fields[at], &id) && id > table->rejected_id)
        table->rejected_id = id;
}

void
merge_table_reject(struct merge_table *table, const char *sqlstate, const char *reason,
    struct slice row, enum rejects_ids ids)
{
    struct merge *merge = table->merge;

    table->tally.read++;
    table->tally.rejected++;
    rejects_add(&merge->rejects, &table->layout, sqlstate, reason, row, ids);
    if (ids == REJECTS_LIVE_IDS)
        note_id(table, row);
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

static const struct triggers_table *
triggers_of(struct merge_table *table)
{
    if (!table->triggers_asked)
        table->triggers = triggers_find(table->merge->reader, table->layout.table);
    table->triggers_asked = true;
    return &table->triggers;
}

/* New rows of a cycle go in by one statement, with triggers off for all of its tables or none. */
bool
merge_table_inserts_silently(struct merge_table *merged)
{
    const struct merge *merge = merged->merge;
    const struct plan_table *table = merged->layout.table;
    struct triggers_found found = triggers_of(merged)->inserts;
    bool some = found.silenceable, checks = found.checks;

    for (size_t i = 0; table->cycle != 0 && i < merge->plan->n_tables; i++) {
        const struct plan_table *other = &merge->plan->tables[i];

        if (other == table || other->cycle != table->cycle || other->action == PLAN_SKIP)
            continue;
        found = triggers_find(merge->reader, other).inserts;
        some |= found.silenceable;
        checks |= found.checks;
    }
    return some && !checks && merge->may_silence;
}

/* An update sets what foreign keys refer to: their triggers are needed. */
static bool
sets_referred(struct merge_table *table)
{
    return triggers_of(table)->referred &&
           triggers_are_needed(table->merge->reader, &table->layout);
}

static bool
updates_silently(struct merge_table *table)
{
    const struct triggers_found *found = &triggers_of(table)->updates;

    return found->silenceable && !found->checks && table->merge->may_silence &&
           !sets_referred(table);
}

bool
merge_table_inserts_fire(struct merge_table *table)
{
    const struct triggers_found *found = &triggers_of(table)->inserts;

    return merge_table_inserts_silently(table) ? found->fire_silenced : found->fire_as_usual;
}

bool
merge_table_updates_fire(struct merge_table *table)
{
    const struct triggers_found *found = &triggers_of(table)->updates;

    return updates_silently(table) ? found->fire_silenced : found->fire_as_usual;
}

/* Why some fire, or NULL: none does. */
static const char *
why_fire(struct merge_table *table)
{
    struct triggers_found insert = triggers_of(table)->inserts, update = table->triggers.updates;

    if ((insert.silenceable && !table->silent_inserts) ||
        (update.silenceable && !table->silent_updates))
        return table->merge->may_silence
                   ? "a DEFERRABLE constraint, or foreign keys that refer to what is set, hold by "
                     "triggers too"
                   : "the role may not switch them off";
    return table->inserts_fire || table->updates_fire ? "some are ENABLE ALWAYS or ENABLE REPLICA"
                                                      : NULL;
}

/* Whether the table's triggers are switched off, and whether some fire all the same. */
static void
look_for_triggers(struct merge_table *table, enum images_columns *images)
{
    struct merge *merge = table->merge;
    const struct layout *layout = &table->layout;
    struct triggers_found insert = triggers_of(table)->inserts;
    const char *why;

    table->silent_inserts = merge_table_inserts_silently(table);
    table->silent_updates = updates_silently(table);
    table->only_keys = merge->may_silence && table->triggers.refers && !insert.checks &&
                       !insert.silenceable && !insert.fire_silenced;
    table->inserts_fire = merge_table_inserts_fire(table);
    table->updates_fire = merge_table_updates_fire(table);
    why = why_fire(table);
    if (why != NULL)
        msg_warning("%s: its triggers will fire for the rows that are written: %s",
            layout->table->name, why);
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
    if (table->updates_fire || sets_referred(table))
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

/* Rows as they were sent are those that the live table has. */
static bool
knows_inserted(const struct merge_table *table)
{
    return table->triggers.referred && !table->inserts_fire;
}

static void
taken(void *context, struct slice rows, uint64_t n)
{
    struct merge_table *table = context;

    if (knows_inserted(table))
        inserted_add(&table->merge->inserted, &table->layout, rows);
    if (table->merge->undo != NULL)
        merge_table_note_inserted(table, rows, n);
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
        table->parents = parents_new(merge->reader, merge->writer, layout, &merge->inserted);
    if (table->parents != NULL)
        table->fresh.hold = rows_hold;
    if (merge->undo != NULL || knows_inserted(table))
        table->fresh.taken = taken;
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
