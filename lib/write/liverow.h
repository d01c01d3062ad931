#ifndef LIVEROW_H
#define LIVEROW_H
/*
 * A row as the live table would hold it: what the backup's rows bring, and beside it what the live
 * table adds, defaults and generated columns. For queries that ask what would be refused.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "schema.h"

enum liverow_rows {
    LIVEROW_NEW,     /* the relation has the layout's columns: the others get their defaults */
    LIVEROW_CHANGED, /* it has liverow.kept beside them, with the values of the live row */
    LIVEROW_STAGED,  /* it is like the live table: it has all columns, with their defaults */
};

struct liverow {
    enum liverow_rows rows;
    char *columns;            /* those whose values are known, a text[] */
    struct schema_names kept; /* CHANGED: the live columns that the layout lacks, none generated */
    /* private: `, (expression) AS "name"` of each */
    struct buf defaults, generated;
};

/* Asks the catalog. */
void liverow_init(struct liverow *liverow, PGconn *connection, const struct layout *layout,
    enum liverow_rows rows);
/* True when it adds columns to those of the relation. */
bool liverow_adds(const struct liverow *liverow);
/* Appends `(SELECT ...) r`: the rows of `relation` (SQL for FROM, without an alias) with these. */
void liverow_from(const struct liverow *liverow, const char *relation, struct buf *sql);
void liverow_release(struct liverow *liverow);

#endif
