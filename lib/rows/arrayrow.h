#ifndef ARRAYROW_H
#define ARRAYROW_H
/*
 * A row whose arrays of ids are brought from the backup's ids to the live database's. Pure.
 */
#include "arrayfix.h"
#include "jsonfix.h"
#include "slice.h"

struct arrayrow_column {
    size_t position;    /* among the row's fields, from 0 */
    const char *name;   /* for reasons; owned by the caller */
    const char *target; /* the table that the ids are of, for reasons; owned by the caller */
    enum plan_unresolved unresolved;
    struct idmap *map;    /* owned by the caller */
    struct jsonfix *json; /* of json with paths, else NULL; owned by the caller */
};

struct arrayrow {            /* zero-initialise it once, use it for many rows */
    const struct plan *plan; /* for reasons; NULL: there is none */
    struct buf row;          /* CHANGED: the new row */
    const char *sqlstate;    /* REJECTED */
    struct buf reason;       /* REJECTED */

    /* private */
    struct arrayfix fix;
    struct slice *fields;
    size_t room;
};

/*
 * `row` is a COPY text row that should have `n_fields` fields; `columns`, n of them, stand in the
 * order of their positions, which are below n_fields. KEPT: the row stays as it is.
 */
enum arrayfix_result arrayrow_fix(struct arrayrow *work, struct slice row, size_t n_fields,
    const struct arrayrow_column *columns, size_t n);
void arrayrow_release(struct arrayrow *work);

#endif
