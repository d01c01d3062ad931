#include "schemastream.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "recode.h"
#include "stream.h"

struct reading {
    struct schemastream *backup;
    struct stream_reader *stream;
    PGconn *connection;
    struct recode recode;
    bool recodes;
    struct textstyle style; /* of the samples that follow */
};

static void
take_sample_row(void *context, struct slice row)
{
    struct schemastream *backup = context;

    evidence_add(&backup->samples[backup->n_samples - 1], row);
}

static void
leave_out(void *context, struct slice row, const struct server_error *error)
{
    (void)context, (void)row, (void)error;
}

static void
take_source(struct reading *reading)
{
    char *name = stream_field(reading->stream, 1), *value = stream_field(reading->stream, 2);

    if (name != NULL && strcmp(name, "client_encoding") == 0 &&
        recode_is_needed(reading->connection, value)) {
        recode_init(&reading->recode, reading->connection, value, take_sample_row, leave_out,
            reading->backup);
        reading->recodes = true;
    }
    if (name != NULL && value != NULL)
        textstyle_set(&reading->style, slice_string(name), slice_string(value));
    if (name != NULL && strcmp(name, "damage") == 0 && value != NULL)
        reading->backup->schema.damage = mem_string(value);
    free(name);
    free(value);
}

static void
take_fact(struct schemastream *backup, const struct stream_reader *reader)
{
    char *reason;

    if (!facts_parse(&backup->schema, reader->rest, &reason))
        msg_fatal(STATUS_INPUT, "%s: %s", reader->input->name, reason);
}

static void
take_sample(
    struct schemastream *backup, const struct stream_reader *reader, const struct textstyle *style)
{
    struct evidence_sample *sample =
        MEM_APPEND(backup->samples, backup->n_samples, backup->room_samples);

    *sample = (struct evidence_sample){.table = stream_field(reader, 1), .style = *style};
    if (sample->table == NULL)
        sample->table = mem_string("");
    for (size_t i = 2; i < reader->n_fields; i++) {
        char *name = stream_field(reader, i); /* bare */

        schema_add_name(&sample->columns, name != NULL ? name : "");
        free(name);
    }
    evidence_start(sample);
}

static void
take_row(struct reading *reading)
{
    if (reading->recodes)
        recode_add(&reading->recode, reading->stream->line);
    else
        take_sample_row(reading->backup, reading->stream->line);
}

static void
take_event(struct reading *reading, enum stream_event event)
{
    switch (event) {
    case STREAM_SOURCE:
        take_source(reading);
        break;
    case STREAM_FACT:
        take_fact(reading->backup, reading->stream);
        break;
    case STREAM_SAMPLE:
        take_sample(reading->backup, reading->stream, &reading->style);
        break;
    case STREAM_END:
        if (reading->recodes)
            recode_flush(&reading->recode);
        break;
    case STREAM_ROW:
        if (reading->stream->block == STREAM_SAMPLE)
            take_row(reading);
        break;
    default:
        break;
    }
}

void
schemastream_read(struct schemastream *backup, const char *path, PGconn *connection)
{
    struct reading reading = {
        .backup = backup, .stream = stream_open(path, STREAM_SCHEMA), .connection = connection};
    enum stream_event event;

    while ((event = stream_read(reading.stream)) != STREAM_TRAILER)
        take_event(&reading, event);
    if (reading.recodes)
        recode_release(&reading.recode);
    stream_close(reading.stream);
}

void
schemastream_rename_samples(struct schemastream *backup, const struct rules *rules)
{
    for (size_t i = 0; i < backup->n_samples; i++) {
        struct evidence_sample *sample = &backup->samples[i];

        for (size_t j = 0; j < sample->columns.n; j++)
            sample->columns.names[j] =
                mem_string(rules_live_column(rules, sample->table, sample->columns.names[j]));
        sample->table = mem_string(rules_live_table(rules, sample->table));
    }
}
