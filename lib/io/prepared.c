#include "prepared.h"

#include <libpq-events.h>
#include <stdio.h>
#include <stdlib.h>

#include "ident.h"
#include "mem.h"
#include "server.h"

/* What a connection knows; it ends with the connection. */
struct statements {
    const char **texts; /* the one at i has the name i */
    size_t n, capacity;
};

static int
forget(PGEventId event, void *info, void *unused)
{
    (void)unused;
    if (event == PGEVT_CONNDESTROY) {
        const PGEventConnDestroy *ended = info;
        struct statements *statements = PQinstanceData(ended->conn, forget);

        free(statements->texts);
        free(statements);
    }
    return 1;
}

static struct statements *
statements_of(PGconn *connection)
{
    struct statements *statements = PQinstanceData(connection, forget);

    if (statements != NULL)
        return statements;
    statements = mem_alloc(sizeof *statements);
    *statements = (struct statements){0};
    if (!PQregisterEventProc(connection, forget, "pgbraid", NULL) ||
        !PQsetInstanceData(connection, forget, statements))
        msg_fatal(STATUS_FAILED, "out of memory");
    return statements;
}

/* Where the text stands; behind the last one when it is new. */
static size_t
position(const struct statements *statements, const char *sql)
{
    size_t at = 0;

    while (at < statements->n && statements->texts[at] != sql)
        at++;
    return at;
}

static void
prepare(PGconn *connection, struct statements *statements, const char *name, const char *sql)
{
    PQclear(server_require(connection, PQprepare(connection, name, sql, 0, NULL), sql));
    *MEM_APPEND(statements->texts, statements->n, statements->capacity) = sql;
}

PGresult *
prepared_query(PGconn *connection, const char *sql, int n, const char *const *values)
{
    struct statements *statements = statements_of(connection);
    size_t at = position(statements, sql);
    char name[40];

    snprintf(name, sizeof name, "pgbraid_%zu", at);
    if (at == statements->n)
        prepare(connection, statements, name, sql);
    return server_require(
        connection, PQexecPrepared(connection, name, n, values, NULL, NULL, 0), sql);
}

PGresult *
prepared_query_relation(PGconn *connection, const char *sql, const char *name)
{
    struct buf text = {0};
    const char *value;
    PGresult *result;

    if (!ident_display_to_sql(name, &text))
        msg_fatal(STATUS_INPUT, "\"%s\" is not the name of a relation", name);
    value = buf_string(&text);
    result = prepared_query(connection, sql, 1, &value);
    buf_release(&text);
    return result;
}
