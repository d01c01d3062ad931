#ifndef MERGE_MOVES_H
#define MERGE_MOVES_H
/*
 * The new rows of a group that wait, and unique values that changed rows leave to them. New rows
 * come before changed ones, so the live table may refuse one whose value a changed row is about to
 * give up: it is held until all rows of the group have come. Then the changed rows whose values are
 * wanted are set aside, the new ones are inserted, and the changed ones are written, all in one go;
 * where that cannot be done the new ones are rejected.
 */
#include "merge_table.h"

/* True when the new row, which was refused, is held. */
bool merge_moves_hold(
    struct merge_table *table, struct slice row, const struct server_error *error);
/* All rows of the group have come: inserts those that wait in stages or are held. */
void merge_moves_insert(struct merge *merge);

#endif
