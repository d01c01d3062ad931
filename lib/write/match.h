#ifndef MATCH_H
#define MATCH_H
/*
 * Finds for each row of the backup its live row, by the layout's target, and says how they compare.
 *
 * Mostly the whole live table is read first. One that is more than ten times the backup's is asked
 * for the live rows of a few thousand keys at a time instead. A row that has no live row by its
 * bytes, but whose key the server may print otherwise, waits until the server was asked for the
 * key's canonical text.
 */
#include <libpq-fe.h>

#include "compare.h"
#include "layout.h"

/* Called once for each row, at once or later but in match_finish() at the latest. */
typedef void match_result(void *context, enum compare_result result, struct slice row);

struct match {
    PGconn *reader;
    const struct layout *layout;
    match_result *result;
    void *context;
    enum { MATCH_READ_ALL, MATCH_PROBE } way;
    struct compare compare;
    struct buf waiting; /* rows with their newlines */
    uint64_t n_waiting;
};

/* Reads the live table, unless single rows are asked for. */
void match_init(struct match *match, PGconn *reader, const struct layout *layout,
    match_result *result, void *context);
void match_row(struct match *match, struct slice row);
/* Deals with the rows that wait, and releases everything. */
void match_finish(struct match *match);

#endif
