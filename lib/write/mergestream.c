#include "mergestream.h"

#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "recode.h"
#include "stream.h"
#include "streamplan.h"
#include "textstyle.h"

/*
 * idmap-builder says who held the merge lock before it took its snapshot. We hold it now: when that
 * was somebody else, another merge has ended meanwhile, and the snapshot may not show its rows.
 */
static void
check_lock_holder(const struct merge *merge, const char *holder)
{
    if (merge->writer != NULL && strtol(holder, NULL, 10) != PQbackendPID(merge->writer))
        msg_fatal(STATUS_TEMPORARY, "another merge into this database was just ending; try again");
}

/* What the tools before this one have made of the stream. */
struct made {
    bool ids, provisional;
    bool *begun; /* which tables of the plan have had their block */
};

static void
note_made(struct made *made, const char *name, const char *value)
{
    if (strcmp(name, "ids") == 0) {
        made->ids = true;
        made->provisional = strcmp(value, "live") != 0;
    }
}

static void
take_source(const struct merge *merge, struct made *made, const struct stream_reader *reader)
{
    char *name = stream_field(reader, 1), *value = stream_field(reader, 2);

    if (name != NULL && strcmp(name, "client_encoding") == 0 &&
        recode_is_needed(merge->reader, value))
        msg_fatal(STATUS_INPUT,
            "the rows are still in the backup's encoding (%s): put idmap-builder before this tool; "
            "nothing was committed",
            value);
    if (name != NULL && textstyle_has(slice_string(name)))
        msg_fatal(STATUS_INPUT,
            "dates and times are still as the backup's %s says: put idmap-builder before this "
            "tool; nothing was committed",
            name);
    if (name != NULL && value != NULL && strcmp(name, "lock_holder") == 0)
        check_lock_holder(merge, value);
    if (name != NULL && value != NULL)
        note_made(made, name, value);
    free(name);
    free(value);
}

/* A tool that was left out of the pipeline would leave the backup's ids in the live database. */
static void
check_made(const struct merge *merge, const struct made *made, const struct layout *layout)
{
    bool ids = layout->id != LAYOUT_NONE || layout->references.n > 0 ||
               layout->table->action == PLAN_APPEND;

    if (ids && !made->ids)
        msg_fatal(STATUS_INPUT,
            "the ids of %s are still the backup's: put idmap-builder before this "
            "tool; nothing was committed",
            layout->table->name);
    if (made->provisional && merge->writer != NULL)
        msg_fatal(STATUS_INPUT, "the ids in this stream are those of a dry run (idmap-builder "
                                "--dry-run); nothing was committed");
}

static void
take_mark(struct merge_table *table, const struct stream_reader *reader)
{
    if (slice_is(reader->fields[1], "new"))
        merge_mark(table, MERGE_NEW);
    else if (slice_is(reader->fields[1], "known"))
        merge_mark(table, MERGE_KNOWN);
    else
        msg_fatal(STATUS_INPUT, "%s: a block has the mark \"%.*s\", which this tool does not know",
            reader->input->name, (int)reader->fields[1].length, reader->fields[1].data);
}

static void
take_reject(struct merge_table *table, const struct stream_reader *reader)
{
    char *sqlstate = stream_field(reader, 1), *reason = stream_field(reader, 2);

    merge_reject_untranslated(
        table, sqlstate != NULL ? sqlstate : "00000", reason != NULL ? reason : "", reader->rest);
    free(sqlstate);
    free(reason);
}

static void
take_unchanged(struct merge_table *table, const struct stream_reader *reader)
{
    char *count = stream_field(reader, 1);

    merge_unchanged(table, strtoull(count != NULL ? count : "0", NULL, 10));
    free(count);
}

/* Rows of a second block would be looked up without those of the first. */
static void
require_one_block(const struct plan *plan, struct made *made, const struct layout *layout)
{
    size_t at = (size_t)(layout->table - plan->tables);

    if (made->begun == NULL)
        made->begun = mem_alloc(plan->n_tables + 1);
    if (made->begun[at])
        msg_fatal(STATUS_INPUT, "the stream has two blocks of %s", layout->table->name);
    made->begun[at] = true;
}

static struct merge_table *
start_table(
    struct merge *merge, struct plan *plan, struct made *made, const struct stream_reader *reader)
{
    struct layout layout;

    streamplan_check(plan, reader);
    streamplan_layout(plan, reader, &layout);
    check_made(merge, made, &layout);
    require_one_block(plan, made, &layout);
    return merge_table_new(merge, &layout);
}

void
mergestream_merge(struct merge *merge, struct plan *plan, const char *path)
{
    struct stream_reader *reader = stream_open(path, STREAM_ROWS);
    struct merge_table *table = NULL;
    struct made made = {0};
    enum stream_event event;

    while ((event = stream_read(reader)) != STREAM_TRAILER) {
        if (event == STREAM_SOURCE)
            take_source(merge, &made, reader);
        else if (event == STREAM_PLAN)
            streamplan_add(plan, reader);
        else if (event == STREAM_TABLE)
            table = start_table(merge, plan, &made, reader);
        else if (event == STREAM_ROW && reader->block == STREAM_TABLE)
            merge_row(table, reader->line);
        else if (event == STREAM_MAP) /* array-fixer takes them out of the stream */
            msg_fatal(STATUS_INPUT, "the arrays in this stream still hold the backup's ids: put "
                                    "array-fixer before this tool; nothing was committed");
        else if (event == STREAM_ROW && reader->block == STREAM_UNKNOWN)
            msg_fatal(STATUS_INPUT, "%s: holds a block of rows that this version does not know",
                reader->input->name);
        else if (event == STREAM_REJECT)
            take_reject(table, reader);
        else if (event == STREAM_MARK)
            take_mark(table, reader);
        else if (event == STREAM_UNCHANGED)
            take_unchanged(table, reader);
        else if (event == STREAM_END && table != NULL)
            merge_table_end(table);
        if (event == STREAM_END)
            table = NULL;
    }
    streamplan_check(plan, reader);
}
