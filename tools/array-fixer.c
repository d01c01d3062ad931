/* array-fixer: brings arrays of ids from the backup's ids to the live ones. See array-fixer(1). */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "arraystream.h"
#include "arraytable.h"
#include "mapfile.h"
#include "mem.h"
#include "msg.h"
#include "usage.h"

static const char usage[] =
    "Usage: array-fixer [OPTION]... [FILE]\n"
    "  or:  array-fixer [OPTION]... --column=NAME[=MAP]... [FILE]\n"
    "Rewrite arrays of ids: in a merge stream by the maps that it carries, or in the\n"
    "named columns of plain TSV with a header line by maps from files. Without FILE,\n"
    "or with -, read standard input.\n"
    "\n"
    "  -c, --column=NAME[=MAP]  fix this column of TSV, by the map in the file MAP\n"
    "  -m, --map=MAP            the map of the columns that name none: TSV of old and\n"
    "                           live id, or of table, old and live id\n"
    "  -t, --table=TABLE        the table whose ids they are, where a map holds several\n"
    "      --type=TYPE          their type (default: bigint)\n"
    "  -u, --unresolved=WORD    an id that the map has not: keep (default), null, drop\n"
    "                           or reject\n"
    "  -q, --quiet              say nothing but errors\n"
    "  -v, --verbose            say more\n"
    "  -V, --version            print the version\n"
    "      --help               print this help\n";

enum { TYPE = USAGE_OWN };

static const struct option long_options[] = {
    {"column", required_argument, NULL, 'c'},
    {"map", required_argument, NULL, 'm'},
    {"table", required_argument, NULL, 't'},
    {"type", required_argument, NULL, TYPE},
    {"unresolved", required_argument, NULL, 'u'},
    USAGE_LEVEL_LONG,
    {NULL, 0, NULL, 0},
};

struct column {
    char *name;
    const char *map; /* a path; NULL: the --map */
};

struct options {
    const char *path, *map, *table, *type, *unresolved;
    struct column *columns;
    size_t n_columns, room_columns;
};

/* `NAME` or `NAME=MAP`. */
static void
add_column(struct options *options, const char *argument)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);

    if (length == 0 || (equals != NULL && equals[1] == '\0'))
        usage_wrong("--column wants NAME or NAME=MAP, not \"%s\"", argument);
    *MEM_APPEND(options->columns, options->n_columns, options->room_columns) =
        (struct column){mem_copy(argument, length), equals != NULL ? equals + 1 : NULL};
}

static void
take_option(struct options *options, int letter)
{
    switch (letter) {
    case 'c':
        add_column(options, optarg);
        break;
    case 'm':
        options->map = optarg;
        break;
    case 't':
        options->table = optarg;
        break;
    case TYPE:
        options->type = optarg;
        break;
    case 'u':
        options->unresolved = optarg;
        break;
    default:
        usage_option(letter, usage);
    }
}

static void
check_options(const struct options *options)
{
    if (options->n_columns == 0 && (options->map != NULL || options->table != NULL ||
                                       options->type != NULL || options->unresolved != NULL))
        usage_wrong(
            "--map, --table, --type and --unresolved need --column: in a merge stream the plan "
            "says all that");
    for (size_t i = 0; i < options->n_columns; i++) {
        if (options->columns[i].map == NULL && options->map == NULL)
            usage_wrong("the column \"%s\" has no map: give --map", options->columns[i].name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(options->columns[i].name, options->columns[j].name) == 0)
                usage_wrong("the column \"%s\" is named twice", options->columns[i].name);
    }
}

static void
parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while (
        (letter = getopt_long(argc, argv, "c:m:t:u:" USAGE_LEVEL_SHORT, long_options, NULL)) != -1)
        take_option(options, letter);
    options->path = usage_file(argc, argv);
    check_options(options);
}

static enum plan_unresolved
parse_unresolved(const char *word)
{
    static const char *const words[] = {[PLAN_UNRESOLVED_KEEP] = "keep",
        [PLAN_UNRESOLVED_NULL] = "null",
        [PLAN_UNRESOLVED_DROP] = "drop",
        [PLAN_UNRESOLVED_REJECT] = "reject"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0)
            return (enum plan_unresolved)i;
    usage_wrong("--unresolved wants keep, null, drop or reject, not \"%s\"", word);
}

/* Every file is read once, however many columns name it. */
static struct arraytable_column *
read_maps(const struct options *options)
{
    struct arraytable_column *columns = mem_alloc(options->n_columns * sizeof *columns);

    for (size_t i = 0; i < options->n_columns; i++) {
        const char *path = options->columns[i].map != NULL ? options->columns[i].map : options->map;

        columns[i].name = options->columns[i].name;
        for (size_t j = 0; j < i && columns[i].map == NULL; j++) {
            const char *before = options->columns[j].map;

            if (strcmp(path, before != NULL ? before : options->map) == 0)
                columns[i].map = columns[j].map;
        }
        if (columns[i].map == NULL)
            columns[i].map = mapfile_read(&(struct mapfile_options){.path = path,
                .table = options->table,
                .type = options->type != NULL ? options->type : "bigint"});
    }
    return columns;
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    struct arraytable_options table = {0};

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    if (options.n_columns == 0) {
        arraystream_run(options.path);
        return STATUS_OK;
    }
    table.path = options.path;
    table.target = options.table != NULL ? options.table : "its table";
    table.unresolved = parse_unresolved(options.unresolved != NULL ? options.unresolved : "keep");
    table.n_columns = options.n_columns;
    table.columns = read_maps(&options);
    return (int)arraytable_run(&table);
}
