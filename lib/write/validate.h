#ifndef VALIDATE_H
#define VALIDATE_H
/*
 * New rows: what the live table would refuse is found by a query instead of by trying. The values
 * are cast to the live types, and its NOT NULL and CHECK constraints, lengths, unique keys and
 * exclusion constraints are looked at, of each row by itself.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "demands.h"
#include "layout.h"
#include "textrows.h"

struct validate {
    PGconn *connection;
    const struct layout *layout;
    enum demands_references references; /* DEMANDS_WITHOUT_REFERENCES unless the caller sets it */
    const char *same;                   /* as in struct demands; "" unless the caller sets it */
    copybatch_rejected *rejected;
    void *context;
    char *sql;   /* the query; NULL before the first row */
    bool needed; /* something may be refused; the caller may set it as well */
    struct textrows values;
    struct buf rows; /* rows that wait, with their newlines */
    uint64_t waiting, accepted;
    copybatch_sift *next; /* looks at the rows that are not refused by themselves; may be NULL */
    struct buf *kept;     /* where the accepted rows go, with their newlines; may be NULL */
};

void validate_init(struct validate *validate, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context);
void validate_add(struct validate *validate, struct slice row);
/* Every row is accepted or rejected when this returns. */
void validate_finish(struct validate *validate);
/*
 * Instead, of rows that are about to be written and of which the server refused many: rejects those
 * that it would refuse, and appends the others to `kept`, also those that the query fails for.
 */
void validate_sift(struct validate *validate, struct slice rows, struct buf *kept);
/* The query itself: each row that is refused, by its number, and why. `same` as in struct demands.
 * True when it asks for what depends on other rows. */
bool validate_query(const struct validate *validate, const char *same, struct buf *sql);
void validate_release(struct validate *validate);

#endif
