#ifndef UNREADABLE_H
#define UNREADABLE_H
/*
 * Rows with a value that the column's live type does not take: an enum's label, a number that is
 * too large, a domain's CHECK. One such row makes a query about many fail.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "layout.h"

/* Gives those of `rows` (with their newlines) to `rejected` and appends the others to `readable`;
 * where they cannot be told, all of them. Writes nothing. */
void unreadable_reject(PGconn *connection, const struct layout *layout, struct slice rows,
    copybatch_rejected *rejected, void *context, struct buf *readable);

#endif
