#ifndef MERGE_CYCLE_H
#define MERGE_CYCLE_H
/*
 * A dry run: new rows of tables that refer to one another, or of one to itself. A merge inserts
 * those of the group by one statement, so that all may refer to all; what refers to a refused row
 * is refused too, and so on. Where two rows clash, the statement fails, and the rows are tried one
 * by one, again and again while some go in (stage_each): that is followed here.
 */
#include "merge_table.h"

/* All new rows that are refused for nothing else are in foresee->held_new, and accepted so far. */
void merge_cycle_settle(struct merge_table *const *group, size_t n);

#endif
