#ifndef SPLITPLAN_H
#define SPLITPLAN_H
/*
 * Rows of a backup in the order of a plan, in one pass: what comes in its turn goes straight
 * through, what comes too early is read again later (a file) or kept in a temporary file (anything
 * else). A backup that can be read in any order is read in that of the plan.
 */
#include "backup.h"
#include "plan.h"
#include "split.h"

/* Reads the plan from a file; a plan that is not good ends the process with STATUS_USAGE. */
struct plan *splitplan_read(const char *path);
/*
 * Writes a stream of kind rows to standard output. Returns how many tables of the plan are not as
 * the backup would leave them, for changes that are left aside, with a warning.
 */
size_t splitplan_write(struct backup *backup, const struct plan *plan);

#endif
