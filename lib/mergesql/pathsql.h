#ifndef PATHSQL_H
#define PATHSQL_H
/*
 * The search_path of statements for which the live database's own triggers fire. Pure.
 *
 * Trigger functions are the application's, and name things as its sessions find them: by the path
 * that the role and the database set, behind the schema that DATABASE_URL names. Ours is empty, so
 * that what somebody put into a schema of that path, such as an operator of public, is not taken
 * for the catalog's (manual, "Schemas", Usage Patterns). Both hold: a statement's own names and
 * operators are looked up when it is parsed, which is done with the empty path, and the path
 * becomes the role's as the first thing when it runs. Behind it the caller sets the empty one
 * again; going back to a savepoint does, too.
 *
 * Meanwhile the trigger functions find what they find in any session of that role: whoever may
 * create things in the schemas of its path has the application's trust, and so ours.
 */
#include "buf.h"

#define PATHSQL_OURS "SET LOCAL search_path TO ''"
/* Before what looks nothing up by a name without its schema: COPY FROM, COMMIT. */
#define PATHSQL_THEIRS "SELECT " PATHSQL_SET
/* A condition that is true, for a SELECT above WITH that writes: it does not refer to rows, so it
 * is looked at once, before the first of them is asked for. */
#define PATHSQL_FIRST "(SELECT " PATHSQL_SET ") IS NOT NULL"
/* connect_open() keeps theirs; a session that is not ours has none, and the NULL is DEFAULT. */
#define PATHSQL_SET                                                                                \
    "pg_catalog.set_config('search_path', pg_catalog.current_setting('pgbraid.path', true), true)"

/* Makes `WITH w AS (statement) SELECT what FROM w` of a statement that writes and returns rows,
 * which sets the path first. */
void pathsql_wrap(const char *what, struct buf *sql);

#endif
