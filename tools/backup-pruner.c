/* backup-pruner: decides which backup sets are kept, and says why. See backup-pruner(1). */
#include <getopt.h>
#include <time.h>

#include "msg.h"
#include "number.h"
#include "setlist.h"
#include "usage.h"

static const char usage[] =
    "Usage: backup-pruner [OPTION]... [FILE]\n"
    "Read a list of backup sets (TSV: name, type, time, verified, pinned, ...) and write\n"
    "it with a decision for each, keep or remove, and the reason. Nothing is removed.\n"
    "Without FILE, or with -, read standard input.\n"
    "\n"
    "      --last=N     keep the newest N (default 3)\n"
    "      --daily=N    keep the newest of each of the latest N days that have one (7)\n"
    "      --weekly=N   the same for ISO weeks (4)\n"
    "      --monthly=N  the same for months (12)\n"
    "      --yearly=N   the same for years (0)\n"
    "      --now=TIME   sets dated later are of the future (default: the clock)\n"
    "  -V, --version    print the version\n"
    "      --help       print this help\n";

enum { HELP = 256, LAST, DAILY, WEEKLY, MONTHLY, YEARLY, NOW };

static const struct option long_options[] = {
    {"daily", required_argument, NULL, DAILY},
    {"help", no_argument, NULL, HELP},
    {"last", required_argument, NULL, LAST},
    {"monthly", required_argument, NULL, MONTHLY},
    {"now", required_argument, NULL, NOW},
    {"version", no_argument, NULL, 'V'},
    {"weekly", required_argument, NULL, WEEKLY},
    {"yearly", required_argument, NULL, YEARLY},
    {NULL, 0, NULL, 0},
};

static size_t
parse_count(const char *option)
{
    int64_t n;

    if (!number_parse(slice_string(optarg), &n) || n < 0 || n > 1000000)
        usage_wrong("--%s: \"%s\" is not a number up to 1000000", option, optarg);
    return (size_t)n;
}

static int64_t
parse_now(void)
{
    struct civil time;

    if (!civil_parse(slice_string(optarg), &time))
        usage_wrong("--now: \"%s\" is no time such as 2026-11-20 02:00:00+01:00", optarg);
    return time.instant;
}

static void
take_option(struct retention_rules *rules, int letter)
{
    switch (letter) {
    case LAST:
        rules->last = parse_count("last");
        break;
    case DAILY:
        rules->units[CIVIL_DAY] = parse_count("daily");
        break;
    case WEEKLY:
        rules->units[CIVIL_WEEK] = parse_count("weekly");
        break;
    case MONTHLY:
        rules->units[CIVIL_MONTH] = parse_count("monthly");
        break;
    case YEARLY:
        rules->units[CIVIL_YEAR] = parse_count("yearly");
        break;
    case NOW:
        rules->now = parse_now();
        break;
    case 'V':
        usage_version();
    case HELP:
        usage_help(usage);
    default:
        usage_hint();
    }
}

/* Returns FILE, or NULL. */
static const char *
parse_options(struct retention_rules *rules, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(argc, argv, "V", long_options, NULL)) != -1)
        take_option(rules, letter);
    if (argc - optind > 1)
        usage_wrong("more than one FILE: \"%s\"", argv[optind + 1]);
    return argv[optind];
}

int
main(int argc, char **argv)
{
    struct retention_rules rules = {.last = 3,
        .units = {[CIVIL_DAY] = 7, [CIVIL_WEEK] = 4, [CIVIL_MONTH] = 12, [CIVIL_YEAR] = 0},
        .now = (int64_t)time(NULL)};
    struct setlist *list;
    const char *path;

    msg_init(argv[0]);
    path = parse_options(&rules, argc, argv);
    list = setlist_read(path);
    retention_decide(&rules, list->sets, list->n);
    setlist_write(list);
    return STATUS_OK;
}
