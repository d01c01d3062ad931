#ifndef OVERLAPS_H
#define OVERLAPS_H
/*
 * A dry run: new rows of the backup that clash with one another by an exclusion constraint of the
 * live table. The first one wins, as it would in a merge. There is no index to ask, so rows are
 * compared in pairs, of those alone that are equal where the constraint compares by an equality;
 * where these are too many, nothing more is foreseen.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "layout.h"

struct overlap;

struct overlaps {
    PGconn *connection;
    const struct layout *layout;
    copybatch_rejected *rejected;
    void *context;
    bool asked;
    bool blind; /* there were too many pairs, or the server could not compare them */
    struct overlap *constraints;
    size_t n;
    uint64_t pairs; /* looked at so far */
};

void overlaps_init(struct overlaps *overlaps, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context);
/* Rows (with their newlines) that the live table takes one by one: rejects those that clash with
 * one before them, and appends the others to `kept`. */
void overlaps_reject(struct overlaps *overlaps, struct slice rows, struct buf *kept);
void overlaps_release(struct overlaps *overlaps);

#endif
