#include "streamplan.h"

#include <stdlib.h>

#include "mem.h"
#include "msg.h"

void
streamplan_add(struct plan *plan, const struct stream_reader *reader)
{
    char *reason;

    if (!plan_parse(plan, reader->rest, &reason))
        msg_fatal(
            STATUS_INPUT, "%s: the plan in the stream is wrong: %s", reader->input->name, reason);
}

void
streamplan_check(const struct plan *plan, const struct stream_reader *reader)
{
    char *reason;

    if (!plan_check(plan, &reason))
        msg_fatal(
            STATUS_INPUT, "%s: the plan in the stream is wrong: %s", reader->input->name, reason);
}

void
streamplan_layout(
    const struct plan *plan, const struct stream_reader *reader, struct layout *layout)
{
    size_t n = reader->n_fields - 2;
    char **names = mem_alloc((n + 1) * sizeof *names), *reason, *table = stream_field(reader, 1);

    for (size_t i = 0; i < n; i++) {
        names[i] = stream_field(reader, i + 2);
        if (names[i] == NULL)
            msg_fatal(STATUS_INPUT, "%s: a block has a column without a name", reader->input->name);
    }
    if (table == NULL || !layout_init(layout, plan, table, names, n, &reason))
        msg_fatal(STATUS_INPUT, "%s: %s", reader->input->name,
            table == NULL ? "a block has no table" : reason);
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(table);
}
