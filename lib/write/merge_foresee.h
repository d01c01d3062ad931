#ifndef MERGE_FORESEE_H
#define MERGE_FORESEE_H
/*
 * A dry run: which rows a merge would refuse for they refer, by a foreign key, to a new row that is
 * refused. refusals knows of references that are translated; here the others are, whose values are
 * kept, and rows of tables that refer to one another or to themselves: what is refused of them is
 * known when all of the group's rows are, so its new rows and its changed ones are kept in memory
 * until then. Of a foreign key of several columns only a member that refers to the parent's id is
 * looked at, which is unique by itself.
 */
#include "merge_table.h"

/* Needs the table's validate; what it has until merge_foresee_release() is table->foresee. */
void merge_foresee_init(struct merge_table *table);
/* A new row is refused. Nothing where it is no dry run. */
void merge_foresee_refused(struct merge_table *table, struct slice row);
/* True when the row refers to a refused one and was rejected; it was not counted as read yet. */
bool merge_foresee_rejected(struct merge_table *table, struct slice row);
/* True when the changed row is kept for the end of its group. */
bool merge_foresee_changed(struct merge_table *table, struct slice row);
/* All rows of the group are there: rejects some of the new ones, and compares the changed ones. */
void merge_foresee_group(struct merge *merge);
void merge_foresee_release(struct merge_table *table);
/* Releases merge->gone, which is of all tables: after the last group. */
void merge_foresee_end(struct merge *merge);

#endif
