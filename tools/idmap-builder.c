/* idmap-builder: makes ids and references the live database's. See idmap-builder(1). */
#include <getopt.h>

#include "msg.h"
#include "remapstream.h"
#include "usage.h"

static const char usage[] =
    "Usage: idmap-builder [OPTION]... [FILE]\n"
    "Make the ids and references in a merge stream those of the live database.\n"
    "Without FILE, or with -, read standard input.\n"
    "\n"
    "      --dry-run        reserve no ids: new rows get provisional ones\n"
    "      --map=FILE       write the id map as TSV: table, old, live\n"
    "  -q, --quiet          errors only\n"
    "  -v, --verbose        say more\n"
    "  -V, --version        print the version\n"
    "      --help           print this help\n"
    "\n"
    "Connection options, as psql has them:\n" CONNECT_USAGE;

enum { DRY_RUN = USAGE_OWN, MAP };

static const struct option long_options[] = {
    {"dry-run", no_argument, NULL, DRY_RUN},
    {"map", required_argument, NULL, MAP},
    CONNECT_LONG,
    USAGE_LEVEL_LONG,
    {NULL, 0, NULL, 0},
};

static void
parse_options(struct remapstream_options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(
                argc, argv, USAGE_LEVEL_SHORT CONNECT_SHORT, long_options, NULL)) != -1) {
        switch (letter) {
        case DRY_RUN:
            options->ids = REMAPSTREAM_PROVISIONAL;
            break;
        case MAP:
            options->map = optarg;
            break;
        default:
            if (!connect_option(&options->connect, letter, optarg))
                usage_option(letter, usage);
        }
    }
    options->path = usage_file(argc, argv);
}

int
main(int argc, char **argv)
{
    struct remapstream_options options = {0};

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    remapstream_run(&options);
    return STATUS_OK;
}
