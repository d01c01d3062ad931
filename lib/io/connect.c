#include "connect.h"

#include <string.h>

#include "mem.h"
#include "msg.h"
#include "server.h"
#include "sql.h"
#include "target.h"

#define MIN_VERSION 120000

bool
connect_option(struct connect_options *options, int letter, const char *argument)
{
    switch (letter) {
    case 'h':
        options->host = argument;
        return true;
    case 'p':
        options->port = argument;
        return true;
    case 'U':
        options->user = argument;
        return true;
    case 'd':
        options->database = argument;
        return true;
    default:
        return false;
    }
}

char *
connect_describe(const PGconn *connection)
{
    const char *host = PQhost(connection), *port = PQport(connection);

    return mem_format("database \"%s\" at %s:%s as %s", PQdb(connection),
        host != NULL && host[0] != '\0' ? host : "the default socket",
        port != NULL && port[0] != '\0' ? port : "5432", PQuser(connection));
}

static void
show_notice(void *context, const char *message)
{
    size_t length = strcspn(message, "\n");

    (void)context;
    msg_detail("server: %.*s", (int)length, message);
}

/* Ends the process: libpq's message names host, port, user and database, never the password. */
static void __attribute__((noreturn)) cannot_connect(PGconn *connection)
{
    char *message = mem_string(PQerrorMessage(connection));
    size_t length = strlen(message);

    while (length > 0 && message[length - 1] == '\n')
        message[--length] = '\0';
    msg_fatal(STATUS_CONNECTION, "cannot connect: %s%s", message,
        PQconnectionNeedsPassword(connection)
            ? "; give the password in ~/.pgpass, PGPASSWORD or DATABASE_URL"
            : "");
}

/* UTF-8 between us and the server, unless its bytes have no meaning: then they pass as they are. */
static void
set_encoding(PGconn *connection)
{
    const char *server = PQparameterStatus(connection, "server_encoding");

    PQsetClientEncoding(connection, strcmp(server, "SQL_ASCII") == 0 ? server : "UTF8");
}

/* search_path first, before anything could be found by an unqualified name. */
static void
set_up(PGconn *connection)
{
    struct server_error error;

    server_run(connection,
        "SELECT pg_catalog.set_config('pgbraid.path', pg_catalog.current_setting('search_path'), "
        "false), pg_catalog.set_config('search_path', '', false)");
    server_run(connection, sql_session_setup);
    set_encoding(connection);
    /* Not on every system that the server runs on, and not before PostgreSQL 14. */
    if (PQserverVersion(connection) >= 140000 &&
        !server_try(connection,
            "SELECT pg_catalog.set_config('client_connection_check_interval', '10s', false)", NULL,
            &error))
        server_error_release(&error);
}

/*
 * Names without a schema are looked up there: a setting of the session, for connect_schema(). One
 * that the URL names is the first that triggers find things in, as with the application's client.
 */
static void
keep_schema(PGconn *connection, const char *named)
{
    const char *schema = named != NULL ? named : "public";

    PQclear(server_query_params(
        connection, "SELECT pg_catalog.set_config('pgbraid.schema', $1, false)", 1, &schema));
    if (named != NULL)
        PQclear(server_query_params(connection,
            "SELECT pg_catalog.set_config('pgbraid.path', pg_catalog.concat_ws(', ', "
            "pg_catalog.quote_ident($1), NULLIF(pg_catalog.current_setting('pgbraid.path'), '')), "
            "false)",
            1, &named));
}

char *
connect_schema(PGconn *connection)
{
    PGresult *result =
        server_query(connection, "SELECT pg_catalog.current_setting('pgbraid.schema')");
    char *schema = mem_string(PQgetvalue(result, 0, 0));

    PQclear(result);
    return schema;
}

void
connect_style(PGconn *connection, const struct textstyle *style)
{
    static const struct textstyle own;

    for (int i = 0; i < TEXTSTYLE_NAMES; i++) {
        const char *values[] = {textstyle_names[i],
            textstyle_value(style != NULL ? style : &own, (enum textstyle_name)i)};
        struct server_error error = {0};
        PGresult *result = server_try_params(
            connection, "SELECT pg_catalog.set_config($1, $2, false)", 2, values, &error);

        if (result == NULL)
            msg_fatal(STATUS_INPUT, "the backup's %s \"%s\" is none of the live server: %s",
                values[0], values[1], error.message);
        PQclear(result);
        server_error_release(&error);
    }
}

PGconn *
connect_open(const struct connect_options *options, const char *name)
{
    struct target target;
    PGconn *connection;

    target_resolve(&target, options);
    target_set(&target, "application_name", mem_format("pgbraid %s", name));
    connection = PQconnectdbParams(target.keywords, target.values, 0);
    if (PQstatus(connection) != CONNECTION_OK)
        cannot_connect(connection);
    if (PQserverVersion(connection) < MIN_VERSION)
        msg_fatal(STATUS_CONNECTION, "the server is PostgreSQL %d; 12 or later is needed",
            PQserverVersion(connection) / 10000);
    PQsetNoticeProcessor(connection, show_notice, NULL);
    set_up(connection);
    keep_schema(connection, target.schema);
    return connection;
}
