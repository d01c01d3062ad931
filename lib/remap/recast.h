#ifndef RECAST_H
#define RECAST_H
/*
 * Rows that a script wrote under settings of its own (textstyle.h), as the live server prints them
 * under the suite's: 31.12.2024 as 2024-12-31, a time without an offset with one. Everything behind
 * compares and writes one style. Only columns whose type may hold a date, time or interval are
 * looked at; what the server cannot read is refused, row by row. So are, of any rows, columns whose
 * values lose their time zone (the plan's zoned).
 */
#include <libpq-fe.h>

#include "buf.h"
#include "layout.h"
#include "recode.h"
#include "textarray.h"
#include "textstyle.h"

struct recast {
    PGconn *connection; /* in a transaction, the caller's; nobody else's values are cast there */
    struct textstyle style;      /* of the rows to come */
    const struct layout *layout; /* of the block under way, or NULL */
    struct layout_positions positions;
    struct buf rows, sql;
    struct textarray *arrays; /* one a position */
    struct slice *fields;
    recode_row *row; /* as those of recode.h */
    recode_refused *refused;
    void *context;
};

void recast_init(struct recast *recast, PGconn *connection, recode_row *row,
    recode_refused *refused, void *context);
/* Takes a setting that a stream says; rows before it are flushed first. */
void recast_set(struct recast *recast, struct slice name, struct slice value);
/* Starts a block; recast_end() before `layout` goes. */
void recast_start(struct recast *recast, const struct layout *layout);
/* True when rows of the block are cast, for which a connection is wanted. */
bool recast_is_needed(const struct recast *recast);
/* Takes a row of the block; it or rows before it come back by the callbacks, in their order. */
void recast_add(struct recast *recast, struct slice row);
/* Every row taken so far has come back when this returns. */
void recast_flush(struct recast *recast);
void recast_end(struct recast *recast);

#endif
