#ifndef CONNECT_H
#define CONNECT_H
/*
 * The connection to the live database: psql's options (-h -p -U -d), which decide, else what
 * target.h finds. No password is ever printed or put on an argument list.
 */
#include <libpq-fe.h>
#include <stdbool.h>

#include "textstyle.h"

struct connect_options {
    const char *host, *port, *user,
        *database; /* NULL: not given; database may be a conninfo or URI */
};

/* For getopt_long: add CONNECT_SHORT to the short options; connect_option() takes the letter. */
#define CONNECT_SHORT "h:p:U:d:"
#define CONNECT_LONG                                                                               \
    {"host", required_argument, NULL, 'h'}, {"port", required_argument, NULL, 'p'},                \
        {"username", required_argument, NULL, 'U'},                                                \
    {                                                                                              \
        "dbname", required_argument, NULL, 'd'                                                     \
    }
/* For the usage text. */
#define CONNECT_USAGE                                                                              \
    "  -h, --host=HOST      server or socket directory\n"                                          \
    "  -p, --port=PORT      port\n"                                                                \
    "  -U, --username=NAME  role\n"                                                                \
    "  -d, --dbname=NAME    database, conninfo string or URI\n"
/* True when `letter` is a connection option, which is then taken. */
bool connect_option(struct connect_options *options, int letter, const char *argument);

/*
 * Connects, or ends the process with STATUS_CONNECTION or STATUS_USAGE. The session is set up:
 * application_name "pgbraid NAME", client_encoding UTF8, search_path empty, UTC, ISO dates,
 * lock_timeout 3 s, JIT off, client_min_messages warning, READ COMMITTED,
 * client_connection_check_interval where known, notices silenced unless -v. The caller
 * PQfinish()es.
 */
PGconn *connect_open(const struct connect_options *options, const char *name);
/*
 * The session, in a transaction, reads dates and times as `style` says; it prints dates as before.
 * NULL: as connect_open() left it. Ends the process (STATUS_INPUT) where the server has no such
 * time zone.
 */
void connect_style(PGconn *connection, const struct textstyle *style);
/* The schema of names that are written without one: the URL's schema=, else "public". malloc'd. */
char *connect_schema(PGconn *connection);
/* "database \"x\" at host:port as user": what a message may show. malloc'd. */
char *connect_describe(const PGconn *connection);

#endif
