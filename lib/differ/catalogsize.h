#ifndef CATALOGSIZE_H
#define CATALOGSIZE_H
#include <libpq-fe.h>
#include <stdint.h>

#include "plan.h"

/* About how many rows the live table of the plan has: the planner's estimate, else by its size. */
int64_t catalogsize_rows(PGconn *reader, const struct plan_table *table);

#endif
