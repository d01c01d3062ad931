#ifndef EXPLAIN_H
#define EXPLAIN_H
/*
 * A plan for people: a line a table, its columns that are not taken as they are, and the rules that
 * its own case asks for; at the end, once, those that any table may have. Pure.
 */
#include "buf.h"
#include "plan.h"

/* Appends the text, every line ended by '\n'. */
void explain_plan(const struct plan *plan, struct buf *out);

#endif
