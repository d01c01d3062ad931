#ifndef CLASHES_H
#define CLASHES_H
/*
 * Rows that the live table refuses for a unique key (23505), on their way to the rejects. One that
 * is the same as two live rows by two keys gets a reason that names both: `matches two live rows:
 * email of id 4, login of id 9`; of the others the server's word stands. They wait, and are looked
 * up together by one query, so that many of them cost little.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "layout.h"
#include "race.h"
#include "textrows.h"

struct clashes {
    PGconn *connection;
    const struct layout *layout;
    copybatch_rejected *rejected;
    void *context;
    char *sql;              /* the query; NULL: not made yet */
    struct textrows values; /* its parameters */
    struct buf rows;        /* that wait, with their newlines */
    struct buf reasons;     /* the server's, each with its NUL */
    size_t waiting;         /* how many */
    struct race race;       /* the same of those that were found to be new before */
};

/* NEW: no live row was the same when it was looked up. */
enum clashes_row { CLASHES_ANY, CLASHES_NEW };

void clashes_init(struct clashes *clashes, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context);
/* False: it was refused for something else. Else it is rejected later; the connection must be free
 * then, and now. */
bool clashes_add(struct clashes *clashes, struct slice row, const struct server_error *error,
    enum clashes_row what);
/* Rejects the rows that wait. */
void clashes_finish(struct clashes *clashes);
void clashes_release(struct clashes *clashes);

#endif
