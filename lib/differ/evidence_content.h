#ifndef EVIDENCE_CONTENT_H
#define EVIDENCE_CONTENT_H
/* Inside of evidence: whether rows of equal ids are the same rows, by what else they hold. */
#include "evidence_query.h"

/*
 * `id` is a query of the id alone, and stays so. Fills the content_ members and the pairs: what
 * likeness.h says of the sampled rows and the live ones that have their ids.
 */
void evidence_content_ask(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence);

#endif
