#ifndef RIVALS_H
#define RIVALS_H
/*
 * A dry run: new rows of the backup that clash with one another in a unique key of the live table,
 * also one of expressions or of some rows only. The first one wins, as it would in a merge. Holds
 * the hash of every new row's keys; where the server cannot hash them, nothing is foreseen.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "keyhashes.h"
#include "layout.h"
#include "pairmap.h"
#include "rowquery.h"
#include "textarray.h"

/* Keys of plain columns that are looked at: where the backup's own table has them too its rows do
 * not clash, unless two of its ids became one. */
enum rivals_keys { RIVALS_ALL_KEYS, RIVALS_KEYS_WITH_DOUBTFUL };

struct rivals {
    PGconn *connection;
    const struct layout *layout;
    enum rivals_keys which;
    struct textarray doubtful; /* columns with ids of which two may have become one */
    bool blind;                /* the server could not hash the keys of some rows */
    struct keyhashes keys;
    struct rowquery query;
    struct pairmap *taken; /* one a key */
};

void rivals_init(
    struct rivals *rivals, PGconn *connection, const struct layout *layout, enum rivals_keys which);
/* How many keys are looked at. */
size_t rivals_keys(struct rivals *rivals);
/* The hashes of `n` rows, so many for each, 0 where a null keeps it apart. False: not known. */
bool rivals_hash(struct rivals *rivals, struct slice rows, size_t n, uint64_t *hashes);
/* The key by which a row of those hashes clashes with one that has taken them, or -1. */
int rivals_clash(const struct rivals *rivals, const uint64_t *hashes);
void rivals_take(struct rivals *rivals, const uint64_t *hashes);
/* Nothing is taken any more. */
void rivals_forget(struct rivals *rivals);
/* Rejects the row for that key. */
void rivals_refuse(const struct rivals *rivals, int key, struct slice row,
    copybatch_rejected *rejected, void *context);
/* All of it: of rows (with their newlines) that the live table takes one by one those that clash
 * with one before them are given to `rejected`, and the others appended to `kept`. */
void rivals_reject(struct rivals *rivals, struct slice rows, copybatch_rejected *rejected,
    void *context, struct buf *kept);
void rivals_release(struct rivals *rivals);

#endif
