/* upserter: writes what is new or changed into the live database. See upserter(1). */
#include <getopt.h>

#include "connect.h"
#include "mem.h"
#include "merge.h"
#include "mergestream.h"
#include "msg.h"
#include "number.h"
#include "server.h"
#include "singletable.h"
#include "transaction.h"
#include "undo.h"
#include "usage.h"

static const char usage[] =
    "Usage: upserter [OPTION]... [FILE]\n"
    "       upserter -t TABLE [--key=COLUMNS] [--plan=FILE] [OPTION]... [FILE]\n"
    "       upserter --undo [--undo-wins | --now-wins] [OPTION]... [FILE]...\n"
    "Compare the rows of a merge stream with the live database, write those that are new\n"
    "or changed in one transaction, and say what became of every row. With -t read the\n"
    "rows of one table as TSV with a header line. With --undo undo a merge by the stream\n"
    "that it saved. Without FILE, or with -, read standard input.\n"
    "\n"
    "  -n, --dry-run        write nothing, in a read-only transaction\n"
    "      --exit-code      with --dry-run: exit with 10 when there is something to do\n"
    "      --sql=FILE       with --dry-run: write the SQL that a merge would run\n"
    "      --counts=FILE    write what became of the rows as TSV, a line a table\n"
    "      --rejects=DIR    write rejected rows to DIR, a TSV file a table\n"
    "      --save-undo=FILE write what undoes the merge, for --undo\n"
    "      --show=N         show N changed rows a table, old and new, column by column\n"
    "      --strict         stop at the first rejected row; nothing is committed\n"
    "  -t, --table=TABLE    plain TSV rows of this table\n"
    "  -k, --key=COLUMNS    with -t: the columns that identify a row, as a,b; default:\n"
    "                       the primary key\n"
    "      --plan=FILE      with -t: the conflicts of this plan hold, of a merge before\n"
    "      --undo           undo a merge; refused where rows have changed since, unless\n"
    "      --undo-wins      what changed since is undone as well, or\n"
    "      --now-wins       rows that changed since stay as they are\n"
    "  -q, --quiet          errors only\n"
    "  -v, --verbose        say more\n"
    "  -V, --version        print the version\n"
    "      --help           print this help\n"
    "\n"
    "Connection options, as psql has them:\n" CONNECT_USAGE;

enum {
    EXIT_CODE = USAGE_OWN,
    SQL,
    COUNTS,
    REJECTS,
    SAVE_UNDO,
    SHOW,
    PLAN,
    STRICT,
    UNDO,
    UNDO_WINNING,
    NOW_WINNING
};

static const struct option long_options[] = {
    {"dry-run", no_argument, NULL, 'n'},
    {"exit-code", no_argument, NULL, EXIT_CODE},
    {"sql", required_argument, NULL, SQL},
    {"counts", required_argument, NULL, COUNTS},
    {"rejects", required_argument, NULL, REJECTS},
    {"save-undo", required_argument, NULL, SAVE_UNDO},
    {"show", required_argument, NULL, SHOW},
    {"strict", no_argument, NULL, STRICT},
    {"undo", no_argument, NULL, UNDO},
    {"undo-wins", no_argument, NULL, UNDO_WINNING},
    {"now-wins", no_argument, NULL, NOW_WINNING},
    {"table", required_argument, NULL, 't'},
    {"key", required_argument, NULL, 'k'},
    {"plan", required_argument, NULL, PLAN},
    CONNECT_LONG,
    USAGE_LEVEL_LONG,
    {NULL, 0, NULL, 0},
};

struct options {
    struct connect_options connect;
    char **undo_paths; /* the streams of merges, in their order */
    size_t n_undo_paths;
    const char *path, *sql, *counts, *rejects, *save_undo;
    struct singletable single; /* with a table */
    uint64_t show;
    enum undo_side side;
    bool dry_run, exit_code, strict, undo;
};

static uint64_t
take_number(const char *text)
{
    int64_t n;

    if (!number_parse(slice_string(text), &n) || n < 0)
        usage_wrong("--show needs a number of rows, not \"%s\"", text);
    return (uint64_t)n;
}

/* The option's place, or NULL when it is not one of that kind. */
static const char **
text_option(struct options *options, int letter)
{
    switch (letter) {
    case SQL:
        return &options->sql;
    case COUNTS:
        return &options->counts;
    case REJECTS:
        return &options->rejects;
    case SAVE_UNDO:
        return &options->save_undo;
    case 't':
        return &options->single.table;
    case 'k':
        return &options->single.key;
    case PLAN:
        return &options->single.plan;
    default:
        return NULL;
    }
}

static bool *
flag_option(struct options *options, int letter)
{
    switch (letter) {
    case 'n':
        return &options->dry_run;
    case EXIT_CODE:
        return &options->exit_code;
    case STRICT:
        return &options->strict;
    case UNDO:
        return &options->undo;
    default:
        return NULL;
    }
}

/* False when the letter is another one's. */
static bool
take_option(struct options *options, int letter)
{
    const char **text = text_option(options, letter);
    bool *flag = flag_option(options, letter);

    if (text != NULL)
        *text = optarg;
    else if (flag != NULL)
        *flag = true;
    else if (letter == SHOW)
        options->show = take_number(optarg);
    else if (letter == UNDO_WINNING || letter == NOW_WINNING)
        options->side = letter == UNDO_WINNING ? UNDO_WINS : UNDO_YIELDS;
    else
        return connect_option(&options->connect, letter, optarg);
    return true;
}

static void
parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(
                argc, argv, "nt:k:" USAGE_LEVEL_SHORT CONNECT_SHORT, long_options, NULL)) != -1) {
        if (!take_option(options, letter))
            usage_option(letter, usage);
    }
    if (!options->dry_run && (options->exit_code || options->sql != NULL))
        usage_wrong("--exit-code and --sql need --dry-run");
    if (options->dry_run && options->save_undo != NULL)
        usage_wrong("--save-undo has nothing to save of a dry run");
    if (options->side != UNDO_STOPS && !options->undo)
        usage_wrong("--undo-wins and --now-wins need --undo");
    if (options->undo && (options->single.table != NULL || options->save_undo != NULL))
        usage_wrong("--undo needs nothing but its stream");
    if (options->single.key != NULL && options->single.table == NULL)
        usage_wrong("--key needs -t: in a stream the plan names the keys");
    if (options->single.plan != NULL && options->single.table == NULL)
        usage_wrong("--plan needs -t: a stream carries its plan");
    if (options->undo && argc > optind) {
        options->undo_paths = argv + optind;
        options->n_undo_paths = (size_t)(argc - optind);
    } else {
        options->path = usage_file(argc, argv);
    }
}

static void
open_connections(struct merge *merge, const struct options *options)
{
    if (!options->dry_run)
        merge->writer = transaction_begin(&options->connect);
    merge->reader = connect_open(&options->connect, "upserter reader");
    server_run(merge->reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static enum msg_status
verdict(const struct merge *merge, const struct options *options)
{
    tally_line(&merge->sum);
    tally_verdict(&merge->sum, options->dry_run ? TALLY_DRY_RUN : TALLY_REAL, &merge->skipped);
    if (options->exit_code && tally_writes(&merge->sum))
        return STATUS_DIFFERENT;
    return merge->sum.rejected > 0 || merge->skipped.tables > 0 ? STATUS_PARTIAL : STATUS_OK;
}

struct files {
    struct output sql, counts;
    struct undolog undo;
};

static void
open_files(struct merge *merge, const struct options *options, struct files *files)
{
    rejects_init(&merge->rejects, options->rejects);
    if (options->sql != NULL)
        output_create(merge->sql = &files->sql, options->sql);
    if (options->counts != NULL)
        output_create(merge->counts = &files->counts, options->counts);
    if (options->save_undo != NULL)
        undolog_open(merge->undo = &files->undo, options->save_undo);
}

/* All of it before COMMIT: what cannot be written is a reason not to. */
static void
close_files(struct merge *merge)
{
    if (merge->sql != NULL)
        output_close(merge->sql);
    if (merge->counts != NULL)
        output_close(merge->counts);
    if (merge->undo != NULL)
        undolog_seal(merge->undo, merge->writer);
}

static int
merge_rows(const struct options *options)
{
    struct plan plan = {0};
    struct merge merge = {.plan = &plan,
        .strictness = options->strict ? MERGE_STRICT : MERGE_GO_ON,
        .show.limit = options->show};
    struct files files;

    open_connections(&merge, options);
    open_files(&merge, options, &files);
    merge_init(&merge);
    if (options->single.table != NULL)
        singletable_merge(&merge, &plan, &options->single, options->path);
    else
        mergestream_merge(&merge, &plan, options->path);
    merge_finish(&merge);
    close_files(&merge);
    if (merge.writer != NULL)
        transaction_commit(merge.writer, options->save_undo);
    PQfinish(merge.reader);
    PQfinish(merge.writer);
    return (int)verdict(&merge, options);
}

static int
undo_merge(const struct options *options)
{
    struct undo undo = {
        .side = options->side, .mode = options->dry_run ? TALLY_UNDO_DRY_RUN : TALLY_UNDO};
    struct output counts;

    undo.writer = transaction_begin(&options->connect);
    if (options->counts != NULL)
        output_create(undo.counts = &counts, options->counts);
    if (options->n_undo_paths > 0)
        undo_run(&undo, options->undo_paths, options->n_undo_paths);
    else
        undo_run(&undo, (char *[]){NULL}, 1); /* standard input */
    return (int)undo_end(&undo);
}

int
main(int argc, char **argv)
{
    struct options options = {0};

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    return options.undo ? undo_merge(&options) : merge_rows(&options);
}
