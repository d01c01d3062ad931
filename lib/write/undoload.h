#ifndef UNDOLOAD_H
#define UNDOLOAD_H
/*
 * An undo stream, read whole into temporary tables of the connection (undosql.h), and verified:
 * when it breaks off, or is another database's, the process ends before anything was changed.
 */
#include <libpq-fe.h>

#include "parking.h"
#include "tally.h"
#include "undosql.h"

struct undo_block {
    struct undosql_block sql;
    struct tally tally;
    bool deletes_fire;      /* triggers fire for the rows that are deleted */
    struct parking parking; /* UPDATED: columns in which rows were set aside */
    bool silent;            /* UPDATED: triggers were off */
    bool updates_fire;      /* UPDATED: some may fire, of this table or of those that refer to it */
    bool reported;
};

struct undoload {
    struct undo_block *blocks; /* in the order of the stream */
    size_t n_blocks, room_blocks;
    int64_t first_xid, last_xid;
    char *other_xids;
};

void undoload_read(struct undoload *load, PGconn *writer, const char *path);

#endif
