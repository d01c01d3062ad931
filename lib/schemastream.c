#include "schemastream.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "stream.h"

static void
take_source(struct schemastream *backup, const struct stream_reader *reader)
{
    char *name = stream_field(reader, 1);

    if (name != NULL && strcmp(name, "client_encoding") == 0)
        backup->encoding = stream_field(reader, 2);
    free(name);
}

static void
take_fact(struct schemastream *backup, const struct stream_reader *reader)
{
    char *reason;

    if (!facts_parse(&backup->schema, reader->rest, &reason))
        msg_fatal(STATUS_INPUT, "%s: %s", reader->input->name, reason);
}

static void
take_sample(struct schemastream *backup, const struct stream_reader *reader)
{
    struct evidence_sample *sample =
        MEM_APPEND(backup->samples, backup->n_samples, backup->room_samples);

    *sample = (struct evidence_sample){.table = stream_field(reader, 1)};
    if (sample->table == NULL)
        sample->table = mem_string("");
    for (size_t i = 2; i < reader->n_fields; i++) {
        char *name = stream_field(reader, i); /* bare */

        schema_add_name(&sample->columns, name != NULL ? name : "");
        free(name);
    }
    evidence_start(sample);
}

void
schemastream_read(struct schemastream *backup, const char *path)
{
    struct stream_reader *reader = stream_open(path, STREAM_SCHEMA);
    enum stream_event event;

    while ((event = stream_read(reader)) != STREAM_TRAILER) {
        if (event == STREAM_SOURCE)
            take_source(backup, reader);
        else if (event == STREAM_FACT)
            take_fact(backup, reader);
        else if (event == STREAM_SAMPLE)
            take_sample(backup, reader);
        else if (event == STREAM_ROW && reader->block == STREAM_SAMPLE)
            evidence_add(&backup->samples[backup->n_samples - 1], reader->line);
    }
    stream_close(reader);
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
