#include "rulesfile.h"

#include <errno.h>
#include <string.h>
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

void
rulesfile_read(
    struct rules *rules, const char *path, const struct schema *backup, const struct schema *live)
{
    struct input *input;
    struct slice line;
    bool terminated;
    size_t errors = 0;
    char *reason;

    rules->file = path != NULL ? path : RULESFILE_DEFAULT;
    if (path == NULL && access(rules->file, F_OK) != 0)
        return;
    if (access(rules->file, R_OK) != 0)
        msg_fatal(STATUS_USAGE, "cannot read the rules in %s: %s", rules->file, strerror(errno));
    msg_info("rules of %s", rules->file);
    input = input_open_plain(rules->file);
    for (unsigned long number = 1; input_line(input, &line, &terminated); number++) {
        if (rules_parse(rules, backup, live, line, number, &reason))
            continue;
        msg_error("%s:%lu: %s", rules->file, number, reason);
        errors++;
    }
    input_close(input);
    require_no_errors(rules->file, errors);
}

void
rulesfile_read_plan(
    struct plan *plan, const char *path, const struct schema *backup, const struct schema *live)
{
    struct input *input = input_open_plain(path);
    struct slice line;
    bool terminated;
    size_t errors = 0;
    char *reason;

    for (unsigned long number = 1; input_line(input, &line, &terminated); number++) {
        if (plan_parse(plan, line, &reason) && planverify_last(plan, backup, live, &reason))
            continue;
        msg_error("%s:%lu: %s", input->name, number, reason);
        errors++;
    }
    require_no_errors(input->name, errors);
    if (!plan_check(plan, &reason))
        msg_fatal(STATUS_USAGE, "%s: %s", input->name, reason);
    input_close(input);
}
