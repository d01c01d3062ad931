#ifndef VALIDATE_H
#define VALIDATE_H
/*
 * New rows in a dry run: what the live table would refuse is found by a query instead of by trying.
 * The values are cast to the live types, and its NOT NULL and CHECK constraints, lengths and unique
 * keys are looked at. Not looked at: foreign keys that idmap-builder does not translate, exclusion
 * constraints, and new rows that have a unique key in common with each other.
 */
#include <libpq-fe.h>

#include "copybatch.h"
#include "layout.h"
#include "textarray.h"

struct validate {
    PGconn *reader;
    const struct layout *layout;
    copybatch_rejected *rejected;
    void *context;
    char *sql;   /* the query; NULL before the first row */
    bool needed; /* something may be refused */
    struct textarray *arrays;
    struct slice *fields;
    struct buf rows; /* rows that wait, with their newlines */
    uint64_t waiting, accepted;
};

void validate_init(struct validate *validate, PGconn *reader, const struct layout *layout,
    copybatch_rejected *rejected, void *context);
void validate_add(struct validate *validate, struct slice row);
/* Every row is accepted or rejected when this returns. */
void validate_finish(struct validate *validate);
void validate_release(struct validate *validate);

#endif
