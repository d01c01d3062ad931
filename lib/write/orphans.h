#ifndef ORPHANS_H
#define ORPHANS_H
/*
 * A dry run: rows of one table whose foreign keys would lead nowhere, neither to a live row nor to
 * one that the merge brings. Mostly there are none, and nothing is asked: idmap-builder has found
 * the parents, or the backup's own foreign key held and its parents are merged. Asked is where the
 * live database demands more than the backup (plan_table.stricter), and where a row refers to one
 * that is refused.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "parentkeys.h"
#include "rowquery.h"

struct orphans_key { /* a foreign key */
    char *name;
    struct parentkey *parent;
    struct layout_positions at; /* its columns, as parentkey.columns; none: one has its default */
    bool doubtful;              /* its parents may be missing though no row was refused */
};

struct orphans {
    PGconn *connection;
    const struct layout *layout;
    struct parentkeys *keys;
    struct orphans_key *own;
    size_t n;
    bool doubtful; /* one of them is */
    bool blind;    /* the server could not say it of some rows */
    char *questions;
    struct rowquery fresh, changed; /* made when they are needed */
};

/* Before the first table: marks what has to be known of the rows before the table's. */
void orphans_want(struct parentkeys *keys, PGconn *connection, const struct plan *plan,
    const struct plan_table *table);

void orphans_init(struct orphans *orphans, struct parentkeys *keys, PGconn *connection,
    const struct plan *plan, const struct layout *layout);
/* True when the row refers to one that was refused, by its text; a live one may have it yet. */
bool orphans_is_suspicious(const struct orphans *orphans, struct slice row);

/* What each of the rows refers to. LIVEROW_NEW or LIVEROW_CHANGED. NULL: the server cannot say. */
PGresult *orphans_ask(struct orphans *orphans, struct slice rows, enum liverow_rows which);
/* Of its line `at`: the hash of what key `key` refers to; false where there is a live row, or it
 * refers to nothing. */
bool orphans_is_missing(
    const struct orphans *orphans, const PGresult *result, int at, size_t key, uint64_t *hash);

/* A row whose key `key` is missing is an orphan indeed. */
bool orphans_is_expected(const struct orphans *orphans, size_t key, struct slice row);
/* Rejects the orphans among rows (with their newlines) that are refused for nothing else, and
 * appends the others to `kept`. */
void orphans_reject(struct orphans *orphans, struct slice rows, enum liverow_rows which,
    copybatch_rejected *rejected, void *context, struct buf *kept);
/* As the server would say it; malloc'd. */
char *orphans_reason(const struct orphans_key *key);
void orphans_release(struct orphans *orphans);

#endif
