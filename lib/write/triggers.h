#ifndef TRIGGERS_H
#define TRIGGERS_H
/*
 * A backup's rows are finished rows: the live database's own triggers should not fire for them.
 * Where the role may, they are switched off by session_replication_role for the statements that
 * write. That switches off the foreign keys' triggers as well (manual, "ALTER TABLE", DISABLE
 * TRIGGER), so whoever writes so looks for orphans first, by triggers_check; and those by which
 * DEFERRABLE unique keys hold, so a table that has one keeps its triggers. Where the role may not,
 * triggers fire.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "server.h"

/* A table's user triggers for one event. */
struct triggers_found {
    bool silenceable;                  /* some fire that could be switched off */
    bool fire_as_usual, fire_silenced; /* some fire when they are not, when they are */
    bool checks; /* constraints hold by triggers alone, which must be on: DEFERRABLE unique or
                    exclusion constraints, MATCH FULL foreign keys */
};

/* A table's, and what foreign keys have to do with it. */
struct triggers_table {
    struct triggers_found inserts, deletes, updates;
    bool refers;   /* it has foreign keys; those of its partitions aside */
    bool referred; /* foreign keys refer to it, or to a partition of it */
};

/* True when the role may switch triggers off; asks the server and leaves nothing behind. */
bool triggers_may_silence(PGconn *writer);
struct triggers_table triggers_find(PGconn *connection, const struct plan_table *table);
/* True when an update sets a column that foreign keys refer to: their triggers are needed then. */
bool triggers_are_needed(PGconn *connection, const struct layout *layout);
/*
 * Below and in other headers `fires` is the table (in display form) whose triggers fire for what is
 * written, or NULL: then it is written as pathsql.h says. This is called when it was.
 */
void triggers_fired(PGconn *writer, const char *fires);
/* As server_require_row_error(); says that a trigger failed, and in which function, where an error
 * within one stops the merge. */
void triggers_require_row_error(const char *fires, const struct server_error *error);
void triggers_off(PGconn *writer);
void triggers_on(PGconn *writer);

/* What one foreign key demands of rows that stand in a relation with the alias s. */
struct triggers_check {
    char *name;      /* the constraint's */
    char *parent;    /* in SQL form */
    char *condition; /* true for rows of s that refer to no live row */
    char *join;      /* p.x = s.y AND ...; with p being the parent or what stands in for it */
    char *only;      /* "ONLY " where rows of the parent's inheritance children do not count */
};
/*
 * Locks the live rows that rows of `source` (a relation in SQL form) refer to, FOR KEY SHARE as the
 * foreign keys' own triggers do; nothing where the role has not the privilege.
 */
void triggers_lock_parents(PGconn *writer, const struct layout *layout, const char *source);
/* Of the foreign keys whose columns the layout has. malloc'd array, as long as the process lives.
 */
struct triggers_check *triggers_checks(PGconn *connection, const struct layout *layout, size_t *n);
/* Of all the table's foreign keys. */
struct triggers_check *triggers_all_checks(
    PGconn *connection, const struct plan_table *table, size_t *n);

#endif
