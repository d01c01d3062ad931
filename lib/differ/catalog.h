#ifndef CATALOG_H
#define CATALOG_H
/*
 * What the live database's catalog says. All of it by queries that PostgreSQL 12 to 18 answer.
 */
#include <libpq-fe.h>

#include "plan.h"
#include "schema.h"

/*
 * Fills `schema`: tables by name, all others in their order. Sequences that the role may not read
 * are left out. For a steady picture call it inside a REPEATABLE READ transaction.
 */
void catalog_load(PGconn *connection, struct schema *schema);

/*
 * What the role lacks to carry the plan out, as GRANT statements, one a line; malloc'd. NULL when
 * it lacks nothing.
 */
char *catalog_missing_privileges(PGconn *connection, const struct plan *plan);

#endif
