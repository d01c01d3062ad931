#ifndef RULESFILE_H
#define RULESFILE_H
/* The file of rules, and of an edited plan: read whole, all bad lines named before the process
 * ends. */
#include "plan.h"
#include "rules.h"
#include "schema.h"

#define RULESFILE_DEFAULT "merge.rules"

/* `path` NULL: RULESFILE_DEFAULT, if it is there. Says which file is used. */
void rulesfile_read(
    struct rules *rules, const char *path, const struct schema *backup, const struct schema *live);
/* Reads a plan ("-" is standard input), verified against both schemas. */
void rulesfile_read_plan(
    struct plan *plan, const char *path, const struct schema *backup, const struct schema *live);

#endif
