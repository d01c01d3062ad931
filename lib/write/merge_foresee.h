#ifndef MERGE_FORESEE_H
#define MERGE_FORESEE_H
/*
 * A dry run: what a merge would refuse beside what the live table refuses of each row by itself
 * (validate, changes_compare): rows whose foreign keys lead nowhere (orphans), and new rows that
 * clash with one another (rivals, overlaps). Rows of tables that refer to one another are kept in
 * memory until all of the group are there, for what is refused of them is known then (merge_cycle).
 */
#include "merge_table.h"

/* Before the first table. */
void merge_foresee_begin(struct merge *merge);
/* Needs the table's validate and changes; what it has until the release is table->foresee. */
void merge_foresee_init(struct merge_table *table);
/* A new row is about to be validated. */
void merge_foresee_new(struct merge_table *table, struct slice row);
/* A row is refused. Nothing where it is no dry run. */
void merge_foresee_refused(struct merge_table *table, struct slice row);
/* Likewise, by a tool before: it is as it was in the backup. */
void merge_foresee_rejected(struct merge_table *table, const char *sqlstate, struct slice row);
/* True when the changed row is kept for the end of its group. */
bool merge_foresee_changed(struct merge_table *table, struct slice row);
/* All rows of the group are there: rejects some of the new ones, and compares the changed ones. */
void merge_foresee_group(struct merge *merge);
/* True when the changed row, which is refused, is held until all rows of the group are known. */
bool merge_foresee_hold(
    struct merge_table *table, struct slice row, const struct server_error *error);
/* At the table's end: says what of its rows could not be foreseen. Nothing where it is no dry run.
 */
void merge_foresee_say(struct merge_table *table);
void merge_foresee_release(struct merge_table *table);
/* After the last group. */
void merge_foresee_end(struct merge *merge);

/* ---- between its parts */

/* Unique values that move among the rows of the table. */
struct foresee_moves {
    struct heldrows held; /* changed rows */
    struct buf fresh;     /* new rows that were held, and are refused no more */
    uint64_t seed;
    struct pairmap fates; /* by their hashes: changed rows that are held, or refused */
    bool blind;    /* there are too many rows, or the server cannot say what their values are */
    bool doubtful; /* so that some were rejected */
};

struct merge_foresee {
    struct parentkeys_table parentkeys;
    struct orphans orphans;
    struct rivals rivals;
    struct overlaps overlaps;
    bool holds;       /* the table refers to its own group */
    bool has_orphans; /* orphans was initialised */
    struct foresee_moves moves;
    struct buf held_new, held_changed; /* the latter only for moves where it does not refer so */
};

/* Keeps a changed row for the end of its group. */
void merge_foresee_keep(struct merge_table *table, struct slice row);
/*
 * Rejects those of the held rows whose value is still taken at the end, and appends the others. The
 * changed ones of a cycle come later than its new ones.
 */
enum foresee_rows { FORESEE_NEW, FORESEE_CHANGED, FORESEE_ALL };
void merge_foresee_moves(
    struct merge_table *table, enum foresee_rows which, struct buf *fresh, struct buf *changed);

#endif
