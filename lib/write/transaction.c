#include "transaction.h"

#include <string.h>
#include <unistd.h>

#include "msg.h"
#include "pathsql.h"
#include "server.h"

static bool
try_lock(PGconn *writer)
{
    PGresult *result = server_query(
        writer, "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('pgbraid'), 1)");
    bool locked = strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);
    return locked;
}

#define TRIES 40
#define PAUSE_US 50000

/* A backend whose client has just gone holds the lock for some moments yet. */
static void
lock(PGconn *writer)
{
    for (int try = 0; !try_lock(writer); try++) {
        if (try == TRIES)
            msg_fatal(STATUS_BUSY, "another merge into this database is running; wait until it is "
                                   "done and try again");
        usleep(PAUSE_US);
    }
}

PGconn *
transaction_begin(const struct connect_options *options)
{
    PGconn *writer = connect_open(options, "upserter");

    lock(writer);
    server_run(writer, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    server_run(writer, "SET CONSTRAINTS ALL IMMEDIATE");
    return writer;
}

void
transaction_commit(PGconn *writer, const char *undo)
{
    PGresult *result = PQexec(writer, PATHSQL_THEIRS "; COMMIT");

    if (PQstatus(writer) != CONNECTION_OK)
        msg_fatal(STATUS_UNKNOWN,
            "the connection was lost during COMMIT: whether it took effect is not known. Once the "
            "server is back a dry run tells: it finds nothing to do when it did");
    if (PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0) {
        PQclear(result);
        return;
    }
    if (undo != NULL)
        unlink(undo);
    msg_fatal(server_status(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
        "the server refused to commit, nothing was written: %s", PQresultErrorMessage(result));
}
