#ifndef RACE_H
#define RACE_H
/*
 * New rows that the live table refuses for a unique key, though they were marked as new: of one
 * whose own key another session has inserted since the live table was read, rejecting it would
 * leave what refers to it with a stranger. They wait, and are looked up together by one query.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "textrows.h"

struct race {
    PGconn *writer;
    const struct layout *layout;
    char *sql;              /* the query; NULL: not made yet */
    struct textrows values; /* its parameters */
    struct buf rows;        /* that wait, with their newlines */
    size_t waiting;         /* how many */
};

void race_init(struct race *race, PGconn *writer, const struct layout *layout);
/* A marked row was refused with 23505. The connection must be free. */
void race_add(struct race *race, struct slice row);
/* Ends the process with STATUS_TEMPORARY when that is why one of them was refused. */
void race_require_none(struct race *race);
void race_release(struct race *race);

#endif
