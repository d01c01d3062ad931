#ifndef EVIDENCE_CONTENT_H
#define EVIDENCE_CONTENT_H
/* Inside of evidence: whether rows of equal ids are the same rows, by what else they hold. */
#include "evidence_query.h"

/*
 * The query's first parameter is the id. Fills the content_ members: every column weighs as much as
 * its agreement is a surprise, measured by pairing the same rows with one another's ids; pairs
 * whose columns say nothing (constants) are left out.
 */
void evidence_content_ask(
    PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence);

#endif
