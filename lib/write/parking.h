#ifndef PARKING_H
#define PARKING_H
/*
 * In which column of each unique index of a live table the value of a row can be set aside while
 * the rows exchange theirs; by parksql.
 */
#include <libpq-fe.h>

#include "parksql.h"
#include "plan.h"
#include "textarray.h"

#define PARKING_NONE ((size_t)-1)
#define PARKING_MOST 63 /* columns */

struct parking_index {
    char *name;
    char **members; /* its columns */
    size_t n_members;
    size_t column; /* of parking.columns */
};

struct parking { /* zero-initialise it */
    struct parking_index *indexes;
    size_t n_indexes, room_indexes;
    struct parksql_column *columns;
    size_t n_columns, room_columns;
};

/* `columns` may be set, each by its policy: empty where it is not set alike in all rows. */
void parking_ask(struct parking *parking, PGconn *connection, const struct plan_table *table,
    struct textarray *columns, struct textarray *policies);
/* The column for that index, or PARKING_NONE. */
size_t parking_column(const struct parking *parking, const char *index);
void parking_release(struct parking *parking);

#endif
