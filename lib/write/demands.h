#ifndef DEMANDS_H
#define DEMANDS_H
/*
 * What the live table demands of a row, as a SQL expression over a relation r that has the row's
 * values under the columns' names: null, or the SQLSTATE and the reason why the row is refused. NOT
 * NULL, CHECK, lengths, unique keys and exclusion constraints, and foreign keys where they are
 * wanted; of changed rows also that live rows refer to what they change. It is true of a row by
 * itself: rows that clash with each other are not seen.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "liverow.h"

/* NEW_ROWS: but for those to the table itself, which may be the row's own or its neighbour's. */
enum demands_references {
    DEMANDS_WITHOUT_REFERENCES,
    DEMANDS_WITH_REFERENCES,
    DEMANDS_WITH_REFERENCES_OF_NEW_ROWS
};

struct demands {
    const char *same; /* what more holds of a live row t that takes a unique value, such as not
                         being the row itself; SQL that starts with AND, or "" */
    enum demands_references references;
    const struct liverow *liverow; /* of r's rows */
};

/* Appends it; true when there is a demand that the backup's own table may not have made. */
bool demands_add(PGconn *connection, const struct layout *layout, const struct demands *demands,
    struct buf *sql);

#endif
