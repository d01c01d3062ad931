/* schema-differ: decides what a merge does with every table and column. See schema-differ(1). */
#include <getopt.h>

#include "catalog.h"
#include "connect.h"
#include "decide.h"
#include "differ.h"
#include "explain.h"
#include "facts.h"
#include "jsonids.h"
#include "msg.h"
#include "output.h"
#include "planreport.h"
#include "rulesfile.h"
#include "schemastream.h"
#include "server.h"
#include "usage.h"

static const char usage[] =
    "Usage: schema-differ [OPTION]... [FILE]\n"
    "Compare a backup's schema, a stream of dump-splitter --schema, with the live database and\n"
    "print the plan of a merge. Without FILE, or with -, read standard input.\n"
    "\n"
    "      --check-words    check the words of the rules or the plan alone; reads no input\n"
    "      --differences    print what differs between the schemas instead\n"
    "      --explain        explain the plan for people instead of printing it\n"
    "      --facts          print the live database's facts instead; reads no input\n"
    "      --plan=FILE      check an edited plan instead of making one\n"
    "      --rules=FILE     the rules (default: merge.rules, if there is one)\n"
    "  -q, --quiet          errors only\n"
    "  -v, --verbose        say more\n"
    "  -V, --version        print the version\n"
    "      --help           print this help\n"
    "\n"
    "Connection options, as psql has them:\n" CONNECT_USAGE;

enum { CHECK_WORDS = USAGE_OWN, DIFFERENCES, EXPLAIN, FACTS, PLAN, RULES };
enum mode { MODE_DECIDE, MODE_DIFFERENCES, MODE_FACTS, MODE_VERIFY };

static const struct option long_options[] = {
    {"check-words", no_argument, NULL, CHECK_WORDS},
    {"differences", no_argument, NULL, DIFFERENCES},
    {"explain", no_argument, NULL, EXPLAIN},
    {"facts", no_argument, NULL, FACTS},
    {"plan", required_argument, NULL, PLAN},
    {"rules", required_argument, NULL, RULES},
    CONNECT_LONG,
    USAGE_LEVEL_LONG,
    {NULL, 0, NULL, 0},
};

struct options {
    struct connect_options connect;
    enum mode mode;
    bool check_words, explain;
    const char *path, *plan, *rules;
};

static void
set_mode(struct options *options, enum mode mode)
{
    if (options->mode != MODE_DECIDE)
        usage_wrong("--differences, --facts and --plan exclude one another");
    options->mode = mode;
}

static void
parse_options(struct options *options, int argc, char **argv)
{
    int letter;

    while ((letter = getopt_long(
                argc, argv, USAGE_LEVEL_SHORT CONNECT_SHORT, long_options, NULL)) != -1) {
        switch (letter) {
        case CHECK_WORDS:
            options->check_words = true;
            break;
        case DIFFERENCES:
            set_mode(options, MODE_DIFFERENCES);
            break;
        case EXPLAIN:
            options->explain = true;
            break;
        case FACTS:
            set_mode(options, MODE_FACTS);
            break;
        case PLAN:
            set_mode(options, MODE_VERIFY);
            options->plan = optarg;
            break;
        case RULES:
            options->rules = optarg;
            break;
        default:
            if (!connect_option(&options->connect, letter, optarg))
                usage_option(letter, usage);
        }
    }
    if (options->explain && (options->mode == MODE_DIFFERENCES || options->mode == MODE_FACTS))
        usage_wrong("--explain is about a plan: not with --differences or --facts");
    if (options->check_words &&
        (options->explain || options->mode == MODE_DIFFERENCES || options->mode == MODE_FACTS))
        usage_wrong("--check-words is about rules or a plan alone: not with --differences, "
                    "--explain or --facts");
    if ((options->mode == MODE_FACTS || options->check_words) && argc > optind)
        usage_wrong("one argument too many: \"%s\"", argv[optind]);
    options->path = usage_file(argc, argv);
}

struct state {
    PGconn *connection;
    struct schemastream backup;
    struct schema live;
    struct rules rules;
    struct decide decide;
};

static void
require_privileges(const struct state *state, const struct plan *plan)
{
    char *grants = catalog_missing_privileges(state->connection, plan);

    if (grants != NULL)
        msg_fatal(STATUS_CONNECTION, "the role lacks privileges in %s; they are granted by:\n%s",
            connect_describe(state->connection), grants);
}

static void
make_plan(struct state *state, struct plan *plan)
{
    struct evidence evidence = {.connection = state->connection,
        .samples = state->backup.samples,
        .n_samples = state->backup.n_samples,
        .decide = &state->decide};
    char *reason;

    evidence_gather(&evidence);
    decide_lineages(&state->decide, plan);
    evidence_made(state->connection, &state->decide);
    evidence_vacant(state->connection, &state->decide);
    decide_plan(&state->decide, plan);
    if (!plan_check(plan, &reason))
        msg_fatal(STATUS_USAGE, "the rules make no plan that can be carried out: %s", reason);
    planreport_say(&state->decide, plan);
    jsonids_say(state->connection, &state->backup, &state->decide, plan);
}

/* What differs, or is left out for another reason than that there is nothing to merge, or a rule.
 */
static enum msg_status
verdict(const struct state *state, size_t differences)
{
    for (size_t i = 0; i < state->decide.n_tables; i++)
        if (state->decide.tables[i].skip != NULL && !state->decide.tables[i].left_out)
            return STATUS_PARTIAL;
    return differences > 0 ? STATUS_PARTIAL : STATUS_OK;
}

/* An edited plan has taken the place of the rules. */
static void
read_words(struct state *state, const struct options *options, struct plan *plan)
{
    if (options->mode == MODE_VERIFY) {
        rulesfile_read_plan(plan, options->plan, &state->backup.schema, &state->live);
        return;
    }
    rulesfile_read(&state->rules, options->rules, &state->backup.schema, &state->live);
    schemastream_rename_samples(&state->backup, &state->rules);
}

static void
read_both(struct state *state, const struct options *options, struct plan *plan)
{
    schemastream_read(&state->backup, options->path, state->connection);
    catalog_load(state->connection, &state->live);
    state->live.default_schema = connect_schema(state->connection);
    read_words(state, options, plan);
    state->decide = (struct decide){
        .backup = &state->backup.schema, .live = &state->live, .rules = &state->rules};
    decide_tables(&state->decide);
}

static enum msg_status
run(struct state *state, const struct options *options)
{
    struct buf differences = {0}, text = {0};
    struct plan plan = {0};
    size_t n;

    msg_info("comparing with %s", connect_describe(state->connection));
    read_both(state, options, &plan);
    n = differ_list(&state->decide, &differences);
    if (options->mode == MODE_DIFFERENCES) {
        output_print(buf_slice(&differences));
        return verdict(state, n);
    }
    if (options->mode != MODE_VERIFY)
        make_plan(state, &plan);
    require_privileges(state, &plan);
    if (options->explain)
        explain_plan(&plan, &text);
    else
        plan_format(&plan, &text);
    output_print(buf_slice(&text));
    return verdict(state, n);
}

static enum msg_status
print_facts(struct state *state)
{
    struct buf text = {0};

    catalog_load(state->connection, &state->live);
    facts_format(&state->live, &text);
    output_print(buf_slice(&text));
    return STATUS_OK;
}

/* Before anything else is read, which may take long. */
static enum msg_status
check_words(const struct options *options)
{
    if (options->mode == MODE_VERIFY)
        rulesfile_check_plan(options->plan);
    else
        rulesfile_check(options->rules);
    return STATUS_OK;
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    struct state state = {0};
    enum msg_status status;

    msg_init(argv[0]);
    parse_options(&options, argc, argv);
    if (options.check_words)
        return (int)check_words(&options);
    state.connection = connect_open(&options.connect, "schema-differ");
    server_run(state.connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    status = options.mode == MODE_FACTS ? print_facts(&state) : run(&state, &options);
    PQfinish(state.connection);
    return (int)status;
}
