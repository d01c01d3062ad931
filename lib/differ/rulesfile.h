#ifndef RULESFILE_H
#define RULESFILE_H
/* The file of rules, and of an edited plan: read whole, all bad lines named before the process
 * ends. */
#include "plan.h"
#include "rules.h"
#include "schema.h"

#define RULESFILE_DEFAULT "merge.rules"

/*
 * `path` NULL: RULESFILE_DEFAULT, if it is there. Says which file is used. The backup's schema gets
 * the live names that rules give.
 */
void rulesfile_read(
    struct rules *rules, const char *path, struct schema *backup, const struct schema *live);
/*
 * Reads a plan ("-" is standard input), verified against both schemas. The backup's schema gets the
 * live names that the plan gives.
 */
void rulesfile_read_plan(
    struct plan *plan, const char *path, struct schema *backup, const struct schema *live);

/*
 * What is wrong with the words of rules, or of a plan, whatever the schemas: ends the process where
 * a line is, before anything else was read. Pipes are left for later, for they can be read but
 * once.
 */
void rulesfile_check(const char *path);
void rulesfile_check_plan(const char *path);

#endif
