#ifndef EXPLAIN_H
#define EXPLAIN_H
/*
 * A plan for people: a line a table, its columns that are not taken as they are, and the rules that
 * would change it. Pure.
 */
#include "buf.h"
#include "plan.h"

/* Appends the text, every line ended by '\n'. */
void explain_plan(const struct plan *plan, struct buf *out);

#endif
