/* dump-splitter: gives what a backup holds, as streams and tables. See dump-splitter(1). */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "backup.h"
#include "msg.h"
#include "split.h"
#include "splitplan.h"
#include "survey.h"
#include "usage.h"

static const char usage[] =
    "Usage: dump-splitter --schema [--sample=N] [--live=FILE] [--salvage] [OPTION]... [FILE]\n"
    "   or: dump-splitter --list [--salvage] [OPTION]... [FILE]\n"
    "   or: dump-splitter -t TABLE [--salvage] [OPTION]... [FILE]\n"
    "   or: dump-splitter --plan=PLAN [--allow-incomplete] [--salvage] [OPTION]... [FILE]\n"
    "Read a backup (a SQL script or an archive of pg_dump, compressed or not) and write\n"
    "what it holds to standard output. Nothing in it is executed. Without FILE, or with\n"
    "-, read standard input.\n"
    "\n"
    "      --schema            a merge stream of facts: tables, types, keys, references\n"
    "      --sample=N          with at most N rows of each table (default 500)\n"
    "      --live=FILE         and with those of the greatest ids that are in both databases\n"
    "  -l, --list              a list of the tables with their rows and bytes\n"
    "  -t, --table=TABLE       the rows of one table, with a header line\n"
    "      --plan=PLAN         a merge stream of the rows that the plan names, in its order\n"
    "      --salvage           of a damaged backup, the tables that are whole\n"
    "      --database=NAME     of a script with several databases, such as pg_dumpall's\n"
    "      --allow-incomplete  take a dump without pg_dump's closing comment for whole\n"
    "      --max-expanded=SIZE stop where compressed data gives more bytes (suffix K, M, G)\n"
    "  -v, --verbose           say more\n"
    "  -q, --quiet             say nothing but errors\n"
    "  -V, --version           print the version\n"
    "      --help              print this help\n";

enum { MOST_SAMPLES = 1000000 };
enum { SCHEMA = USAGE_OWN, SAMPLE, LIVE, PLAN, INCOMPLETE, DATABASE, MAX_EXPANDED, SALVAGE };

static const struct option long_options[] = {
    {"allow-incomplete", no_argument, NULL, INCOMPLETE},
    {"database", required_argument, NULL, DATABASE},
    {"list", no_argument, NULL, 'l'},
    {"live", required_argument, NULL, LIVE},
    {"max-expanded", required_argument, NULL, MAX_EXPANDED},
    {"plan", required_argument, NULL, PLAN},
    {"salvage", no_argument, NULL, SALVAGE},
    {"sample", required_argument, NULL, SAMPLE},
    {"schema", no_argument, NULL, SCHEMA},
    {"table", required_argument, NULL, 't'},
    USAGE_LEVEL_LONG,
    {NULL, 0, NULL, 0},
};

struct options {
    int mode; /* the letter of the option that says what is wanted, or 0 */
    const char *path, *table, *plan, *live;
    size_t samples;
    bool samples_given;
    struct backup_options backup;
};

/* Bytes, with a suffix for binary multiples of them. */
static uint64_t
parse_size(const char *text)
{
    static const char suffixes[] = "KMG";
    char *end;
    uint64_t n;
    const char *suffix;
    unsigned shift = 0;

    errno = 0;
    n = strtoull(text, &end, 10);
    suffix = *end != '\0' ? strchr(suffixes, *end) : NULL;
    if (suffix != NULL) {
        shift = 10 * (unsigned)(suffix - suffixes + 1);
        end++;
    }
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n == 0 ||
        n > UINT64_MAX >> shift)
        usage_wrong("--max-expanded: \"%s\" is not a number of bytes, such as 500M or 20G", text);
    return n << shift;
}

static void
set_mode(struct options *options, int mode)
{
    if (options->mode != 0)
        usage_wrong("only one of --schema, --list, --table and --plan can be given");
    options->mode = mode;
}

static void
parse_option(struct options *options, int letter)
{
    switch (letter) {
    case SCHEMA:
    case 'l':
        set_mode(options, letter);
        break;
    case 't':
        set_mode(options, letter);
        options->table = optarg;
        break;
    case PLAN:
        set_mode(options, letter);
        options->plan = optarg;
        options->backup.planned = true;
        break;
    case SAMPLE:
        options->samples = usage_number("sample", optarg, MOST_SAMPLES);
        options->samples_given = true;
        break;
    case LIVE:
        options->live = optarg;
        break;
    case INCOMPLETE:
        options->backup.allow_incomplete = true;
        break;
    case MAX_EXPANDED:
        options->backup.max_expanded = parse_size(optarg);
        break;
    case SALVAGE:
        options->backup.salvage = true;
        break;
    case DATABASE:
        options->backup.database = optarg;
        break;
    default:
        usage_option(letter, usage);
    }
}

static struct options
parse_options(int argc, char **argv)
{
    struct options options = {.samples = 500};
    int letter;

    while ((letter = getopt_long(argc, argv, "lt:" USAGE_LEVEL_SHORT, long_options, NULL)) != -1)
        parse_option(&options, letter);
    if (options.mode == 0)
        usage_wrong("one of --schema, --list, --table and --plan is needed");
    if (options.samples_given && options.mode != SCHEMA)
        usage_wrong("--sample goes with --schema only");
    if (options.live != NULL && options.mode != SCHEMA)
        usage_wrong("--live goes with --schema only");
    options.path = usage_file(argc, argv);
    return options;
}

/* Finds out what is whole, and says it where something is not, unless it was said before. */
static void
look_for_whole(struct backup *backup)
{
    struct survey survey;

    survey_take(&survey, backup);
    if (backup->damage == NULL)
        return;
    if (survey_whole(&survey) > 0)
        backup_warn(backup, "%s is damaged: %s", backup->name, backup->damage);
    if (!backup->options.planned || msg_get_level() == MSG_VERBOSE)
        survey_say(&survey);
    if (survey_whole(&survey) == 0)
        msg_fatal(STATUS_INPUT, "%s is damaged, and no table of it is whole: %s", backup->name,
            backup->damage);
}

static bool
write_wanted(const struct options *options, struct backup *backup, const struct plan *plan)
{
    switch (options->mode) {
    case SCHEMA:
        split_schema(backup, options->samples,
            options->live != NULL ? split_read_live(options->live) : NULL);
        return true;
    case 'l':
        split_list(backup);
        return true;
    case 't':
        return split_table(backup, options->table) == 0;
    default:
        return splitplan_write(backup, plan) == 0;
    }
}

int
main(int argc, char **argv)
{
    struct options options;
    struct plan *plan = NULL;
    struct survey_failure failure;
    struct backup *backup;
    bool all;

    msg_init(argv[0]);
    options = parse_options(argc, argv);
    if (options.plan != NULL)
        plan = splitplan_read(options.plan);
    failure = (struct survey_failure){options.path, options.backup};
    if (!options.backup.salvage)
        survey_at_failure(&failure);
    backup = backup_open(options.path, &options.backup);
    if (options.backup.salvage)
        look_for_whole(backup);
    all = write_wanted(&options, backup, plan) && backup->damage == NULL;
    backup_close(backup);
    return all ? STATUS_OK : STATUS_PARTIAL;
}
