#ifndef PLANREPORT_H
#define PLANREPORT_H
/* A plan that was made, said on standard error: a line a table, the lineage, what is doubtful. */
#include "decide.h"
#include "plan.h"

void planreport_say(const struct decide *decide, const struct plan *plan);

#endif
