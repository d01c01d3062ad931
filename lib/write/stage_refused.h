#ifndef STAGE_REFUSED_H
#define STAGE_REFUSED_H
/*
 * Rows of a stage that are refused, collected and then taken out together. Zero-initialise; add;
 * reject.
 */
#include "stage.h"
#include "textarray.h"

struct stage_refused {
    struct textarray places;
    struct buf whys; /* of each the reason and the constraint's name, with their NULs */
    uint64_t n;
};

/* The row at `ctid` of the temporary table; `why` is the SQLSTATE, then the reason. */
void stage_refused_add(struct stage_refused *refused, const char *ctid, const char *why);
void stage_refused_add_error(
    struct stage_refused *refused, const char *ctid, const struct server_error *error);
/* Gives them back in the order in which they were added, deletes them, and releases the list. */
void stage_refused_reject(struct stage_refused *refused, struct stage *stage);

#endif
