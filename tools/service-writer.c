/* service-writer: the target of the tools, for psql, pg_dump and pg_restore. See service-writer(1).
 */
#include <getopt.h>

#include "connect.h"
#include "mem.h"
#include "msg.h"
#include "output.h"
#include "servicefile.h"
#include "target.h"
#include "usage.h"

static const char usage[] =
    "Usage: service-writer [OPTION]...\n"
    "Print the database that the tools would connect to as a section [pgbraid] of libpq's\n"
    "connection service file, for psql, pg_dump and pg_restore. Keep it private: it may hold\n"
    "a password.\n"
    "\n"
    "      --describe       print which database it is, without password, instead\n"
    "      --search-path    names without a schema mean the one that DATABASE_URL names\n"
    "  -V, --version        print the version\n"
    "      --help           print this help\n"
    "\n"
    "Connection options, as psql has them:\n" CONNECT_USAGE;

enum { DESCRIBE = USAGE_OWN, SEARCH_PATH };

static const struct option long_options[] = {
    {"describe", no_argument, NULL, DESCRIBE},
    {"search-path", no_argument, NULL, SEARCH_PATH},
    CONNECT_LONG,
    USAGE_LONG,
    {NULL, 0, NULL, 0},
};

struct options {
    struct connect_options connect;
    bool describe, search_path;
};

static void
parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while (
        (letter = getopt_long(argc, argv, USAGE_SHORT CONNECT_SHORT, long_options, NULL)) != -1) {
        switch (letter) {
        case DESCRIBE:
            options->describe = true;
            break;
        case SEARCH_PATH:
            options->search_path = true;
            break;
        default:
            if (!connect_option(&options->connect, letter, optarg))
                usage_option(letter, usage);
        }
    }
    if (argc > optind)
        usage_wrong("one argument too many: \"%s\"", argv[optind]);
}

/* The words of connect_describe(), with libpq's defaults for what nobody said. */
static void
describe(const struct target *target, struct buf *out)
{
    const char *host = target_effective(target, "host");
    const char *address = target_effective(target, "hostaddr");
    const char *port = target_effective(target, "port"), *user = target_effective(target, "user");
    const char *database = target_effective(target, "dbname");

    if (host == NULL)
        host = address != NULL ? address : "the default socket";
    if (user == NULL)
        user = "(nobody)";
    buf_add_format(out, "database \"%s\" at %s:%s as %s\n", database != NULL ? database : user,
        host, port != NULL ? port : "5432", user);
}

static void
add(struct buf *out, const char *keyword, const char *value)
{
    const char *reason;

    if (servicefile_add(out, keyword, value, &reason))
        return;
    if (strcmp(keyword, "password") == 0)
        msg_fatal(STATUS_USAGE,
            "the password cannot stand in a service file, for %s; leave it out and give it in "
            "PGPASSWORD or ~/.pgpass",
            reason);
    msg_fatal(STATUS_USAGE, "the value of \"%s\" cannot stand in a service file, for %s", keyword,
        reason);
}

/* Services do not nest: what one says has become the target's own. */
static void
write_section(const struct target *target, struct buf *out)
{
    servicefile_section(out, "pgbraid");
    for (size_t i = 0; i < target->n; i++)
        if (strcmp(target->keywords[i], "service") != 0 &&
            strcmp(target->keywords[i], "servicefile") != 0 &&
            target_get(target, target->keywords[i]) == target->values[i])
            add(out, target->keywords[i], target->values[i]);
}

static void
add_search_path(struct target *target)
{
    const char *options = target_effective(target, "options");
    struct buf text = {0};

    if (target->schema == NULL)
        return;
    if (options != NULL)
        buf_add_string(&text, options);
    servicefile_search_path(&text, target->schema);
    target_set(target, "options", mem_string(buf_string(&text)));
    buf_release(&text);
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    struct target target;
    struct buf text = {0};

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    target_resolve(&target, &options.connect);
    if (options.search_path)
        add_search_path(&target);
    if (options.describe)
        describe(&target, &text);
    else
        write_section(&target, &text);
    output_print(buf_slice(&text));
    return STATUS_OK;
}
