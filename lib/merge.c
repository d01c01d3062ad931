#include "merge.h"

#include <stdlib.h>
#include <time.h>

#include "canon.h"
#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "sql.h"
#include "triggers.h"

/* A live table so many times the backup's is asked for single rows instead of being read. */
#define PROBE_FACTOR 10
#define PROBE_MINIMUM 20000
#define PROBE_ROWS 4096   /* asked for at once */
#define DOUBTFUL_ROWS 4096

struct merge_table {
    struct merge *merge;
    struct layout layout;
    struct tally tally;
    double started;
    size_t number;
    enum { READ_ALL, PROBE, APPEND } way;
    bool staged, silent_inserts, silent_updates;
    struct compare compare;
    struct copybatch fresh;
    struct stage stage;
    struct changes changes;
    struct buf waiting; /* rows to be probed, or whose key is doubtful, with newlines */
    uint64_t n_waiting;
    uint64_t dry_inserts;
};

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void
merge_init(struct merge *merge)
{
    if (merge->writer != NULL)
        merge->may_silence = triggers_may_silence(merge->writer);
    merge->sum.table = "total";
    if (merge->counts != NULL)
        tally_write_header(merge->counts);
    tally_heading();
}

/* ---- rejects */

void
merge_reject(struct merge_table *table, const char *sqlstate, const char *reason, struct slice row)
{
    struct merge *merge = table->merge;

    table->tally.read++;
    table->tally.rejected++;
    rejects_add(&merge->rejects, &table->layout, sqlstate, reason, row);
    if (merge->strictness == MERGE_STRICT)
        msg_fatal(STATUS_FAILED, "%s: a row is rejected (SQLSTATE %s: %s), and --strict was given; "
            "nothing was committed", table->layout.table->name, sqlstate, reason);
}

/* The server's word on a row that was counted as read before. */
static void
refused(void *context, struct slice row, const struct server_error *error)
{
    struct merge_table *table = context;

    table->tally.read--;
    merge_reject(table, error->sqlstate, error->message, row);
}

/* ---- starting a table */

static int64_t
live_size(struct merge_table *table)
{
    struct buf name = {0};
    const char *values[1];
    PGresult *result;
    int64_t size;

    mergesql_table(table->layout.table, &name);
    values[0] = buf_string(&name);
    result = server_query_params(table->merge->reader, sql_table_size, 1, values);
    size = PQntuples(result) == 1 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    buf_release(&name);
    return size;
}

static void
choose_way(struct merge_table *table)
{
    const struct plan_table *planned = table->layout.table;
    int64_t live;

    table->way = READ_ALL;
    if (planned->action == PLAN_APPEND) {
        table->way = APPEND;
    } else if (planned->rows >= 0) {
        live = live_size(table);
        if (live > PROBE_MINIMUM && live > PROBE_FACTOR * planned->rows)
            table->way = PROBE;
    }
}

static void
prepare_writing(struct merge_table *table)
{
    struct merge *merge = table->merge;
    struct layout *layout = &table->layout;
    struct buf sql = {0};
    bool inserts = triggers_exist(merge->writer, layout, TRIGGERS_INSERT);
    bool updates = triggers_exist(merge->writer, layout, TRIGGERS_UPDATE);

    table->silent_inserts = inserts && merge->may_silence;
    table->silent_updates =
        updates && merge->may_silence && !triggers_are_needed(merge->writer, layout);
    if ((inserts && !table->silent_inserts) || (updates && !table->silent_updates))
        msg_warning("%s: its triggers will fire for the rows that are written: the role may not "
            "switch them off", layout->table->name);
    table->staged = layout->table->cycle != 0 || table->silent_inserts;
    stage_init(&table->stage, merge->writer, layout, table->number, refused, table);
    mergesql_copy_in(layout, &sql);
    buf_string(&sql);
    copybatch_init(&table->fresh, merge->writer, sql.data, refused, table);
    changes_init(&table->changes, merge->writer, layout, table->number, refused, table);
}

static void close_group(struct merge *merge);

struct merge_table *
merge_table_new(struct merge *merge, const struct layout *layout)
{
    struct merge_table *table = mem_alloc(sizeof *table);
    int cycle = layout->table->cycle;

    if (merge->n_group > 0 &&
        (cycle == 0 || merge->group[0]->layout.table->cycle != cycle))
        close_group(merge);
    table->merge = merge;
    table->layout = *layout;
    table->started = now();
    table->number = ++merge->n_tables;
    table->tally.table = layout->table->name;
    table->tally.reason = layout->table->reason;
    *MEM_APPEND(merge->group, merge->n_group, merge->room_group) = table;
    if (merge->writer != NULL)
        prepare_writing(table);
    else
        changes_init_compare(&table->changes, merge->reader, &table->layout);
    choose_way(table);
    if (table->way != APPEND)
        compare_init(&table->compare, &table->layout);
    if (table->way == READ_ALL)
        compare_load(&table->compare, merge->reader);
    return table;
}

/* ---- rows */

/* New rows and changed ones share the writer: each ends its COPY before the other begins. */
static void
insert_row(struct merge_table *table, struct slice row)
{
    if (table->merge->writer == NULL) {
        table->dry_inserts++;
        return;
    }
    changes_settle(&table->changes);
    if (table->staged)
        stage_add(&table->stage, row);
    else
        copybatch_add(&table->fresh, SLICE(""), row);
}

static void
change_row(struct merge_table *table, struct slice row)
{
    if (table->merge->writer != NULL) {
        copybatch_finish(&table->fresh);
        stage_settle(&table->stage);
    }
    changes_add(&table->changes, row);
}

static void
compare_one(struct merge_table *table, uint64_t key, struct slice row)
{
    switch (compare_row(&table->compare, key, row)) {
    case COMPARE_NEW:
        insert_row(table, row);
        break;
    case COMPARE_EQUAL:
        table->tally.unchanged++;
        break;
    case COMPARE_DIFFERENT:
        change_row(table, row);
        break;
    case COMPARE_DUPLICATE:
        table->tally.read--;
        merge_reject(table, "23505", "a row of the backup before it has the same key", row);
        break;
    }
}

static void
wait_with(struct merge_table *table, struct slice row)
{
    buf_add_slice(&table->waiting, row);
    buf_add_char(&table->waiting, '\n');
    table->n_waiting++;
}

/* Takes the next row off the waiting ones; *at starts with 0. */
static bool
next_waiting(const struct merge_table *table, size_t *at, struct slice *row)
{
    const char *from = table->waiting.data + *at, *end;

    if (*at >= table->waiting.length)
        return false;
    end = memchr(from, '\n', table->waiting.length - *at);
    *row = slice_make(from, (size_t)(end - from));
    *at += row->length + 1;
    return true;
}

static void
drop_waiting(struct merge_table *table)
{
    buf_clear(&table->waiting);
    table->n_waiting = 0;
}

/* The key as the server prints it, for rows that no live row's text matched. */
static void
compare_doubtful(struct merge_table *table)
{
    const struct layout_positions *target = &table->layout.target;
    struct buf *values = mem_alloc((target->n + 1) * sizeof *values);
    struct slice row, *fields = mem_alloc((table->layout.n + 1) * sizeof *fields);
    struct canon_batch canon;
    size_t at = 0, n = 0;

    canon_init(&canon, &table->layout, target);
    while (next_waiting(table, &at, &row)) {
        copyrow_split(row, fields, table->layout.n);
        canon_add(&canon, fields);
    }
    canon_ask(&canon, table->merge->reader);
    for (at = 0; next_waiting(table, &at, &row); n++) {
        copyrow_split(row, fields, table->layout.n);
        for (size_t i = 0; i < target->n; i++) {
            buf_clear(&values[i]);
            if (canon_get(&canon, n, i, &values[i]))
                fields[target->at[i]] = buf_slice(&values[i]);
        }
        compare_one(table, compare_key_of(&table->compare, fields), row);
    }
    canon_release(&canon);
    for (size_t i = 0; i < target->n; i++)
        buf_release(&values[i]);
    free(values);
    free(fields);
    drop_waiting(table);
}

/* A result row as a COPY text line. */
static void
line_of_result(const PGresult *result, int row, struct buf *line)
{
    buf_clear(line);
    for (int i = 0; i < PQnfields(result); i++) {
        if (i > 0)
            buf_add_char(line, '\t');
        if (PQgetisnull(result, row, i))
            buf_add_slice(line, COPYROW_NULL);
        else
            copyrow_escape(slice_make(PQgetvalue(result, row, i),
                               (size_t)PQgetlength(result, row, i)), line);
    }
}

/* Asks for the live rows of the waiting ones, by their keys. */
static void
load_waiting(struct merge_table *table)
{
    const struct layout_positions *target = &table->layout.target;
    struct textarray *arrays = mem_alloc((target->n + 1) * sizeof *arrays);
    const char **values = mem_alloc((target->n + 1) * sizeof *values);
    struct buf sql = {0}, line = {0};
    struct slice row;
    size_t at = 0;
    PGresult *result;

    while (next_waiting(table, &at, &row)) {
        compare_key(&table->compare, row);
        for (size_t i = 0; i < target->n; i++)
            textarray_add_field(&arrays[i], table->compare.fields[target->at[i]]);
    }
    for (size_t i = 0; i < target->n; i++)
        values[i] = textarray_literal(&arrays[i]);
    mergesql_probe_rows(&table->layout, &sql);
    result = server_query_params(table->merge->reader, buf_string(&sql), (int)target->n, values);
    for (int i = 0; i < PQntuples(result); i++) {
        line_of_result(result, i, &line);
        compare_add_live(&table->compare, buf_slice(&line));
    }
    PQclear(result);
    for (size_t i = 0; i < target->n; i++)
        textarray_release(&arrays[i]);
    free(arrays);
    free(values);
    buf_release(&sql);
    buf_release(&line);
}

/*
 * The hashes of one probe's rows stay, so that a duplicate in the backup is seen: as many as the backup
 * has rows. A row whose live row another text of its key would find is found by the canonical key.
 */
static void
compare_probed(struct merge_table *table)
{
    struct slice row;
    struct buf doubtful = {0}, rows;
    size_t at = 0;
    uint64_t n = 0;

    load_waiting(table);
    while (next_waiting(table, &at, &row)) {
        uint64_t key = compare_key(&table->compare, row);

        if (!compare_has(&table->compare, key) &&
            canon_row_is_doubtful(&table->layout, &table->layout.target, table->compare.fields)) {
            buf_add_slice(&doubtful, row);
            buf_add_char(&doubtful, '\n');
            n++;
        } else {
            compare_one(table, key, row);
        }
    }
    rows = table->waiting;
    table->waiting = doubtful;
    table->n_waiting = n;
    buf_release(&rows);
    if (n > 0)
        compare_doubtful(table);
    drop_waiting(table);
}

void
merge_row(struct merge_table *table, struct slice row)
{
    uint64_t key;

    table->tally.read++;
    if (table->way == APPEND) {
        insert_row(table, row);
        return;
    }
    if (table->way == PROBE) {
        wait_with(table, row);
        if (table->n_waiting == PROBE_ROWS)
            compare_probed(table);
        return;
    }
    key = compare_key(&table->compare, row);
    if (!compare_has(&table->compare, key) &&
        canon_row_is_doubtful(&table->layout, &table->layout.target, table->compare.fields)) {
        wait_with(table, row);
        if (table->n_waiting == DOUBTFUL_ROWS)
            compare_doubtful(table);
        return;
    }
    compare_one(table, key, row);
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
    if (table->way == PROBE)
        compare_probed(table);
    else if (table->n_waiting > 0)
        compare_doubtful(table);
    if (table->way != APPEND)
        compare_release(&table->compare);
    if (table->merge->writer == NULL)
        return;
    copybatch_finish(&table->fresh);
    stage_settle(&table->stage);
    changes_settle(&table->changes);
}

/* ---- ending a group */

static void
insert_staged(struct merge *merge)
{
    struct stage **stages = mem_alloc((merge->n_group + 1) * sizeof *stages);
    bool silent = false;
    size_t n = 0;

    for (size_t i = 0; i < merge->n_group; i++) {
        if (!merge->group[i]->staged)
            continue;
        stages[n++] = &merge->group[i]->stage;
        silent |= merge->group[i]->silent_inserts;
    }
    stage_insert(stages, n, silent ? STAGE_TRIGGERS_OFF : STAGE_TRIGGERS_FIRE);
    free(stages);
}

static void
show_statement(struct output *file, struct buf *sql)
{
    buf_add_string(sql, ";\n");
    output_slice(file, buf_slice(sql));
    buf_clear(sql);
}

/* What a dry run would have sent, in its order. */
static void
show_sql(struct merge_table *table)
{
    struct output *file = table->merge->sql;
    struct buf sql = {0};

    buf_add_format(&sql, "-- %s: %llu new, %llu changed rows", table->tally.table,
        (unsigned long long)table->tally.inserted, (unsigned long long)table->tally.updated);
    buf_add_char(&sql, '\n');
    output_slice(file, buf_slice(&sql));
    buf_clear(&sql);
    if (table->tally.inserted > 0) {
        mergesql_copy_in(&table->layout, &sql);
        show_statement(file, &sql);
    }
    if (table->tally.updated > 0) {
        mergesql_create_changes(&table->layout, table->number, &sql);
        show_statement(file, &sql);
        mergesql_copy_changes(&table->layout, table->number, &sql);
        show_statement(file, &sql);
        mergesql_update(&table->layout, table->number, &sql);
        show_statement(file, &sql);
    }
    for (size_t i = 0; table->tally.inserted > 0 && i < table->layout.n; i++)
        if (mergesql_has_sequence(table->layout.columns[i])) {
            mergesql_sequence_up(table->layout.table, table->layout.columns[i], &sql);
            show_statement(file, &sql);
        }
    buf_release(&sql);
}

static void
finish_table(struct merge_table *table)
{
    struct merge *merge = table->merge;
    struct tally *tally = &table->tally;

    changes_apply(&table->changes, table->silent_updates ? CHANGES_TRIGGERS_OFF
                                                         : CHANGES_TRIGGERS_FIRE);
    tally->inserted = table->dry_inserts + table->fresh.accepted + table->stage.inserted;
    tally->updated = table->changes.updated;
    tally->kept = table->changes.kept;
    tally->unchanged += table->changes.unchanged;
    tally->seconds = now() - table->started;
    rejects_end_table(&merge->rejects);
    tally_check(tally);
    tally_add(&merge->sum, tally);
    tally_line(tally);
    if (merge->counts != NULL)
        tally_write(merge->counts, tally);
    if (merge->sql != NULL && tally_writes(tally))
        show_sql(table);
    copybatch_release(&table->fresh);
    stage_release(&table->stage);
    changes_release(&table->changes);
    buf_release(&table->waiting);
    if (tally->inserted > 0 && merge->writer != NULL) {
        *MEM_APPEND(merge->sequences, merge->n_sequences, merge->room_sequences) = table;
        return;
    }
    layout_release(&table->layout);
    free(table);
}

static void
close_group(struct merge *merge)
{
    if (merge->n_group == 0)
        return;
    if (merge->writer != NULL)
        insert_staged(merge);
    for (size_t i = 0; i < merge->n_group; i++)
        finish_table(merge->group[i]);
    merge->n_group = 0;
}

/* Last of all: what setval() does is not undone when the transaction is. */
static void
move_sequences(struct merge *merge)
{
    for (size_t t = 0; t < merge->n_sequences; t++) {
        const struct layout *layout = &merge->sequences[t]->layout;

        for (size_t i = 0; i < layout->n; i++) {
            struct buf sql = {0};

            if (!mergesql_has_sequence(layout->columns[i]))
                continue;
            mergesql_sequence_up(layout->table, layout->columns[i], &sql);
            server_run(merge->writer, buf_string(&sql));
            buf_release(&sql);
        }
    }
}

static void
report_skipped(struct merge *merge)
{
    for (size_t i = 0; i < merge->plan->n_tables; i++) {
        const struct plan_table *planned = &merge->plan->tables[i];
        struct tally tally = {.table = planned->name, .reason = planned->reason};

        if (planned->action != PLAN_SKIP)
            continue;
        tally.read = tally.skipped = planned->rows > 0 ? (uint64_t)planned->rows : 0;
        tally_add(&merge->sum, &tally);
        tally_line(&tally);
        msg_warning("%s is skipped: %s", planned->name, planned->reason);
        if (merge->counts != NULL)
            tally_write(merge->counts, &tally);
        merge->skipped_tables++;
    }
}

void
merge_finish(struct merge *merge)
{
    close_group(merge);
    report_skipped(merge);
    if (merge->writer != NULL)
        move_sequences(merge);
}
