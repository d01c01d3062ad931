#ifndef EVIDENCE_MOVED_H
#define EVIDENCE_MOVED_H
/* Inside of evidence: whether rows keep their ids or their unique keys. */
#include "evidence_query.h"

/*
 * `id` is a query of the id alone, and stays so. Adds what decide_table.beside holds, of the
 * sampled rows, the live ones that have their ids, and those that have their keys.
 */
void evidence_moved_ask(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence);

#endif
