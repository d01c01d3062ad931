#ifndef EVIDENCE_PARENTS_H
#define EVIDENCE_PARENTS_H
/*
 * Inside of evidence: references to tables whose rows are known by their natural keys, as the live
 * ids that the sampled rows have by these. Two shipments of one number that go to the orders of one
 * number are strangers where the orders are.
 */
#include "evidence_query.h"

/*
 * Adds the columns that refer to such tables, whose ids mean the same up to some row at least;
 * evidence by key has been gathered. Each value is the live id of the row it refers to; one that no
 * live row has where the row is not there; null where nothing is known.
 */
void evidence_parents_add(struct evidence_query *query);
/*
 * Of such a parameter, its value and the live row's reference: they name two rows, each of which
 * only one of the databases has, both made since these parted.
 */
bool evidence_parents_are_apart(
    const struct evidence_query *query, int i, struct slice value, struct slice live);

#endif
