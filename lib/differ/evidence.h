#ifndef EVIDENCE_H
#define EVIDENCE_H
/*
 * The evidence of lineage: sample rows of the backup, looked up in the live database. What cannot
 * be asked (a value that does not convert, a privilege that is missing) is no evidence and no
 * failure.
 */
#include <libpq-fe.h>

#include "arraylit.h"
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

struct evidence_parent; /* evidence_parents.c */

/* Zero-initialise it, but for the first four. Process lifetime. */
struct evidence {
    PGconn *connection; /* in an open transaction */
    struct evidence_sample *samples;
    size_t n_samples;
    struct decide *decide;
    struct evidence_parent *parents;
    size_t n_parents, room_parents;
};

/* The caller fills in table and columns, then starts. */
void evidence_start(struct evidence_sample *sample);
/* `row` is a COPY text row; one of another number of fields is passed over. */
void evidence_add(struct evidence_sample *sample, struct slice row);
/* Where the sample has that column; columns.n: nowhere. */
size_t evidence_column(const struct evidence_sample *sample, const char *name);
/* Walks over the rows of a sample: two columns side by side. */
struct evidence_walk {
    struct arraylit left, right; /* the values of the current row */
};

/* False: the sample lacks one of them, and there is nothing to end. */
bool evidence_walk_start(struct evidence_walk *walk, const struct evidence_sample *sample,
    const char *left, const char *right);
bool evidence_walk_next(struct evidence_walk *walk);
void evidence_walk_end(struct evidence_walk *walk);

/*
 * Fills the evidence of the tables that are decide_is_sampled() and have a surrogate id: by key
 * where they have one without references; by content where they have none, or where the id is one
 * column of several of the primary key, by which rows may be merged all the same, or is the key by
 * a rule.
 */
void evidence_gather(struct evidence *evidence);
/* evidence_made.c: numbers that a sequence may make, by its name, are ids where it fits. */
void evidence_named(PGconn *connection, struct decide *decide);
/* evidence_made.c: fills `alone` of the tables that want it. */
void evidence_made(PGconn *connection, struct decide *decide);
/* evidence_vacant.c: fills `vacant` of the tables that are left out. */
void evidence_vacant(PGconn *connection, struct decide *decide);

#endif
