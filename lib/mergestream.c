#include "mergestream.h"

#include <stdlib.h>

#include "msg.h"
#include "stream.h"
#include "streamplan.h"

static void
take_source(const struct merge *merge, const struct stream_reader *reader)
{
    char *name = stream_field(reader, 1), *value = stream_field(reader, 2);

    if (name != NULL && value != NULL && strcmp(name, "client_encoding") == 0 &&
        (PQsetClientEncoding(merge->reader, value) != 0 ||
            (merge->writer != NULL && PQsetClientEncoding(merge->writer, value) != 0)))
        msg_fatal(
            STATUS_INPUT, "the live database cannot convert the backup's encoding \"%s\"", value);
    free(name);
    free(value);
}

static void
take_reject(struct merge_table *table, const struct stream_reader *reader)
{
    char *sqlstate = stream_field(reader, 1), *reason = stream_field(reader, 2);

    merge_reject(
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

static struct merge_table *
start_table(struct merge *merge, struct plan *plan, const struct stream_reader *reader)
{
    struct layout layout;

    streamplan_check(plan, reader);
    streamplan_layout(plan, reader, &layout);
    return merge_table_new(merge, &layout);
}

void
mergestream_merge(struct merge *merge, struct plan *plan, const char *path)
{
    struct stream_reader *reader = stream_open(path, STREAM_ROWS);
    struct merge_table *table = NULL;
    enum stream_event event;

    while ((event = stream_read(reader)) != STREAM_TRAILER) {
        if (event == STREAM_SOURCE)
            take_source(merge, reader);
        else if (event == STREAM_PLAN)
            streamplan_add(plan, reader);
        else if (event == STREAM_TABLE)
            table = start_table(merge, plan, reader);
        else if (event == STREAM_ROW && reader->block == STREAM_TABLE)
            merge_row(table, reader->line);
        else if (event == STREAM_REJECT)
            take_reject(table, reader);
        else if (event == STREAM_UNCHANGED)
            take_unchanged(table, reader);
        else if (event == STREAM_END && table != NULL)
            merge_table_end(table);
        if (event == STREAM_END)
            table = NULL;
    }
    streamplan_check(plan, reader);
}
