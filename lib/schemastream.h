#ifndef SCHEMASTREAM_H
#define SCHEMASTREAM_H
/*
 * A merge stream of kind schema, read whole: what a backup declares, and samples of its rows.
 */
#include "evidence.h"
#include "schema.h"

struct schemastream {
    struct schema schema;
    char *encoding; /* the backup's client_encoding, or NULL */
    struct evidence_sample *samples;
    size_t n_samples, room_samples;
};

/* `path` as stream_open(). Ends the process when the stream is not whole or a fact is malformed. */
void schemastream_read(struct schemastream *backup, const char *path);
/* The samples get the live names that rules give, as the schema did. */
void schemastream_rename_samples(struct schemastream *backup, const struct rules *rules);

#endif
