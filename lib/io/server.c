#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"

/* libpq ends its messages with a newline. */
static char *
trimmed(const char *text)
{
    size_t length = strlen(text);

    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
        length--;
    return mem_copy(text, length);
}

enum msg_status
server_status(const char *sqlstate)
{
    if (sqlstate == NULL || sqlstate[0] == '\0')
        return STATUS_FAILED;
    if (strcmp(sqlstate, "42501") == 0 || strncmp(sqlstate, "28", 2) == 0)
        return STATUS_CONNECTION;
    if (strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0 ||
        strcmp(sqlstate, "55P03") == 0)
        return STATUS_TEMPORARY;
    return STATUS_FAILED;
}

const char *const *
server_no_rows_faults(size_t *n)
{
    static const char *const faults[] = {
        "25", "28", "40001", "40P01", "42", "53", "55P03", "57", "58", "XX"};

    *n = sizeof faults / sizeof faults[0];
    return faults;
}

bool
server_is_row_error(const struct server_error *error)
{
    size_t n;
    const char *const *faults = server_no_rows_faults(&n);
    bool rows_fault = error->sqlstate[0] != '\0';

    for (size_t i = 0; i < n; i++)
        rows_fault &= strncmp(error->sqlstate, faults[i], strlen(faults[i])) != 0;
    return rows_fault;
}

void
server_require_row_error(const struct server_error *error)
{
    if (!server_is_row_error(error))
        msg_fatal(server_status(error->sqlstate), "the server refused: %s (SQLSTATE %s)",
            error->message, error->sqlstate);
}

struct server_error
server_error_from(const char *text)
{
    struct server_error error = {0};

    snprintf(error.sqlstate, sizeof error.sqlstate, "%.5s", text);
    error.message = mem_string(text + strlen(error.sqlstate));
    return error;
}

void
server_error_release(struct server_error *error)
{
    free(error->message);
    free(error->constraint);
    free(error->column);
    free(error->context);
    *error = (struct server_error){0};
}

static char *
diagnostic(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);

    return text != NULL ? mem_string(text) : NULL;
}

/*
 * "COPY film, line 12, column title: ...": the words are translated, the relation's name and the
 * first number behind the comma are not (manual, "COPY").
 */
static int64_t
copy_line(const PGresult *result)
{
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *comma = context != NULL ? strstr(context, ", ") : NULL;

    if (comma == NULL || strncmp(context, "COPY ", 5) != 0)
        return 0;
    comma += 2;
    while (*comma != '\0' && *comma != ',' && *comma != ':' && (*comma < '0' || *comma > '9'))
        comma++;
    return strtoll(comma, NULL, 10);
}

/* The context's lines in one, without COPY's own, which holds a row; malloc'd, NULL where there is
 * none. */
static char *
functions(const PGresult *result)
{
    const char *line = PQresultErrorField(result, PG_DIAG_CONTEXT);
    struct buf text = {0};
    size_t length;

    for (; line != NULL && *line != '\0'; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (strncmp(line, "COPY ", 5) == 0)
            continue;
        buf_add_string(&text, text.length > 0 ? "; " : "");
        buf_add(&text, line, length);
    }
    if (text.length > 0)
        buf_string(&text);
    return text.data;
}

static void
fill_error(const PGresult *result, struct server_error *error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);

    *error = (struct server_error){0};
    if (sqlstate != NULL)
        snprintf(error->sqlstate, sizeof error->sqlstate, "%.5s", sqlstate);
    if (primary == NULL)
        error->message = trimmed(PQresultErrorMessage(result));
    else if (detail == NULL)
        error->message = mem_string(primary);
    else
        error->message = mem_format("%s: %s", primary, detail);
    error->constraint = diagnostic(result, PG_DIAG_CONSTRAINT_NAME);
    error->column = diagnostic(result, PG_DIAG_COLUMN_NAME);
    error->context = functions(result);
    error->line = copy_line(result);
}

static void
require_connection(PGconn *connection)
{
    if (PQstatus(connection) == CONNECTION_OK)
        return;
    msg_fatal(STATUS_FAILED, "lost the connection to the server: %s; nothing was committed",
        trimmed(PQerrorMessage(connection)));
}

/* What to do where resources are short, as PostgreSQL says it ("max_locks_per_transaction"). */
static const char *
advice(const PGresult *result, const char *sqlstate)
{
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);

    return hint != NULL && strncmp(sqlstate, "53", 2) == 0 ? hint : "";
}

static void __attribute__((noreturn))
refused(PGconn *connection, const PGresult *result, const char *sql)
{
    struct server_error error;

    require_connection(connection);
    fill_error(result, &error);
    if (error.sqlstate[0] == '\0')
        msg_fatal(STATUS_FAILED, "the server gave an unexpected answer: %s",
            trimmed(PQerrorMessage(connection)));
    msg_fatal(server_status(error.sqlstate), "the server refused: %s%s%s (SQLSTATE %s) in: %.300s",
        error.message, *advice(result, error.sqlstate) != '\0' ? ": " : "",
        advice(result, error.sqlstate), error.sqlstate, sql);
}

static bool
succeeded(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

PGresult *
server_require(PGconn *connection, PGresult *result, const char *sql)
{
    if (!succeeded(result))
        refused(connection, result, sql);
    return result;
}

PGresult *
server_query(PGconn *connection, const char *sql)
{
    return server_require(connection, PQexec(connection, sql), sql);
}

PGresult *
server_query_params(PGconn *connection, const char *sql, int n, const char *const *values)
{
    return server_require(
        connection, PQexecParams(connection, sql, n, NULL, values, NULL, NULL, 0), sql);
}

void
server_add_field(const PGresult *result, int row, int column, struct buf *out)
{
    if (PQgetisnull(result, row, column))
        buf_add_slice(out, COPYROW_NULL);
    else
        copyrow_escape(
            slice_make(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)),
            out);
}

PGresult *
server_try_params(PGconn *connection, const char *sql, int n, const char *const *values,
    struct server_error *error)
{
    PGresult *result;

    server_run(connection, "SAVEPOINT pgbraid_try");
    result = PQexecParams(connection, sql, n, NULL, values, NULL, NULL, 0);
    if (!succeeded(result)) {
        require_connection(connection);
        fill_error(result, error);
        PQclear(result);
        result = NULL;
        server_run(connection, "ROLLBACK TO SAVEPOINT pgbraid_try");
    }
    server_run(connection, "RELEASE SAVEPOINT pgbraid_try");
    return result;
}

void
server_run(PGconn *connection, const char *sql)
{
    PQclear(server_query(connection, sql));
}

bool
server_try(PGconn *connection, const char *sql, uint64_t *rows, struct server_error *error)
{
    PGresult *result = PQexec(connection, sql);
    bool good = succeeded(result);

    if (good && rows != NULL)
        *rows = strtoull(PQcmdTuples(result), NULL, 10);
    if (!good) {
        require_connection(connection);
        fill_error(result, error);
    }
    PQclear(result);
    return good;
}

void
server_send(PGconn *connection, const char *sql)
{
    if (PQsendQuery(connection, sql) != 1) {
        require_connection(connection);
        msg_fatal(
            STATUS_FAILED, "cannot send a statement: %s", trimmed(PQerrorMessage(connection)));
    }
}

/* The command's end; false with *error filled when the server refused it. */
static bool
receive_end(PGconn *connection, struct server_error *error)
{
    PGresult *result = PQgetResult(connection);
    bool good = succeeded(result);

    require_connection(connection);
    if (!good)
        fill_error(result, error);
    PQclear(result);
    while ((result = PQgetResult(connection)) != NULL)
        PQclear(result);
    return good;
}

bool
server_receive_rows(PGconn *connection, server_row *take, void *context, struct server_error *error)
{
    PGresult *result = PQgetResult(connection);
    char *held = NULL;
    bool copies = PQresultStatus(result) == PGRES_COPY_OUT;
    int n;

    require_connection(connection);
    if (!copies)
        fill_error(result, error);
    PQclear(result);
    if (!copies) {
        while ((result = PQgetResult(connection)) != NULL)
            PQclear(result);
        return false;
    }
    while ((n = PQgetCopyData(connection, &held, 0)) > 0) {
        take(context, slice_make(held, (size_t)n - 1));
        PQfreemem(held);
    }
    return receive_end(connection, error);
}

void
server_copy_out(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);

    if (PQresultStatus(result) != PGRES_COPY_OUT)
        refused(connection, result, sql);
    PQclear(result);
}

static void
end_copy_out(PGconn *connection)
{
    PGresult *result = PQgetResult(connection);

    if (!succeeded(result))
        refused(connection, result, "COPY ... TO STDOUT");
    PQclear(result);
    while ((result = PQgetResult(connection)) != NULL)
        PQclear(result);
}

void
server_wait(PGconn *const *connections, size_t n)
{
    struct pollfd *sockets = mem_alloc(n * sizeof *sockets);
    int ready;

    for (size_t i = 0; i < n; i++)
        sockets[i] = (struct pollfd){.fd = PQsocket(connections[i]), .events = POLLIN};
    do
        ready = poll(sockets, (nfds_t)n, -1);
    while (ready < 0 && errno == EINTR);
    free(sockets);
    if (ready < 0)
        msg_fatal(STATUS_FAILED, "cannot wait for the server: %s", strerror(errno));
}

enum server_copied
server_copy_row_now(
    PGconn *connection, char **held, struct slice *row, enum server_patience patience)
{
    int n;

    if (*held != NULL)
        PQfreemem(*held);
    *held = NULL;
    n = PQgetCopyData(connection, held, patience == SERVER_DO_NOT_WAIT);
    if (n == 0) { /* what has arrived meanwhile */
        if (PQconsumeInput(connection) != 1)
            require_connection(connection);
        n = PQgetCopyData(connection, held, 1);
    }
    if (n > 0) {
        *row = slice_make(*held, (size_t)n - 1);
        return SERVER_ROW;
    }
    if (n == 0)
        return SERVER_NOT_YET;
    if (n == -2)
        require_connection(connection);
    end_copy_out(connection);
    return SERVER_END;
}

bool
server_copy_row(PGconn *connection, char **held, struct slice *row)
{
    return server_copy_row_now(connection, held, row, SERVER_WAIT) == SERVER_ROW;
}

bool
server_copy_in(PGconn *connection, const char *sql, struct server_error *error)
{
    PGresult *result = PQexec(connection, sql);
    bool good = PQresultStatus(result) == PGRES_COPY_IN;

    if (!good) {
        require_connection(connection);
        fill_error(result, error);
    }
    PQclear(result);
    return good;
}

void
server_copy_put(PGconn *connection, struct slice rows)
{
    while (rows.length > 0) {
        size_t part = rows.length < ((size_t)1 << 20) ? rows.length : ((size_t)1 << 20);

        if (PQputCopyData(connection, rows.data, (int)part) != 1) {
            require_connection(connection);
            msg_fatal(STATUS_FAILED, "cannot send rows: %s", trimmed(PQerrorMessage(connection)));
        }
        rows = slice_make(rows.data + part, rows.length - part);
    }
}

void
server_copy_end_send(PGconn *connection)
{
    if (PQputCopyEnd(connection, NULL) != 1)
        require_connection(connection);
}

bool
server_copy_end(PGconn *connection, uint64_t *rows, struct server_error *error)
{
    PGresult *result = PQgetResult(connection);
    bool good;

    if (PQresultStatus(result) == PGRES_COPY_IN) { /* not ended yet */
        PQclear(result);
        server_copy_end_send(connection);
        result = PQgetResult(connection);
    }
    good = succeeded(result);
    if (good)
        *rows = strtoull(PQcmdTuples(result), NULL, 10);
    if (!good) {
        require_connection(connection);
        fill_error(result, error);
    }
    PQclear(result);
    while ((result = PQgetResult(connection)) != NULL)
        PQclear(result);
    require_connection(connection);
    return good;
}
