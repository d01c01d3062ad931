#include "triggers.h"

#include <stdlib.h>

#include "changesql.h"
#include "mem.h"
#include "mergesql.h"
#include "pathsql.h"
#include "prepared.h"
#include "sql.h"
#include "textarray.h"

bool
triggers_may_silence(PGconn *writer)
{
    struct server_error error = {0};
    bool may;

    server_run(writer, "SAVEPOINT pgbraid_role");
    may = server_try(writer, "SET LOCAL session_replication_role = replica", NULL, &error);
    server_run(writer, "ROLLBACK TO SAVEPOINT pgbraid_role; RELEASE SAVEPOINT pgbraid_role");
    server_error_release(&error);
    return may;
}

void
triggers_fired(PGconn *writer, const char *fires)
{
    if (fires != NULL)
        server_run(writer, PATHSQL_OURS);
}

void
triggers_require_row_error(const char *fires, const struct server_error *error)
{
    if (fires != NULL && error->context != NULL && !server_is_row_error(error))
        msg_fatal(server_status(error->sqlstate),
            "%s: a trigger failed: %s (SQLSTATE %s), in %s; nothing was committed", fires,
            error->message, error->sqlstate, error->context);
    server_require_row_error(error);
}

void
triggers_off(PGconn *writer)
{
    server_run(writer, "SET LOCAL session_replication_role = replica");
}

void
triggers_on(PGconn *writer)
{
    server_run(writer, "SET LOCAL session_replication_role = origin");
}

static bool
is_true(const PGresult *result, int line, int column)
{
    return strcmp(PQgetvalue(result, line, column), "t") == 0;
}

static struct triggers_found
found_for(const PGresult *result, int line)
{
    bool origin = strcmp(PQgetvalue(result, line, 0), "0") != 0;
    bool always = strcmp(PQgetvalue(result, line, 1), "0") != 0;
    bool replica = strcmp(PQgetvalue(result, line, 2), "0") != 0;

    return (struct triggers_found){
        origin, origin || always, always || replica, is_true(result, line, 3)};
}

struct triggers_table
triggers_find(PGconn *connection, const struct plan_table *table)
{
    struct buf name = {0};
    const char *values[1];
    PGresult *result;
    struct triggers_table found;

    mergesql_table(table, &name);
    values[0] = buf_string(&name);
    result = prepared_query(connection, sql_table_triggers, 1, values);
    found = (struct triggers_table){
        .inserts = found_for(result, 0),
        .deletes = found_for(result, 1),
        .updates = found_for(result, 2),
        .refers = is_true(result, 0, 4),
        .referred = is_true(result, 0, 5),
    };
    PQclear(result);
    buf_release(&name);
    return found;
}

bool
triggers_are_needed(PGconn *connection, const struct layout *layout)
{
    PGresult *result =
        prepared_query_relation(connection, sql_table_referenced, layout->table->name);
    bool needed = false;

    for (int i = 0; i < PQntuples(result); i++)
        needed |= changesql_sets_column(layout, PQgetvalue(result, i, 0));
    PQclear(result);
    return needed;
}

static struct triggers_check *
ask_checks(PGconn *connection, const struct plan_table *table, const char *columns, size_t *n)
{
    struct buf name = {0};
    const char *values[] = {NULL, columns};
    PGresult *result;
    struct triggers_check *checks;

    mergesql_table(table, &name);
    values[0] = buf_string(&name);
    result = prepared_query(connection, sql_table_references, 2, values);
    buf_release(&name);
    checks = mem_alloc(((size_t)PQntuples(result) + 1) * sizeof *checks);

    *n = (size_t)PQntuples(result);
    for (int i = 0; i < PQntuples(result); i++) {
        const char *parent = PQgetvalue(result, i, 1), *only = PQgetvalue(result, i, 2);
        const char *join = PQgetvalue(result, i, 3), *given = PQgetvalue(result, i, 4);

        checks[i].name = mem_string(PQgetvalue(result, i, 0));
        checks[i].parent = mem_string(parent);
        checks[i].join = mem_string(join);
        checks[i].only = mem_string(only);
        checks[i].condition = mem_format(
            "%s AND NOT EXISTS (SELECT FROM %s%s p WHERE %s)", given, only, parent, join);
    }
    PQclear(result);
    return checks;
}

struct triggers_check *
triggers_all_checks(PGconn *connection, const struct plan_table *table, size_t *n)
{
    return ask_checks(connection, table, NULL, n);
}

struct triggers_check *
triggers_checks(PGconn *connection, const struct layout *layout, size_t *n)
{
    struct textarray columns = {{0}, {0}};
    struct triggers_check *checks;

    layout_add_names(layout, NULL, &columns);
    checks = ask_checks(connection, layout->table, textarray_literal(&columns), n);
    textarray_release(&columns);
    return checks;
}

void
triggers_lock_parents(PGconn *writer, const struct layout *layout, const char *source)
{
    size_t n;
    struct triggers_check *checks = triggers_checks(writer, layout, &n);

    for (size_t i = 0; i < n; i++) {
        struct server_error error = {0};
        PGresult *result;
        char *sql = mem_format("SELECT FROM %s%s p WHERE EXISTS (SELECT FROM %s s WHERE %s)"
                               " FOR KEY SHARE OF p",
            checks[i].only, checks[i].parent, source, checks[i].join);

        result = server_try_params(writer, sql, 0, NULL, &error);
        if (result == NULL && strcmp(error.sqlstate, "42501") != 0)
            msg_fatal(server_status(error.sqlstate), "cannot lock the rows of %s: %s",
                checks[i].parent, error.message);
        PQclear(result);
        server_error_release(&error);
        free(sql);
    }
}
