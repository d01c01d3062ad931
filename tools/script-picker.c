/* script-picker: the part of a plain SQL backup that psql is to run. See script-picker(1). */
#include <getopt.h>

#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "scriptpick.h"
#include "usage.h"

static const char usage[] =
    "Usage: script-picker [OPTION]... [FILE]\n"
    "Write the statements of a plain SQL backup (also compressed) that psql is to run\n"
    "within one transaction, or a part of them. Whoever runs them must not commit unless\n"
    "the exit status is 0. Without FILE, or with -, read standard input.\n"
    "\n"
    "  -s, --schema-only       only what makes tables and the like, no rows\n"
    "  -a, --data-only         only rows and the states of sequences\n"
    "  -t, --table=TABLE       with --data-only: only the rows of this table, and of\n"
    "                          others so named\n"
    "  -O, --no-owner          without owners and grants\n"
    "      --allow-incomplete  take a backup without pg_dump's closing comment for whole\n"
    "  -V, --version           print the version\n"
    "      --help              print this help\n";

enum { INCOMPLETE = USAGE_OWN };

static const struct option long_options[] = {
    {"allow-incomplete", no_argument, NULL, INCOMPLETE},
    {"data-only", no_argument, NULL, 'a'},
    {"no-owner", no_argument, NULL, 'O'},
    {"schema-only", no_argument, NULL, 's'},
    {"table", required_argument, NULL, 't'},
    USAGE_LONG,
    {NULL, 0, NULL, 0},
};

struct tables {
    const char **names;
    size_t n, room;
};

static void
set_part(struct scriptpick_options *options, enum scriptpick_part part)
{
    if (options->part != SCRIPTPICK_ALL && options->part != part)
        usage_wrong("only one of --schema-only and --data-only can be given");
    options->part = part;
}

static void
add_table(struct tables *tables)
{
    char *schema, *name;

    if (!ident_parse_qualified(slice_string(optarg), &schema, &name))
        usage_wrong("--table: \"%s\" is no name of a table", optarg);
    *MEM_APPEND(tables->names, tables->n, tables->room) =
        ident_qualified(schema != NULL ? schema : "public", name);
}

static void
take_option(struct scriptpick_options *options, struct tables *tables, int letter)
{
    switch (letter) {
    case 's':
        set_part(options, SCRIPTPICK_SCHEMA);
        break;
    case 'a':
        set_part(options, SCRIPTPICK_DATA);
        break;
    case 't':
        add_table(tables);
        break;
    case 'O':
        options->owners = SCRIPTPICK_NO_OWNERS;
        break;
    case INCOMPLETE:
        options->incomplete = SCRIPTPICK_ALLOW_INCOMPLETE;
        break;
    default:
        usage_option(letter, usage);
    }
}

int
main(int argc, char **argv)
{
    struct scriptpick_options options = {0};
    struct tables tables = {0};
    int letter;

    msg_init(argv[0]);
    while ((letter = getopt_long(argc, argv, "sat:O" USAGE_SHORT, long_options, NULL)) != -1)
        take_option(&options, &tables, letter);
    if (tables.n > 0 && options.part != SCRIPTPICK_DATA)
        usage_wrong("--table goes with --data-only");
    options.path = usage_file(argc, argv);
    options.tables = tables.names;
    options.n_tables = tables.n;
    scriptpick_run(&options);
    return STATUS_OK;
}
