#include "rulesfile.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "msg.h"
#include "planverify.h"

static void
require_no_errors(const char *name, size_t errors)
{
    if (errors > 0)
        msg_fatal(
            STATUS_USAGE, "%s: %zu line%s cannot be used", name, errors, errors > 1 ? "s" : "");
}

/* All bytes of the file; process lifetime. It may be a pipe, and is looked at several times. */
static struct slice
read_whole(const char *path)
{
    struct input *input = input_open_plain(path);
    struct buf text = {0};
    struct slice line;
    bool terminated;

    while (input_line(input, &line, &terminated)) {
        buf_add_slice(&text, line);
        buf_add_char(&text, '\n');
    }
    input_close(input);
    return buf_slice(&text);
}

/* Takes the first line off; false when there is none. */
static bool
take_line(struct slice *text, struct slice *line)
{
    const char *end = text->length > 0 ? memchr(text->data, '\n', text->length) : NULL;

    if (end == NULL)
        return false;
    *line = slice_make(text->data, (size_t)(end - text->data));
    *text = slice_make(end + 1, text->length - line->length - 1);
    return true;
}

static void
require_readable(const char *path)
{
    struct stat status;

    if (access(path, R_OK) != 0 || stat(path, &status) != 0)
        msg_fatal(STATUS_USAGE, "cannot read the rules in %s: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        msg_fatal(STATUS_USAGE, "%s is a folder, not a file of rules", path);
}

/* Returns how many lines cannot be used. */
static size_t
parse_pass(struct rules *rules, struct slice text, struct schema *backup, const struct schema *live,
    enum rules_pass pass)
{
    struct slice line;
    size_t errors = 0;
    char *reason;

    for (unsigned long number = 1; take_line(&text, &line); number++) {
        if (rules_parse(rules, backup, live, line, number, pass, &reason))
            continue;
        msg_error("%s:%lu: %s", rules->file, number, reason);
        errors++;
    }
    return errors;
}

void
rulesfile_read(
    struct rules *rules, const char *path, struct schema *backup, const struct schema *live)
{
    struct slice text;
    unsigned long line;
    size_t errors = 0;
    char *reason;

    rules->file = path != NULL ? path : RULESFILE_DEFAULT;
    if (path == NULL && access(rules->file, F_OK) != 0)
        return;
    require_readable(rules->file);
    msg_info("rules of %s", rules->file);
    text = read_whole(rules->file);
    for (int pass = 0; pass < RULES_PASSES; pass++)
        errors += parse_pass(rules, text, backup, live, (enum rules_pass)pass);
    if (errors == 0 && !rules_check(rules, live, &line, &reason)) {
        msg_error("%s:%lu: %s", rules->file, line, reason);
        errors++;
    }
    require_no_errors(rules->file, errors);
}

static bool
is_pipe(const char *path)
{
    struct stat status;

    return stat(path, &status) != 0 || !S_ISREG(status.st_mode);
}

void
rulesfile_check(const char *path)
{
    struct rules rules = {.file = path != NULL ? path : RULESFILE_DEFAULT};

    if (path != NULL)
        require_readable(path);
    if (!is_pipe(rules.file))
        require_no_errors(
            rules.file, parse_pass(&rules, read_whole(rules.file), NULL, NULL, RULES_PASS_REST));
}

static void
retitle_table(struct schema *backup, const struct plan_table *table)
{
    struct schema_table *from = schema_find_table(backup, plan_table_backup(table));

    if (from == NULL)
        return;
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].backup != NULL)
            schema_retitle_column(backup, from, table->columns[i].backup, table->columns[i].name);
    if (table->backup != NULL)
        schema_retitle_table(backup, table->backup, table->name);
}

/* Names are needed before the records can be verified; bad lines are named afterwards. */
static void
retitle(struct schema *backup, struct slice text)
{
    struct plan plan = {0};
    struct slice line;
    char *reason;

    while (take_line(&text, &line))
        plan_parse(&plan, line, &reason);
    for (size_t i = 0; i < plan.n_tables; i++)
        retitle_table(backup, &plan.tables[i]);
}

void
rulesfile_read_plan(
    struct plan *plan, const char *path, struct schema *backup, const struct schema *live)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct slice text = read_whole(path), line;
    size_t errors = 0;
    char *reason;

    retitle(backup, text);
    for (unsigned long number = 1; take_line(&text, &line); number++) {
        if (plan_parse(plan, line, &reason) && planverify_last(plan, backup, live, &reason))
            continue;
        msg_error("%s:%lu: %s", name, number, reason);
        errors++;
    }
    require_no_errors(name, errors);
    if (!plan_check(plan, &reason))
        msg_fatal(STATUS_USAGE, "%s: %s", name, reason);
}

void
rulesfile_check_plan(const char *path)
{
    struct plan plan = {0};
    struct slice text, line;
    size_t errors = 0;
    char *reason;

    if (is_pipe(path))
        return;
    text = read_whole(path);
    for (unsigned long number = 1; take_line(&text, &line); number++) {
        if (plan_parse(&plan, line, &reason))
            continue;
        msg_error("%s:%lu: %s", path, number, reason);
        errors++;
    }
    require_no_errors(path, errors);
    if (!plan_check(&plan, &reason))
        msg_fatal(STATUS_USAGE, "%s: %s", path, reason);
}
