#ifndef ROWQUERY_H
#define ROWQUERY_H
/*
 * A question about rows of the backup, asked of a few thousand at a time in a query that writes
 * nothing: expressions over each row as the live table would hold it.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "liverow.h"
#include "textrows.h"

struct rowquery { /* zero-initialise it; sql is NULL before rowquery_make() */
    PGconn *connection;
    const struct layout *layout;
    char *sql;
    struct textrows values;
};

/*
 * `what` are SQL expressions over r with commas between them. Of LIVEROW_NEW rows, or of
 * LIVEROW_CHANGED: as their UPDATE would leave them, see changesql_is_live_row().
 */
void rowquery_make(struct rowquery *query, PGconn *connection, const struct layout *layout,
    const struct liverow *liverow, enum liverow_rows rows, const char *what);
/*
 * The answer, a line a row in their order: its number from 1, then the values. Of changed rows only
 * those that would be written. NULL when the server cannot say it. At least one row, of at least
 * one field, with newlines.
 */
PGresult *rowquery_ask(struct rowquery *query, struct slice rows);
void rowquery_release(struct rowquery *query);

#endif
