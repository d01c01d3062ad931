#ifndef RIVALS_H
#define RIVALS_H
/*
 * A dry run: new rows of the backup that clash with one another in a unique key of the live table
 * which the backup's own table lacked. The first one wins, as it would in a merge. Holds the hash
 * of every new row's keys; where the server cannot hash them, nothing is foreseen.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "layout.h"
#include "pairmap.h"
#include "textrows.h"

struct rivals {
    PGconn *connection;
    const struct layout *layout;
    PGresult *keys; /* what to say, and the hash; NULL: not asked yet */
    char *sql;
    struct pairmap *taken; /* one a key */
    struct textrows values;
};

void rivals_init(struct rivals *rivals, PGconn *connection, const struct layout *layout);
/* Rows (with their newlines) that the live table takes one by one: gives those that clash with one
 * before them to `rejected`, and appends the others to `kept`. */
void rivals_reject(struct rivals *rivals, struct slice rows, copybatch_rejected *rejected,
    void *context, struct buf *kept);
void rivals_release(struct rivals *rivals);

#endif
