#ifndef ARRAYTABLE_H
#define ARRAYTABLE_H
/*
 * Rewrites the arrays of ids in one table of plain TSV with a header line by maps from files: what
 * array-fixer does alone.
 */
#include "msg.h"
#include "plan.h"

struct arraytable_column {
    const char *name; /* as in the header, unescaped */
    struct idmap *map;
};

struct arraytable_options {
    const char *path;   /* as input_open() */
    const char *target; /* the table that the ids are of, for messages */
    enum plan_unresolved unresolved;
    const struct arraytable_column *columns;
    size_t n_columns;
};

/*
 * Standard output gets the table without the rows that are rejected; those are named on standard
 * error, and the status is STATUS_PARTIAL.
 */
enum msg_status arraytable_run(const struct arraytable_options *options);

#endif
