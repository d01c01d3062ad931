#ifndef SCHEMASTREAM_H
#define SCHEMASTREAM_H
/*
 * A merge stream of kind schema, read whole: what a backup declares, and samples of its rows.
 */
#include "evidence.h"
#include "schema.h"

struct schemastream {
    struct schema schema;
    struct evidence_sample *samples;
    size_t n_samples, room_samples;
};

/*
 * `path` as stream_open(). Ends the process when the stream is not whole or a fact is malformed.
 * Samples of another encoding than UTF-8 are converted by `connection`, which is in a transaction;
 * those that have no equivalent are left out.
 */
void schemastream_read(struct schemastream *backup, const char *path, PGconn *connection);
/* The samples get the live names that rules give, as the schema did. */
void schemastream_rename_samples(struct schemastream *backup, const struct rules *rules);

#endif
