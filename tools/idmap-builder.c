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

enum { HELP = 256, DRY_RUN, MAP };

static const struct option long_options[] = {
    {"dry-run", no_argument, NULL, DRY_RUN},
    {"map", required_argument, NULL, MAP},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, HELP},
    CONNECT_LONG,
    {NULL, 0, NULL, 0},
};

static void
parse_options(struct remapstream_options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(argc, argv, "qvV" CONNECT_SHORT, long_options, NULL)) != -1) {
        switch (letter) {
        case DRY_RUN:
            options->ids = REMAPSTREAM_PROVISIONAL;
            break;
        case MAP:
            options->map = optarg;
            break;
        case 'q':
            msg_set_level(MSG_QUIET);
            break;
        case 'v':
            msg_set_level(MSG_VERBOSE);
            break;
        case 'V':
            usage_version();
        case HELP:
            usage_help(usage);
        default:
            if (!connect_option(&options->connect, letter, optarg))
                usage_hint();
        }
    }
    if (argc - optind > 1)
        usage_wrong("more than one FILE: \"%s\"", argv[optind + 1]);
    options->path = argv[optind];
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
