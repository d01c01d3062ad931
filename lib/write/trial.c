#include "trial.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "pathsql.h"
#include "textrows.h"

#define ROW "pgbraid_row" /* a variable of the block */
/* By itself, for only so the array is not copied each time. */
#define TELL(text) " pgbraid_told := pg_catalog.array_append(pgbraid_told, " text ");"

static bool
is_possible(PGconn *connection)
{
    PGresult *result =
        server_query(connection, "SELECT FROM pg_catalog.pg_language l WHERE l.lanname = 'plpgsql'"
                                 " AND pg_catalog.has_language_privilege(l.oid, 'USAGE')");
    bool possible = PQntuples(result) > 0;

    PQclear(result);
    return possible;
}

/* ---- the block */

static void
add_rows(const struct trial_statement *statement, struct buf *body)
{
    buf_add_string(body, "FOR " ROW " IN SELECT * FROM unnest(");
    for (size_t i = 1; i <= statement->n; i++)
        buf_add_format(body, "%spg_catalog.current_setting('pgbraid.c%zu')::pg_catalog.text[]",
            i > 1 ? ", " : "", i);
    buf_add_string(body, ") WITH ORDINALITY u(");
    for (size_t i = 1; i <= statement->n; i++)
        buf_add_format(body, "c%zu, ", i);
    buf_add_string(body, "n) LOOP ");
}

/* What the block itself does next is parsed with the empty path again. */
static void
add_firing(const struct trial_statement *statement, struct buf *body)
{
    struct buf sql = {0};

    statement->write(statement->context, ROW, &sql);
    buf_add_string(&sql, " RETURNING 1");
    pathsql_wrap("pg_catalog.count(*) INTO pgbraid_written", &sql);
    buf_add_slice(body, buf_slice(&sql));
    buf_add_string(body, "; " PATHSQL_OURS);
    buf_release(&sql);
}

static void
add_statement(const struct trial_statement *statement, struct buf *body)
{
    bool writes = statement->kind == TRIAL_WRITES;

    if (!writes)
        buf_add_string(body, "pgbraid_written := ");
    if (statement->fires)
        add_firing(statement, body);
    else
        statement->write(statement->context, ROW, body);
    buf_add_string(body, "; ");
    if (writes && !statement->fires)
        buf_add_string(body, "GET DIAGNOSTICS pgbraid_written = ROW_COUNT;");
    if (writes)
        buf_add_string(body, " IF pgbraid_written = 0 THEN" TELL(ROW ".n::pg_catalog.text")
                                 TELL("''") TELL("''") TELL("''") " END IF; ");
}

/* As server_require_row_error(). */
static void
add_raise(struct buf *body)
{
    size_t n;
    const char *const *faults = server_no_rows_faults(&n);

    buf_add_string(body, " IF pgbraid_state ~ '^(");
    for (size_t i = 0; i < n; i++)
        buf_add_format(body, "%s%s", i > 0 ? "|" : "", faults[i]);
    buf_add_string(body, ")' THEN RAISE; END IF;");
}

/* Tells of the rows that are refused, or that write nothing: number, SQLSTATE, message, constraint.
 * Errors that are no row's fault are raised again. */
static void
add_body(const struct trial_statement *statement, struct buf *body)
{
    buf_add_string(body, "#variable_conflict use_column\n"
                         "DECLARE " ROW " record; pgbraid_told pg_catalog.text[] := '{}';"
                         " pgbraid_written pg_catalog.int8; pgbraid_state pg_catalog.text;"
                         " pgbraid_message pg_catalog.text; pgbraid_detail pg_catalog.text;"
                         " pgbraid_constraint pg_catalog.text; BEGIN ");
    add_rows(statement, body);
    buf_add_string(body, "BEGIN ");
    add_statement(statement, body);
    buf_add_string(body,
        "EXCEPTION WHEN ASSERT_FAILURE OR OTHERS THEN GET STACKED DIAGNOSTICS"
        " pgbraid_state = RETURNED_SQLSTATE, pgbraid_message = MESSAGE_TEXT,"
        " pgbraid_detail = PG_EXCEPTION_DETAIL, pgbraid_constraint = CONSTRAINT_NAME;");
    add_raise(body);
    buf_add_string(body,
        " IF pgbraid_detail <> '' THEN"
        " pgbraid_message := pgbraid_message || ': ' || pgbraid_detail; END IF;" TELL(
            ROW ".n::pg_catalog.text") TELL("pgbraid_state") TELL("pgbraid_message")
            TELL("pgbraid_constraint") " END; END LOOP; PERFORM pg_catalog.set_config("
                                       "'pgbraid.told', pgbraid_told::pg_catalog.text, true); END");
}

static bool
run_block(PGconn *connection, const struct trial_statement *statement)
{
    struct buf body = {0};
    struct server_error error = {0};
    char *literal, *sql;
    PGresult *result;
    bool good;

    add_body(statement, &body);
    literal = PQescapeLiteral(connection, buf_string(&body), body.length);
    sql = mem_format("DO %s", literal != NULL ? literal : "''");
    result = server_try_params(connection, sql, 0, NULL, &error);
    good = result != NULL;
    PQclear(result);
    server_error_release(&error);
    PQfreemem(literal);
    free(sql);
    buf_release(&body);
    return good;
}

/* ---- in and out */

static void
give_rows(PGconn *connection, size_t n, struct slice rows)
{
    struct textrows textrows = {0};
    struct buf sql = {0};

    for (size_t i = 0; i < n; i++)
        buf_add_format(&sql, "%spg_catalog.set_config('pgbraid.c%zu', $%zu, true) IS NULL",
            i > 0 ? ", " : "SELECT ", i + 1, i + 1);
    PQclear(server_query_params(
        connection, buf_string(&sql), (int)n, textrows_values(&textrows, n, rows)));
    textrows_release(&textrows);
    buf_release(&sql);
}

/* The answer's four texts from `at` on are about that row; an empty SQLSTATE says that it wrote
 * nothing. */
static void
tell(const PGresult *told, int at, struct slice row, trial_result *result, void *context)
{
    const char *constraint = PQgetvalue(told, at + 3, 0);
    struct server_error error = {0};

    if (PQgetlength(told, at + 1, 0) != 5) {
        result(context, row, 0, NULL);
        return;
    }
    memcpy(error.sqlstate, PQgetvalue(told, at + 1, 0), 5);
    error.message = mem_string(PQgetvalue(told, at + 2, 0));
    if (constraint[0] != '\0')
        error.constraint = mem_string(constraint);
    result(context, row, 0, &error);
    server_error_release(&error);
}

bool
trial_rows(PGconn *connection, const struct trial_statement *statement, struct slice rows,
    trial_result *result, void *context)
{
    PGresult *told;
    uint64_t number = 1;
    int at = 0;

    if (statement->n == 0 || !is_possible(connection))
        return false;
    give_rows(connection, statement->n, rows);
    if (!run_block(connection, statement))
        return false;
    told = server_query(connection, "SELECT u.t FROM unnest(pg_catalog.current_setting("
                                    "'pgbraid.told')::pg_catalog.text[]) WITH ORDINALITY u(t, n)"
                                    " ORDER BY u.n");
    for (; rows.length > 0; number++) {
        struct slice row = copyrow_next(&rows);

        if (at < PQntuples(told) && strtoull(PQgetvalue(told, at, 0), NULL, 10) == number) {
            tell(told, at, row, result, context);
            at += 4;
        } else {
            result(context, row, 1, NULL);
        }
    }
    PQclear(told);
    return true;
}
