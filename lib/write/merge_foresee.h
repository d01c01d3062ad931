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
/* At the table's end: says what of its rows could not be foreseen. Nothing where it is no dry run.
 */
void merge_foresee_say(const struct merge_table *table);
void merge_foresee_release(struct merge_table *table);
/* After the last group. */
void merge_foresee_end(struct merge *merge);

/* ---- between its parts */

struct merge_foresee {
    struct parentkeys_table parentkeys;
    struct orphans orphans;
    struct rivals rivals;
    struct overlaps overlaps;
    bool holds;       /* the table refers to its own group */
    bool has_orphans; /* orphans was initialised */
    struct buf held_new, held_changed;
};

#endif
