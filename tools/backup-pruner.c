/* backup-pruner: decides which backup sets are kept, and says why. See backup-pruner(1). */
#include <getopt.h>
#include <time.h>

#include "msg.h"
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

enum { MOST = 1000000 }; /* of each rule */
enum { LAST = USAGE_OWN, DAILY, WEEKLY, MONTHLY, YEARLY, NOW };

static const struct option long_options[] = {
    {"daily", required_argument, NULL, DAILY},
    {"last", required_argument, NULL, LAST},
    {"monthly", required_argument, NULL, MONTHLY},
    {"now", required_argument, NULL, NOW},
    {"weekly", required_argument, NULL, WEEKLY},
    {"yearly", required_argument, NULL, YEARLY},
    USAGE_LONG,
    {NULL, 0, NULL, 0},
};

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
        rules->last = usage_number("last", optarg, MOST);
        break;
    case DAILY:
        rules->units[CIVIL_DAY] = usage_number("daily", optarg, MOST);
        break;
    case WEEKLY:
        rules->units[CIVIL_WEEK] = usage_number("weekly", optarg, MOST);
        break;
    case MONTHLY:
        rules->units[CIVIL_MONTH] = usage_number("monthly", optarg, MOST);
        break;
    case YEARLY:
        rules->units[CIVIL_YEAR] = usage_number("yearly", optarg, MOST);
        break;
    case NOW:
        rules->now = parse_now();
        break;
    default:
        usage_option(letter, usage);
    }
}

/* Returns FILE, or NULL. */
static const char *
parse_options(struct retention_rules *rules, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(argc, argv, USAGE_SHORT, long_options, NULL)) != -1)
        take_option(rules, letter);
    return usage_file(argc, argv);
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
