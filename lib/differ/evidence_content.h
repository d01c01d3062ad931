#ifndef EVIDENCE_CONTENT_H
#define EVIDENCE_CONTENT_H
/* Inside of evidence: whether rows of equal ids are the same rows, by what else they hold. */
#include "evidence_query.h"
#include "likeness.h"

/*
 * `id` is a query of the id alone, and stays so. Fills the content_ members and the pairs: what
 * likeness.h says of the sampled rows and the live ones that have their ids.
 */
void evidence_content_ask(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence);

/* The pairs alone, of rows whose key, a single column, is null: these are found by their ids. */
void evidence_content_ask_loose(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence);
/* For evidence_moved. */

/* Numbers that agree in any two databases that count from one. */
bool evidence_content_counts(
    const struct evidence_query *query, const struct schema_column *column);
/* A value of the backup, through the type by which it gets the text that the live one has. */
void evidence_content_add_value(struct evidence_query *query, int i);
/* Adds pairs that were weighed to the content_ members. */
void evidence_content_count(const struct likeness *likeness, struct decide_evidence *evidence);

#endif
