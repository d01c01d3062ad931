#include <stdlib.h>

#include "changes.h"
#include "changesql.h"
#include "copyrow.h"
#include "demands.h"
#include "mem.h"
#include "mergesql.h"
#include "triggers.h"

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_refused"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_refused"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_refused; " END_SAVEPOINT

/* `numbers` with commas between them. */
static void
delete_rows(struct changes *changes, const char *numbers)
{
    struct buf sql = {0};

    buf_add_string(&sql, "DELETE FROM ");
    changesql_name(changes->number, &sql);
    buf_add_format(&sql, " WHERE " CHANGESQL_NUMBER " = ANY ('{%s}')", numbers);
    server_run(changes->connection, buf_string(&sql));
    buf_release(&sql);
}

void
changes_refused_one(struct changes *changes, uint64_t number, const struct server_error *error)
{
    struct buf sql = {0}, copy = {0};
    struct slice row;
    char *held = NULL;

    changesql_copy_row(changes->layout, changes->number, number, &sql);
    server_copy_out(changes->connection, buf_string(&sql));
    while (server_copy_row(changes->connection, &held, &row))
        buf_add_slice(&copy, row);
    changes->rejected(changes->context, buf_slice(&copy), error);
    buf_clear(&sql);
    buf_add_int(&sql, (long long)number);
    delete_rows(changes, buf_string(&sql));
    changes->batch.accepted--;
    buf_release(&sql);
    buf_release(&copy);
}

static void
keep_row(void *context, struct slice row)
{
    struct buf *rows = context;

    buf_add_slice(rows, row);
    buf_add_char(rows, '\n');
}

/* The number and why of each that the live table refuses by itself. */
static void
add_refused_sql(struct changes *changes, enum demands_references references, struct buf *sql)
{
    struct buf same = {0};
    struct liverow liverow;
    struct demands demands = {.references = references, .liverow = &liverow};

    buf_add_string(&same, " AND NOT (");
    changesql_is_live_row(changes->layout, "t", &same);
    buf_add_char(&same, ')');
    changesql_and_not_changed(changes->layout, changes->number, &same);
    demands.same = buf_string(&same);
    liverow_init(&liverow, changes->connection, changes->layout, LIVEROW_CHANGED);
    buf_add_string(sql, "COPY (SELECT v.n, v.why FROM (SELECT r." CHANGESQL_NUMBER " AS n, ");
    demands_add(changes->connection, changes->layout, &demands, sql);
    buf_add_string(sql, " AS why FROM (");
    changesql_results(changes->layout, changes->number, &liverow.kept, sql);
    buf_add_string(sql, ") r) v WHERE v.why IS NOT NULL ORDER BY v.n) TO STDOUT");
    buf_release(&same);
    liverow_release(&liverow);
}

static void
reject_each(struct changes *changes, struct slice rows)
{
    struct buf numbers = {0}, why = {0};

    while (rows.length > 0) {
        struct slice row = copyrow_next(&rows), fields[2];
        const char *end = row.data + row.length, *from;

        copyrow_split(row, fields, 2);
        from = fields[1].data + fields[1].length + 1;
        buf_add_string(&numbers, numbers.length > 0 ? "," : "");
        buf_add_slice(&numbers, fields[0]);
        buf_clear(&why);
        copyrow_unescape(fields[1], &why);
        changes_reject_for(changes, slice_make(from, (size_t)(end - from)), buf_string(&why));
        changes->batch.accepted--;
    }
    delete_rows(changes, buf_string(&numbers));
    buf_release(&numbers);
    buf_release(&why);
}

/* Rejects the rows (number, why, row) that a query finds. */
static void
reject_found(struct changes *changes, const char *query)
{
    struct buf rows = {0};
    struct slice row;
    char *held = NULL;

    server_copy_out(changes->connection, query);
    while (server_copy_row(changes->connection, &held, &row))
        keep_row(&rows, row);
    if (rows.length > 0)
        reject_each(changes, buf_slice(&rows));
    buf_release(&rows);
}

/* `COPY (SELECT the number, why, the row FROM changes s`; `why` is SQL. */
static void
add_rows_sql(struct changes *changes, const char *why, struct buf *sql)
{
    buf_add_format(sql, "COPY (SELECT s." CHANGESQL_NUMBER ", %s, ", why);
    mergesql_all_columns(changes->layout, "s.", sql);
    buf_add_string(sql, " FROM ");
    changesql_name(changes->number, sql);
    buf_add_string(sql, " s");
}

/* ---- rows that are refused for what only the server knows */

void
changes_refused_add(struct changes_refused *refused, struct slice number, const char *why)
{
    textarray_add_field(&refused->numbers, number);
    textarray_add_name(&refused->whys, why);
    *MEM_APPEND(refused->rows, refused->n, refused->room) = strtoull(number.data, NULL, 10);
}

static void
release_refused(struct changes_refused *refused)
{
    textarray_release(&refused->numbers);
    textarray_release(&refused->whys);
    free(refused->rows);
    *refused = (struct changes_refused){.n = 0};
}

static void
take_known(void *context, struct slice row)
{
    struct changes_refused *refused = context;
    struct slice fields[2];
    struct buf why = {0};

    copyrow_split(row, fields, 2);
    copyrow_unescape(fields[1], &why);
    changes_refused_add(refused, fields[0], buf_string(&why));
    buf_release(&why);
}

/* Where the query fails, none. */
void
changes_refused_find_known(
    struct changes *changes, enum demands_references references, struct changes_refused *refused)
{
    struct changes_refused found = {0};
    struct server_error error = {0};
    struct buf sql = {0};
    bool good;

    add_refused_sql(changes, references, &sql);
    server_run(changes->connection, BEGIN_SAVEPOINT);
    server_send(changes->connection, buf_string(&sql));
    good = server_receive_rows(changes->connection, take_known, &found, &error);
    server_run(changes->connection, good ? END_SAVEPOINT : UNDO_SAVEPOINT);
    if (good)
        *refused = found;
    else
        release_refused(&found);
    server_error_release(&error);
    buf_release(&sql);
}

static void
note_refused(void *context, struct slice row, uint64_t written, const struct server_error *error)
{
    char *why;

    (void)written;
    if (error == NULL)
        return;
    server_require_row_error(error);
    why = mem_format("%s%s", error->sqlstate, error->message);
    changes_refused_add(context, row, why);
    free(why);
}

static void
write_update(const void *context, const char *row, struct buf *sql)
{
    const struct changes *changes = context;
    char *number = mem_format("%s.c1::pg_catalog.int8", row);
    struct changesql_update how = {.returning = CHANGESQL_NOTHING, .number = number};

    changesql_update(changes->layout, changes->number, &how, sql);
    free(number);
}

void
changes_refused_reject(struct changes *changes, struct changes_refused *refused)
{
    const char *whys = textarray_literal(&refused->whys);
    char *literal = PQescapeLiteral(changes->connection, whys, strlen(whys));
    struct buf sql = {0};

    if (refused->n > 0) {
        add_rows_sql(changes, "w.why", &sql);
        buf_add_format(&sql,
            " JOIN unnest('%s'::pg_catalog.int8[], %s::pg_catalog.text[]) w(n, why)"
            " ON w.n = s." CHANGESQL_NUMBER " ORDER BY 1) TO STDOUT",
            textarray_literal(&refused->numbers), literal != NULL ? literal : "NULL");
        reject_found(changes, buf_string(&sql));
    }
    PQfreemem(literal);
    buf_release(&sql);
    release_refused(refused);
}

/* What was written is taken back, for the one UPDATE of all gives the old and new values. */
void
changes_refused_try(
    struct changes *changes, uint64_t first, uint64_t last, struct changes_refused *refused)
{
    struct trial_statement statement = {
        TRIAL_WRITES, 1, write_update, changes, changes->fires != NULL};
    struct buf rows = {0};

    for (uint64_t number = first; number <= last; number++)
        buf_add_format(&rows, "%llu\n", (unsigned long long)number);
    server_run(changes->connection, BEGIN_SAVEPOINT);
    trial_rows(changes->connection, &statement, buf_slice(&rows), note_refused, refused);
    server_run(changes->connection, UNDO_SAVEPOINT);
    buf_release(&rows);
}

/* ---- rows that refer to none */

static void
find_orphans(
    struct changes *changes, const struct triggers_check *check, struct changes_refused *refused)
{
    char *why = mem_format("23503violates foreign key constraint \"%s\"", check->name);
    struct buf sql = {0};
    PGresult *result;

    buf_add_string(&sql, "SELECT s." CHANGESQL_NUMBER " FROM ");
    changesql_name(changes->number, &sql);
    buf_add_format(&sql, " s WHERE %s", check->condition);
    result = server_query(changes->connection, buf_string(&sql));
    for (int i = 0; i < PQntuples(result); i++)
        changes_refused_add(refused, slice_string(PQgetvalue(result, i, 0)), why);
    PQclear(result);
    free(why);
    buf_release(&sql);
}

void
changes_refused_orphans(struct changes *changes)
{
    size_t n;
    struct triggers_check *checks = triggers_checks(changes->connection, changes->layout, &n);
    struct changes_refused refused = {0};

    for (size_t i = 0; i < n; i++) {
        find_orphans(changes, &checks[i], &refused);
        changes_refused_reject(changes, &refused);
    }
}

/* Of one foreign key at a time, for a row may be an orphan by several. */
void
changes_refused_find_orphans(struct changes *changes, struct changes_refused *refused)
{
    size_t n;
    struct triggers_check *checks = triggers_checks(changes->connection, changes->layout, &n);

    for (size_t i = 0; i < n && refused->n == 0; i++)
        find_orphans(changes, &checks[i], refused);
}
