/* upserter: writes what is new or changed into the live database. See upserter(1). */
#include <getopt.h>

#include "connect.h"
#include "mem.h"
#include "merge.h"
#include "mergestream.h"
#include "msg.h"
#include "server.h"
#include "singletable.h"
#include "usage.h"

static const char usage[] =
    "Usage: upserter [OPTION]... [FILE]\n"
    "       upserter -t TABLE [--key=COLUMNS] [OPTION]... [FILE]\n"
    "Compare the rows of a merge stream with the live database, write those that are new\n"
    "or changed in one transaction, and say what became of every row. With -t read the\n"
    "rows of one table as TSV with a header line. Without FILE, or with -, read standard\n"
    "input.\n"
    "\n"
    "  -n, --dry-run        write nothing, in a read-only transaction\n"
    "      --exit-code      with --dry-run: exit with 10 when there is something to do\n"
    "      --sql=FILE       with --dry-run: write the SQL that a merge would run\n"
    "      --counts=FILE    write what became of the rows as TSV, a line a table\n"
    "      --rejects=DIR    write rejected rows to DIR, a TSV file a table\n"
    "      --strict         stop at the first rejected row; nothing is committed\n"
    "  -t, --table=TABLE    plain TSV rows of this table\n"
    "  -k, --key=COLUMNS    with -t: the columns that identify a row, as a,b; default:\n"
    "                       the primary key\n"
    "  -q, --quiet          errors only\n"
    "  -v, --verbose        say more\n"
    "  -V, --version        print the version\n"
    "      --help           print this help\n"
    "\n"
    "Connection options, as psql has them:\n" CONNECT_USAGE;

enum { HELP = 256, EXIT_CODE, SQL, COUNTS, REJECTS, STRICT };

static const struct option long_options[] = {
    {"dry-run", no_argument, NULL, 'n'},
    {"exit-code", no_argument, NULL, EXIT_CODE},
    {"sql", required_argument, NULL, SQL},
    {"counts", required_argument, NULL, COUNTS},
    {"rejects", required_argument, NULL, REJECTS},
    {"strict", no_argument, NULL, STRICT},
    {"table", required_argument, NULL, 't'},
    {"key", required_argument, NULL, 'k'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, HELP},
    CONNECT_LONG,
    {NULL, 0, NULL, 0},
};

struct options {
    struct connect_options connect;
    const char *path, *sql, *counts, *rejects, *table, *key;
    bool dry_run, exit_code, strict;
};

/* False when the letter is another one's. */
static bool
take_option(struct options *options, int letter)
{
    switch (letter) {
    case 'n':
        options->dry_run = true;
        return true;
    case EXIT_CODE:
        options->exit_code = true;
        return true;
    case SQL:
        options->sql = optarg;
        return true;
    case COUNTS:
        options->counts = optarg;
        return true;
    case REJECTS:
        options->rejects = optarg;
        return true;
    case STRICT:
        options->strict = true;
        return true;
    case 't':
        options->table = optarg;
        return true;
    case 'k':
        options->key = optarg;
        return true;
    case 'q':
        msg_set_level(MSG_QUIET);
        return true;
    case 'v':
        msg_set_level(MSG_VERBOSE);
        return true;
    default:
        return connect_option(&options->connect, letter, optarg);
    }
}

static void
parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(argc, argv, "nt:k:qvV" CONNECT_SHORT, long_options, NULL)) != -1) {
        if (letter == 'V')
            usage_version();
        if (letter == HELP)
            usage_help(usage);
        if (!take_option(options, letter))
            usage_hint();
    }
    if (argc - optind > 1)
        usage_wrong("more than one FILE: \"%s\"", argv[optind + 1]);
    if (!options->dry_run && (options->exit_code || options->sql != NULL))
        usage_wrong("--exit-code and --sql need --dry-run");
    if (options->key != NULL && options->table == NULL)
        usage_wrong("--key needs -t: in a stream the plan names the keys");
    options->path = argv[optind];
}

/* Two merges at once would not see each other's rows: the second one ends with STATUS_BUSY. */
static void
lock(PGconn *writer)
{
    PGresult *result = server_query(
        writer, "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('pgbraid'), 1)");

    if (strcmp(PQgetvalue(result, 0, 0), "t") != 0)
        msg_fatal(STATUS_BUSY, "another merge into this database is running; wait until it is done "
                               "and try again");
    PQclear(result);
}

static void
open_connections(struct merge *merge, const struct options *options)
{
    if (!options->dry_run) {
        merge->writer = connect_open(&options->connect, "upserter");
        lock(merge->writer);
        server_run(merge->writer, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
        server_run(
            merge->writer, "SET CONSTRAINTS ALL IMMEDIATE"); /* a row's fault, not COMMIT's */
    }
    merge->reader = connect_open(&options->connect, "upserter reader");
    server_run(merge->reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static void
commit(const struct merge *merge)
{
    PGresult *result = PQexec(merge->writer, "COMMIT");

    if (PQstatus(merge->writer) != CONNECTION_OK)
        msg_fatal(STATUS_FAILED, "the connection was lost during COMMIT: whether the merge took "
                                 "effect is not known; a dry run of the same backup tells");
    if (PQresultStatus(result) != PGRES_COMMAND_OK || strcmp(PQcmdStatus(result), "COMMIT") != 0)
        msg_fatal(server_status(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
            "the server refused to commit, nothing was merged: %s", PQresultErrorMessage(result));
    PQclear(result);
}

static enum msg_status
verdict(const struct merge *merge, const struct options *options)
{
    tally_line(&merge->sum);
    tally_verdict(
        &merge->sum, options->dry_run ? TALLY_DRY_RUN : TALLY_REAL, merge->skipped_tables);
    if (options->exit_code && tally_writes(&merge->sum))
        return STATUS_DIFFERENT;
    return merge->sum.rejected > 0 || merge->skipped_tables > 0 ? STATUS_PARTIAL : STATUS_OK;
}

static void
open_files(
    struct merge *merge, const struct options *options, struct output *sql, struct output *counts)
{
    rejects_init(&merge->rejects, options->rejects);
    if (options->sql != NULL)
        output_create(merge->sql = sql, options->sql);
    if (options->counts != NULL)
        output_create(merge->counts = counts, options->counts);
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    struct plan plan = {0};
    struct merge merge = {.plan = &plan};
    struct output sql, counts;

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    merge.strictness = options.strict ? MERGE_STRICT : MERGE_GO_ON;
    open_connections(&merge, &options);
    open_files(&merge, &options, &sql, &counts);
    merge_init(&merge);
    if (options.table != NULL)
        singletable_merge(&merge, &plan, options.table, options.key, options.path);
    else
        mergestream_merge(&merge, &plan, options.path);
    merge_finish(&merge);
    if (merge.sql != NULL)
        output_close(merge.sql);
    if (merge.counts != NULL)
        output_close(merge.counts);
    if (merge.writer != NULL)
        commit(&merge);
    PQfinish(merge.reader);
    PQfinish(merge.writer);
    return (int)verdict(&merge, &options);
}
