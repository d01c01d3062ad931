#ifndef EVIDENCE_H
#define EVIDENCE_H
/*
 * The evidence of lineage: sample rows of the backup, looked up in the live database. What cannot
 * be asked (a value that does not convert, a privilege that is missing) is no evidence and no
 * failure.
 */
#include <libpq-fe.h>

#include "decide.h"
#include "slice.h"
#include "textarray.h"
#include "textstyle.h"

/* The sample rows of one table, column by column. Process lifetime. */
struct evidence_sample {
    char *table;
    struct schema_names columns; /* bare */
    struct textarray *values;    /* one a column */
    struct slice *fields;        /* room for a row's */
    struct textstyle style;      /* by which the values are to be read */
};

/* The caller fills in table and columns, then starts. */
void evidence_start(struct evidence_sample *sample);
/* `row` is a COPY text row; one of another number of fields is passed over. */
void evidence_add(struct evidence_sample *sample, struct slice row);
/* Where the sample has that column; columns.n: nowhere. */
size_t evidence_column(const struct evidence_sample *sample, const char *name);
/*
 * Adds to the evidence of the sample's table, if decide_is_sampled() and it has a surrogate id: by
 * key where it has one without references; by content where it has none, or where the id is one
 * column of several of the primary key, by which it may be merged all the same, or is the key by a
 * rule. Needs an open transaction.
 */
void evidence_gather(PGconn *connection, struct evidence_sample *sample, struct decide *decide);
/* evidence_same.c: fills same_by of the sample's table. */
void evidence_same(const struct evidence_sample *sample, struct decide_table *table);
/* evidence_made.c: fills `alone` of the tables that want it. */
void evidence_made(PGconn *connection, struct decide *decide);
/* evidence_vacant.c: fills `vacant` of the tables that are left out. */
void evidence_vacant(PGconn *connection, struct decide *decide);

#endif
