#include "target.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dburl.h"
#include "envfile.h"
#include "input.h"
#include "mem.h"
#include "msg.h"

/* libpq's keywords, and the values that go to PQconnectdbParams(): NULL leaves it to libpq. */
struct parameters {
    PQconninfoOption *known; /* PQconndefaults(); ends with a NULL keyword */
    const char **values;     /* one for each of known */
    const char *schema;      /* the URL's schema=, or NULL */
};

/* Where a value of the file ENV_FILE or of the environment came from. */
struct source {
    const char *file;           /* NULL: no such file */
    const char **file_values;   /* of the PG* variables, one for each of parameters.known */
    const char *url, *url_from; /* DATABASE_URL, and where it stands */
};

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

/* Where the variables may stand when ENV_FILE does not say it; the second is a usual place in
 * projects of several packages. */
static const char *
usual_file(void)
{
    static const char *const files[] = {".env", "packages/database/.env"};
    bool first_is_there = access(files[0], F_OK) == 0 || errno != ENOENT;

    return first_is_there || access(files[1], F_OK) != 0 ? files[0] : files[1];
}

static struct source
find_source(const struct parameters *parameters)
{
    const char *file = environment("ENV_FILE");
    struct source source = {.file = file != NULL ? file : usual_file()};

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
    struct buf clean = {0}, schema = {0};
    const char *reason = "special characters in user and password must be percent-encoded, and "
                         "every query key must be one of libpq's";
    PQconninfoOption *parsed;
    char *message = NULL;

    if (!dburl_is_url(text))
        buf_add_string(&clean, text);
    else if (!dburl_clean(text, &clean, &reason))
        msg_fatal(STATUS_USAGE, "%s cannot be used: %s", what, reason);
    if (dburl_is_url(text) && dburl_schema(text, &schema))
        parameters->schema = mem_string(buf_string(&schema));
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
    buf_release(&schema);
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
    if (said[0] != NULL && get(url, "hostaddr") == NULL &&
        variable(url, source, "hostaddr") != NULL &&
        strcmp(said[0], variable(url, source, "hostaddr")) != 0) {
        others[0] = variable(url, source, "hostaddr"); /* libpq would connect there */
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

/* ---- the service */

static const char *
value_of(const PQconninfoOption *options, const char *keyword)
{
    while (options->keyword != NULL && strcmp(options->keyword, keyword) != 0)
        options++;
    return options->keyword != NULL ? options->val : NULL;
}

static PQconninfoOption *
defaults(void)
{
    PQconninfoOption *options = PQconndefaults();

    if (options == NULL)
        msg_fatal(STATUS_FAILED, "out of memory");
    return options;
}

/*
 * PQconndefaults() passes over a service that is not there; PQconnectStartParams() does not. Where
 * the parameters were understood the connection has a host: here one that no server listens on.
 */
static void
require_service(const char *name)
{
    const char *const keywords[] = {"service", "host", NULL};
    const char *const values[] = {name, "/", NULL};
    PGconn *connection = PQconnectStartParams(keywords, values, 0);

    if (connection == NULL)
        msg_fatal(STATUS_FAILED, "out of memory");
    if (PQhost(connection)[0] == '\0')
        msg_fatal(STATUS_USAGE, "the service \"%s\" cannot be used: %.*s", name,
            (int)strcspn(PQerrorMessage(connection), "\n"), PQerrorMessage(connection));
    PQfinish(connection);
}

/* The service's values are those by which libpq's defaults change when it is named. */
static void
apply_service(struct parameters *parameters, const char *name)
{
    const char *before = getenv("PGSERVICE");
    char *kept = before != NULL ? mem_string(before) : NULL;
    PQconninfoOption *without, *with;

    require_service(name);
    unsetenv("PGSERVICE");
    without = defaults();
    setenv("PGSERVICE", name, 1);
    with = defaults();
    if (kept != NULL)
        setenv("PGSERVICE", kept, 1);
    else
        unsetenv("PGSERVICE");
    for (size_t i = 0; parameters->known[i].keyword != NULL; i++) {
        const char *keyword = parameters->known[i].keyword;
        const char *value = value_of(with, keyword), *other = value_of(without, keyword);

        if (parameters->values[i] == NULL && value != NULL && value[0] != '\0' &&
            strcmp(keyword, "service") != 0 && (other == NULL || strcmp(value, other) != 0))
            parameters->values[i] = mem_string(value);
    }
    PQconninfoFree(without);
    PQconninfoFree(with);
    free(kept);
}

/* ---- all of it */

/* Weakest last: options, DATABASE_URL, a service, PG* of the environment (libpq looks there), the
 * file's. */
static void
collect(struct parameters *parameters, const struct connect_options *options)
{
    struct source source = find_source(parameters);
    const char *service;

    if (source.url != NULL && options->host == NULL && options->database == NULL)
        apply_url(parameters, &source);
    apply_options(parameters, options);
    service = get(parameters, "service");
    if (service == NULL)
        service = variable(parameters, &source, "service");
    if (service != NULL)
        apply_service(parameters, service);
    for (size_t i = 0; parameters->known[i].keyword != NULL; i++)
        if (parameters->values[i] == NULL && environment(parameters->known[i].envvar) == NULL)
            parameters->values[i] = source.file_values[i];
    if (get(parameters, "connect_timeout") == NULL && environment("PGCONNECT_TIMEOUT") == NULL)
        set(parameters, "connect_timeout", "15");
}

void
target_resolve(struct target *target, const struct connect_options *options)
{
    struct parameters parameters = {.known = defaults()};
    size_t n = count(parameters.known);

    parameters.values = mem_alloc((n + 1) * sizeof *parameters.values);
    collect(&parameters, options);
    *target = (struct target){.schema = parameters.schema};
    for (size_t i = 0; i < n; i++)
        if (parameters.values[i] != NULL)
            target_set(target, parameters.known[i].keyword, parameters.values[i]);
}

void
target_set(struct target *target, const char *keyword, const char *value)
{
    target->keywords = mem_resize(target->keywords, target->n + 2, sizeof *target->keywords);
    target->values = mem_resize(target->values, target->n + 2, sizeof *target->values);
    target->keywords[target->n] = mem_string(keyword);
    target->values[target->n++] = value;
    target->keywords[target->n] = NULL;
    target->values[target->n] = NULL;
}

const char *
target_get(const struct target *target, const char *keyword)
{
    for (size_t i = target->n; i-- > 0;)
        if (strcmp(target->keywords[i], keyword) == 0)
            return target->values[i];
    return NULL;
}

const char *
target_effective(const struct target *target, const char *keyword)
{
    const char *value = target_get(target, keyword);
    PQconninfoOption *options;

    if (value != NULL)
        return value;
    options = defaults();
    value = value_of(options, keyword);
    value = value != NULL && value[0] != '\0' ? mem_string(value) : NULL;
    PQconninfoFree(options);
    return value;
}
