#ifndef INSERTED_H
#define INSERTED_H
/*
 * The ids of the rows that this transaction inserted: nobody else sees them before it ends, so a
 * row that refers to one needs no look-up and no lock. Integer ids only, and only of tables that
 * foreign keys refer to.
 */
#include "idruns.h"
#include "layout.h"

struct inserted {
    const struct plan *plan;
    struct idruns *ids; /* one a planned table */
    int64_t *batch;     /* of rows under way */
    size_t n, capacity;
};

/* The plan must outlive it. */
void inserted_init(struct inserted *inserted, const struct plan *plan);
/* Rows (COPY text lines with their newlines) that the server has taken, just as they stand here. */
void inserted_add(struct inserted *inserted, const struct layout *layout, struct slice rows);
/* The inserted rows' values of a column (bare name) of a table (display form); NULL unless that is
 * the table's id, an integer. It lives as long as `inserted` and grows with it. */
const struct idruns *inserted_ids(struct inserted *inserted, const char *table, const char *column);
void inserted_release(struct inserted *inserted);

#endif
