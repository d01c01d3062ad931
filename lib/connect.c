#include "connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "dburl.h"
#include "envfile.h"
#include "input.h"
#include "mem.h"
#include "msg.h"
#include "server.h"
#include "sql.h"

#define MIN_VERSION 120000

/* libpq's keywords, and the values that go to PQconnectdbParams(): NULL leaves it to libpq. */
struct parameters {
    PQconninfoOption *known; /* PQconndefaults(); ends with a NULL keyword */
    const char **values;     /* one for each of known */
};

/* Where a value of the file ENV_FILE or of the environment came from. */
struct source {
    const char *file;           /* NULL: no such file */
    const char **file_values;   /* of the PG* variables, one for each of parameters.known */
    const char *url, *url_from; /* DATABASE_URL, and where it stands */
};

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

static size_t
count(const PQconninfoOption *options)
{
    size_t n = 0;

    while (options[n].keyword != NULL)
        n++;
    return n;
}

static size_t
position(const struct parameters *parameters, const char *keyword)
{
    size_t i = 0;

    while (
        parameters->known[i].keyword != NULL && strcmp(parameters->known[i].keyword, keyword) != 0)
        i++;
    return i;
}

/* NULL when it is not set. */
static const char *
get(const struct parameters *parameters, const char *keyword)
{
    size_t i = position(parameters, keyword);

    return parameters->known[i].keyword != NULL ? parameters->values[i] : NULL;
}

/* NULL leaves what is there. */
static void
set(struct parameters *parameters, const char *keyword, const char *value)
{
    size_t i = position(parameters, keyword);

    if (parameters->known[i].keyword != NULL && value != NULL)
        parameters->values[i] = value;
}

static const char *
environment(const char *name)
{
    const char *value = name != NULL ? getenv(name) : NULL;

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* ---- the file */

static void
take_variable(
    const struct parameters *parameters, struct source *source, const char *name, const char *value)
{
    if (strcmp(name, "DATABASE_URL") == 0) {
        source->url = mem_string(value);
        source->url_from = source->file;
    }
    for (size_t i = 0; parameters->known[i].keyword != NULL; i++)
        if (parameters->known[i].envvar != NULL && strcmp(parameters->known[i].envvar, name) == 0)
            source->file_values[i] = value[0] != '\0' ? mem_string(value) : NULL;
}

static bool
is_wanted(const char *name)
{
    return strcmp(name, "DATABASE_URL") == 0 || strncmp(name, "PG", 2) == 0;
}

static void
read_file(const struct parameters *parameters, struct source *source)
{
    struct input *input = input_open_plain(source->file);
    struct buf name = {0}, value = {0};
    struct slice line;
    bool terminated;

    for (unsigned long number = 1; input_line(input, &line, &terminated); number++) {
        enum envfile_line kind = envfile_parse(line, &name, &value);

        if (kind == ENVFILE_NOTHING || !is_wanted(buf_string(&name)))
            continue;
        if (kind == ENVFILE_VARIABLE && environment(buf_string(&name)) == NULL)
            msg_fatal(STATUS_USAGE,
                "%s:%lu: %s refers to another variable, which is not expanded; write its value "
                "out, or set %s in the environment",
                source->file, number, buf_string(&name), buf_string(&name));
        take_variable(parameters, source, buf_string(&name), buf_string(&value));
    }
    input_close(input);
    buf_release(&name);
    buf_release(&value);
}

static struct source
find_source(const struct parameters *parameters)
{
    const char *file = environment("ENV_FILE");
    struct source source = {.file = file != NULL ? file : ".env"};

    source.file_values = mem_alloc((count(parameters->known) + 1) * sizeof *source.file_values);
    if (access(source.file, R_OK) == 0)
        read_file(parameters, &source);
    else if (file != NULL || errno != ENOENT)
        msg_fatal(STATUS_USAGE, "cannot read %s%s: %s", source.file,
            file != NULL ? " (ENV_FILE)" : "", strerror(errno));
    if (environment("DATABASE_URL") != NULL) {
        source.url = environment("DATABASE_URL");
        source.url_from = "the environment";
    }
    return source;
}

/* ---- which target */

/* A conninfo string or URI into parameters. libpq's messages would quote parts of a password. */
static void
apply_conninfo(struct parameters *parameters, const char *text, const char *what)
{
    struct buf clean = {0};
    const char *reason = "special characters in user and password must be percent-encoded, and "
                         "every query key must be one of libpq's";
    PQconninfoOption *parsed;
    char *message = NULL;

    if (!dburl_is_url(text))
        buf_add_string(&clean, text);
    else if (!dburl_clean(text, &clean, &reason))
        msg_fatal(STATUS_USAGE, "%s cannot be used: %s", what, reason);
    parsed = PQconninfoParse(buf_string(&clean), &message);
    if (parsed == NULL)
        msg_fatal(STATUS_USAGE, "%s is no connection string that libpq understands%s%s", what,
            dburl_is_url(text) ? ": " : "", dburl_is_url(text) ? reason : "");
    for (size_t i = 0; parsed[i].keyword != NULL; i++) {
        const char *value = parsed[i].val;

        /* where a URL has lost its host, the password stands here */
        if (value != NULL && strcmp(parsed[i].keyword, "port") == 0 &&
            value[strspn(value, "0123456789,")] != '\0')
            msg_fatal(STATUS_USAGE, "%s cannot be used: its port is no number", what);
        if (value != NULL && value[0] != '\0')
            set(parameters, parsed[i].keyword, mem_string(value));
    }
    PQconninfoFree(parsed);
    buf_release(&clean);
}

/* The value that the PG* variables give: the environment's, else the file's. */
static const char *
variable(const struct parameters *parameters, const struct source *source, const char *keyword)
{
    size_t i = position(parameters, keyword);
    const char *value = environment(parameters->known[i].envvar);

    return value != NULL ? value : source->file_values[i];
}

static const char *
shown(const char *value)
{
    return value != NULL ? value : "(not said)";
}

/* DATABASE_URL and PG* may complete, but not contradict each other. */
static void
require_agreement(const struct parameters *url, const struct source *source)
{
    static const char *const target[] = {"host", "port", "user", "dbname"};
    const char *said[4], *others[4];
    bool differ = false;

    for (size_t i = 0; i < 4; i++) {
        said[i] = get(url, target[i]);
        others[i] = variable(url, source, target[i]);
        if (i == 1 && said[i] == NULL && said[0] != NULL)
            said[i] = "5432"; /* a URL with a host and no port means the usual one */
        if (said[i] != NULL && others[i] != NULL && strcmp(said[i], others[i]) != 0)
            differ = true;
    }
    if (differ)
        msg_fatal(STATUS_USAGE,
            "DATABASE_URL (from %s) and the PG* variables name different targets: host %s, port "
            "%s, user %s, database %s; and host %s, port %s, user %s, database %s. Unset one of "
            "them, or say which with -h, -p, -U and -d",
            source->url_from, shown(said[0]), shown(said[1]), shown(said[2]), shown(said[3]),
            shown(others[0]), shown(others[1]), shown(others[2]), shown(others[3]));
}

static void
apply_url(struct parameters *parameters, const struct source *source)
{
    if (!dburl_is_url(source->url) && strchr(source->url, '=') == NULL)
        msg_fatal(STATUS_USAGE, "DATABASE_URL (from %s) does not start with postgresql://",
            source->url_from);
    apply_conninfo(parameters, source->url, "DATABASE_URL");
    require_agreement(parameters, source);
    if (get(parameters, "host") != NULL && get(parameters, "port") == NULL)
        set(parameters, "port", "5432");
}

static void
apply_options(struct parameters *parameters, const struct connect_options *options)
{
    const char *database = options->database;

    if (database != NULL && (dburl_is_url(database) || strchr(database, '=') != NULL))
        apply_conninfo(parameters, database, "-d");
    else
        set(parameters, "dbname", database);
    set(parameters, "host", options->host);
    set(parameters, "port", options->port);
    set(parameters, "user", options->user);
}

/* Weakest last: options, DATABASE_URL, the environment's PG* (libpq looks there), the file's. */
static void
collect(struct parameters *parameters, const struct connect_options *options, const char *name)
{
    struct source source = find_source(parameters);

    if (source.url != NULL && options->host == NULL && options->database == NULL)
        apply_url(parameters, &source);
    apply_options(parameters, options);
    for (size_t i = 0; parameters->known[i].keyword != NULL; i++)
        if (parameters->values[i] == NULL && environment(parameters->known[i].envvar) == NULL)
            parameters->values[i] = source.file_values[i];
    set(parameters, "application_name", mem_format("pgbraid %s", name));
    if (get(parameters, "connect_timeout") == NULL && environment("PGCONNECT_TIMEOUT") == NULL)
        set(parameters, "connect_timeout", "15");
}

/* ---- the connection */

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

/* search_path first, before anything could be found by an unqualified name. */
static void
set_up(PGconn *connection)
{
    struct server_error error;

    server_run(connection, "SELECT pg_catalog.set_config('search_path', '', false)");
    server_run(connection, sql_session_setup);
    /* Not on every system that the server runs on, and not before PostgreSQL 14. */
    if (PQserverVersion(connection) >= 140000 &&
        !server_try(connection,
            "SELECT pg_catalog.set_config('client_connection_check_interval', '10s', false)", NULL,
            &error))
        server_error_release(&error);
}

PGconn *
connect_open(const struct connect_options *options, const char *name)
{
    struct parameters parameters = {.known = PQconndefaults()};
    const char **keywords, **values;
    PGconn *connection;
    size_t n, used = 0;

    if (parameters.known == NULL)
        msg_fatal(STATUS_FAILED, "out of memory");
    n = count(parameters.known);
    parameters.values = mem_alloc((n + 1) * sizeof *parameters.values);
    keywords = mem_alloc((n + 1) * sizeof *keywords);
    values = mem_alloc((n + 1) * sizeof *values);
    collect(&parameters, options, name);
    for (size_t i = 0; i < n; i++) {
        if (parameters.values[i] == NULL)
            continue;
        keywords[used] = parameters.known[i].keyword;
        values[used++] = parameters.values[i];
    }
    connection = PQconnectdbParams(keywords, values, 0);
    if (PQstatus(connection) != CONNECTION_OK)
        cannot_connect(connection);
    if (PQserverVersion(connection) < MIN_VERSION)
        msg_fatal(STATUS_CONNECTION, "the server is PostgreSQL %d; 12 or later is needed",
            PQserverVersion(connection) / 10000);
    PQsetNoticeProcessor(connection, show_notice, NULL);
    set_up(connection);
    free(keywords);
    free(values);
    free(parameters.values);
    PQconninfoFree(parameters.known);
    return connection;
}
