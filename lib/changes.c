#include "changes.h"

#include <stdio.h>
#include <stdlib.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "triggers.h"

#define COMPARE_ROWS 4096

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_update"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_update"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_update; " END_SAVEPOINT

void
changes_init(struct changes *changes, PGconn *writer, const struct layout *layout, size_t number,
    copybatch_rejected *rejected, void *context)
{
    *changes = (struct changes){.connection = writer,
        .layout = layout,
        .number = number,
        .mode = CHANGES_WRITE,
        .rejected = rejected,
        .context = context};
}

void
changes_init_compare(struct changes *changes, PGconn *reader, const struct layout *layout,
    copybatch_rejected *rejected, void *context)
{
    *changes = (struct changes){.connection = reader,
        .layout = layout,
        .mode = CHANGES_COMPARE,
        .rejected = rejected,
        .context = context};
    changes->arrays = mem_alloc((layout->n + 1) * sizeof *changes->arrays);
    changes->fields = mem_alloc((layout->n + 1) * sizeof *changes->fields);
}

void
changes_release(struct changes *changes)
{
    for (size_t i = 0; changes->arrays != NULL && i < changes->layout->n; i++)
        textarray_release(&changes->arrays[i]);
    free(changes->arrays);
    free(changes->fields);
    buf_release(&changes->rows);
    copybatch_release(&changes->batch);
}

/* A row of the temporary table starts with its number, which nobody else should see. */
static void
rejected_in_copy(void *context, struct slice row, const struct server_error *error)
{
    struct changes *changes = context;
    const char *tab = memchr(row.data, '\t', row.length);

    changes->rejected(
        changes->context, slice_make(tab + 1, row.length - (size_t)(tab + 1 - row.data)), error);
}

/* Changed rows wait for the table's end if they can: the connection is busy with the new ones. */
static void
start_batch(struct changes *changes)
{
    struct buf create = {0}, copy = {0};

    mergesql_create_changes(changes->layout, changes->number, &create);
    mergesql_copy_changes(changes->layout, changes->number, &copy);
    buf_string(&copy);
    copybatch_init(&changes->batch, changes->connection, copy.data, rejected_in_copy, changes);
    changes->batch.create = mem_string(buf_string(&create));
    changes->batch.pace = COPYBATCH_PATIENT;
    buf_release(&create);
}

/* ---- comparing only */

static uint64_t
to_number(PGresult *result, int column)
{
    return strtoull(PQgetvalue(result, 0, column), NULL, 10);
}

static PGresult *
ask_to_compare(struct changes *changes, struct slice rows, struct server_error *error)
{
    size_t n = changes->layout->n;
    const char **values = mem_alloc((n + 1) * sizeof *values);
    struct buf sql = {0};
    PGresult *result;

    for (size_t i = 0; i < n; i++)
        textarray_clear(&changes->arrays[i]);
    while (rows.length > 0) {
        copyrow_split(copyrow_next(&rows), changes->fields, n);
        for (size_t i = 0; i < n; i++)
            textarray_add_field(&changes->arrays[i], changes->fields[i]);
    }
    for (size_t i = 0; i < n; i++)
        values[i] = textarray_literal(&changes->arrays[i]);
    mergesql_compare(changes->layout, &sql);
    result = server_try_params(changes->connection, buf_string(&sql), (int)n, values, error);
    buf_release(&sql);
    free(values);
    return result;
}

/* `n` rows; halved where the server refuses, so that it is the bad row that is rejected. */
static void
compare_rows(struct changes *changes, struct slice rows, uint64_t n)
{
    struct server_error error = {0};
    PGresult *result = ask_to_compare(changes, rows, &error);
    struct slice rest = rows;

    if (result != NULL) {
        uint64_t differing = to_number(result, 0), written = to_number(result, 1);

        changes->updated += written;
        changes->kept += differing - written;
        changes->unchanged += n - differing;
    } else if (n == 1) {
        changes->rejected(changes->context, copyrow_next(&rest), &error);
    } else {
        for (uint64_t i = 0; i < n / 2; i++)
            copyrow_next(&rest);
        compare_rows(changes, slice_make(rows.data, rows.length - rest.length), n / 2);
        compare_rows(changes, rest, n - n / 2);
    }
    PQclear(result);
    server_error_release(&error);
}

static void
compare_waiting(struct changes *changes)
{
    if (changes->waiting > 0)
        compare_rows(changes, buf_slice(&changes->rows), changes->waiting);
    changes->waiting = 0;
    buf_clear(&changes->rows);
}

static void
add_to_compare(struct changes *changes, struct slice row)
{
    buf_add_slice(&changes->rows, row);
    buf_add_char(&changes->rows, '\n');
    if (++changes->waiting == COMPARE_ROWS)
        compare_waiting(changes);
}

/* ---- writing */

#define PREFIX_ROOM 24 /* for a row's number and its tab */

bool
changes_will_send(const struct changes *changes, struct slice row)
{
    return changes->mode == CHANGES_WRITE &&
           copybatch_will_send(&changes->batch, row.length + PREFIX_ROOM);
}

void
changes_add(struct changes *changes, struct slice row)
{
    char prefix[PREFIX_ROOM];
    int length;

    changes->n++;
    if (changes->mode == CHANGES_COMPARE) {
        add_to_compare(changes, row);
        return;
    }
    if (changes->n == 1)
        start_batch(changes);
    length = snprintf(prefix, sizeof prefix, "%llu\t", (unsigned long long)changes->n);
    copybatch_add(&changes->batch, slice_make(prefix, (size_t)length), row);
}

void
changes_yield(struct changes *changes)
{
    if (changes->mode == CHANGES_WRITE && changes->n > 0)
        copybatch_yield(&changes->batch);
}

/* Takes a row out of the temporary table and gives it back with the reason. */
static void
reject(struct changes *changes, uint64_t number, const struct server_error *error)
{
    struct buf sql = {0}, name = {0};
    struct slice row, copy = {NULL, 0};
    char *held = NULL;

    mergesql_changes_name(changes->number, &name);
    buf_add_string(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < changes->layout->n; i++) {
        buf_add_string(&sql, i > 0 ? ", " : "");
        ident_quote(slice_string(changes->layout->columns[i]->name), &sql);
    }
    buf_add_format(&sql, " FROM %s WHERE pgbraid_n = %llu) TO STDOUT", buf_string(&name),
        (unsigned long long)number);
    server_copy_out(changes->connection, buf_string(&sql));
    while (server_copy_row(changes->connection, &held, &row))
        copy = slice_make(mem_copy(row.data, row.length), row.length);
    if (copy.data != NULL)
        changes->rejected(changes->context, copy, error);
    buf_clear(&sql);
    buf_add_format(&sql, "DELETE FROM %s WHERE pgbraid_n = %llu", buf_string(&name),
        (unsigned long long)number);
    server_run(changes->connection, buf_string(&sql));
    free((char *)copy.data);
    buf_release(&sql);
    buf_release(&name);
    changes->batch.accepted--;
}

static void
lock_parents(struct changes *changes)
{
    struct buf name = {0};

    mergesql_changes_name(changes->number, &name);
    triggers_lock_parents(changes->connection, changes->layout, buf_string(&name));
    buf_release(&name);
}

/* What the foreign keys' triggers would have found, had they not been switched off. */
static void
reject_orphans(struct changes *changes)
{
    struct buf sql = {0}, name = {0};
    struct triggers_check *checks;
    size_t n;

    mergesql_changes_name(changes->number, &name);
    checks = triggers_checks(changes->connection, changes->layout, &n);
    for (size_t i = 0; i < n; i++) {
        struct server_error error = {.sqlstate = "23503"};
        PGresult *result;

        buf_clear(&sql);
        buf_add_format(
            &sql, "SELECT s.pgbraid_n FROM %s s WHERE %s", buf_string(&name), checks[i].condition);
        result = server_query(changes->connection, buf_string(&sql));
        error.message = mem_format("violates foreign key constraint \"%s\"", checks[i].name);
        for (int row = 0; row < PQntuples(result); row++)
            reject(changes, strtoull(PQgetvalue(result, row, 0), NULL, 10), &error);
        PQclear(result);
        server_error_release(&error);
    }
    buf_release(&sql);
    buf_release(&name);
}

/* The UPDATE for the rows numbered first .. last, halved where the server refuses. */
static void
update_range(struct changes *changes, const char *update, uint64_t first, uint64_t last)
{
    struct server_error error;
    uint64_t rows = 0, middle = first + (last - first) / 2;
    char *sql = mem_format("%s AND s.pgbraid_n BETWEEN %llu AND %llu", update,
        (unsigned long long)first, (unsigned long long)last);
    bool good;

    server_run(changes->connection, BEGIN_SAVEPOINT);
    good = server_try(changes->connection, sql, &rows, &error);
    free(sql);
    if (good) {
        server_run(changes->connection, END_SAVEPOINT);
        changes->updated += rows;
        return;
    }
    server_run(changes->connection, UNDO_SAVEPOINT);
    server_require_row_error(&error);
    if (first == last) {
        reject(changes, first, &error);
    } else {
        update_range(changes, update, first, middle);
        update_range(changes, update, middle + 1, last);
    }
    server_error_release(&error);
}

/* Rows that differ from the live ones, asked before the UPDATE where it does not write them all. */
static uint64_t
count_differing(struct changes *changes)
{
    struct buf sql = {0};
    PGresult *result;
    uint64_t n;

    mergesql_count_differing(changes->layout, changes->number, &sql);
    result = server_query(changes->connection, buf_string(&sql));
    n = to_number(result, 0);
    PQclear(result);
    buf_release(&sql);
    return n;
}

static bool
writes_all_differing(const struct layout *layout)
{
    bool all = layout->table->conflict == PLAN_CONFLICT_UPDATE;

    for (size_t i = 0; i < layout->n; i++)
        all &= layout->columns[i]->conflict == PLAN_CONFLICT_UPDATE;
    return all;
}

static void
start_writing(struct changes *changes, enum changes_triggers triggers)
{
    struct buf update = {0};

    copybatch_finish(&changes->batch);
    if (triggers == CHANGES_TRIGGERS_OFF) {
        lock_parents(changes);
        reject_orphans(changes);
        triggers_off(changes->connection);
    }
    if (!writes_all_differing(changes->layout))
        changes->differing = count_differing(changes);
    changes->offered = changes->batch.accepted;
    if (!mergesql_update(changes->layout, changes->number, &update)) {
        buf_release(&update);
        return;
    }
    changes->update = mem_string(buf_string(&update));
    server_run(changes->connection, BEGIN_SAVEPOINT);
    server_send(changes->connection, changes->update);
    buf_release(&update);
}

/* The UPDATE's answer; where the server refused it as a whole, it is tried in parts. */
static void
finish_update(struct changes *changes)
{
    struct server_error error;

    if (server_receive(changes->connection, &changes->updated, &error)) {
        server_run(changes->connection, END_SAVEPOINT);
    } else {
        server_run(changes->connection, UNDO_SAVEPOINT);
        server_require_row_error(&error);
        server_error_release(&error);
        update_range(changes, changes->update, 1, changes->n);
    }
    free(changes->update);
    changes->update = NULL;
}

/* Rows that were deleted, or whose key was changed, since they were read: the merge would lose
 * them. */
static void
require_live_rows(struct changes *changes)
{
    struct buf sql = {0};
    PGresult *result;

    mergesql_count_gone(changes->layout, changes->number, &sql);
    result = server_query(changes->connection, buf_string(&sql));
    if (to_number(result, 0) > 0)
        msg_fatal(STATUS_TEMPORARY,
            "%s: %s rows were deleted or got another key while the merge was running; nothing was "
            "committed, try again",
            changes->layout->table->name, PQgetvalue(result, 0, 0));
    PQclear(result);
    buf_release(&sql);
}

static void
finish_writing(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->update != NULL)
        finish_update(changes);
    if (changes->updated < changes->batch.accepted)
        require_live_rows(changes);
    if (triggers == CHANGES_TRIGGERS_OFF)
        triggers_on(changes->connection);
    if (!writes_all_differing(changes->layout))
        changes->kept =
            changes->differing - changes->updated - (changes->offered - changes->batch.accepted);
    changes->unchanged = changes->batch.accepted - changes->updated - changes->kept;
}

void
changes_start(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->mode == CHANGES_COMPARE)
        compare_waiting(changes);
    else if (changes->n > 0)
        start_writing(changes, triggers);
}

void
changes_finish(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->mode == CHANGES_WRITE && changes->n > 0)
        finish_writing(changes, triggers);
}
