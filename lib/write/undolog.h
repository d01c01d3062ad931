#ifndef UNDOLOG_H
#define UNDOLOG_H
/*
 * What a merge wrote, as the undo stream of merge-stream(5), in a file: the rows that were
 * inserted, and the old and new values of those that were updated. Blocks begin and end by
 * themselves; one table's must not be interleaved with another's. The owner of the connection
 * commits only after undolog_seal().
 */
#include <libpq-fe.h>

#include "layout.h"
#include "stream.h"

struct undolog {
    struct stream_writer writer;
    const struct layout *table; /* whose block is open, or NULL */
    enum stream_event block;
};

/* What undolog_rewind() goes back to. */
struct undolog_mark {
    struct undolog log;
    struct output_mark output;
};

void undolog_open(struct undolog *log, const char *path);
/* `n` rows in the layout's columns, with their newlines, as they were inserted. */
void undolog_inserted(
    struct undolog *log, const struct layout *layout, struct slice rows, uint64_t n);
/* One updated row: the fields of the layout's target, those of `columns` before and after. */
void undolog_updated(struct undolog *log, const struct layout *layout,
    const struct schema_names *columns, struct slice row);
/* No more rows of the table: its layout may go. */
void undolog_end(struct undolog *log);
struct undolog_mark undolog_mark(struct undolog *log);
/* Takes back what was written since the mark. */
void undolog_rewind(struct undolog *log, const struct undolog_mark *mark);
/* Writes what tells this transaction's rows from others', and the trailer; it is on the disk then.
 */
void undolog_seal(struct undolog *log, PGconn *writer);

#endif
