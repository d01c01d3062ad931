#ifndef UNDO_PARTS_H
#define UNDO_PARTS_H
/* The inside of undo: what its parts offer one another. */
#include "server.h"
#include "undo.h"

/* The blocks first .. last-1: tables of one cycle, or a single one. */
struct undo_group {
    struct undo_block *first, *last;
};

/* ---- statements, whose text is a module's: taken over and released */
PGresult *undo_query(const struct undo *undo, struct buf *sql);
void undo_run_sql(const struct undo *undo, struct buf *sql);
/* One that writes to a live table: how many rows. */
uint64_t undo_write_rows(const struct undo *undo, const struct undo_block *block, struct buf *sql);
/* Likewise where triggers may fire; see pathsql.h. */
uint64_t undo_write_firing(
    const struct undo *undo, const struct undo_block *block, struct buf *sql);
/* One or the other, by whether triggers fire for rows that are put back. */
uint64_t undo_put_back(const struct undo *undo, const struct undo_block *block, struct buf *sql);
/* Likewise, but false where the server refuses it for a unique key: nothing has happened then. */
bool undo_try_put_back(
    const struct undo *undo, const struct undo_block *block, struct buf *sql, uint64_t *n);
/* The number that a query gives. */
uint64_t undo_count(const struct undo *undo, struct buf *sql);
/* Ends the process; with STATUS_INPUT where rows stand in the way. */
void undo_refuse(const struct undo *undo, const struct undo_block *block,
    const struct server_error *error) __attribute__((noreturn));

/* ---- what stands in the way */
/* Says which rows (description, how many there are in all, and, where it is there, who is the
 * reason); returns how many. */
uint64_t undo_say_rows(struct undo_block *block, PGresult *result, const char *what);
/* Rows that stay as they are: they are the user's wish, or a reject. */
void undo_leave(struct undo *undo, struct undo_block *block, uint64_t n, enum undo_side wish);
void undo_warn_fires(const struct undo_block *block, const char *what);
/* Says that a trigger kept `n` rows as they are, and counts them as kept; nothing where n is 0. */
void undo_suppressed(struct undo_block *block, uint64_t n, const char *what);

/* Of updated rows whose old values the server refuses for a unique key: puts the others back, and
 * sets those aside of which a unique value is to be put back. Those whose value a row has that
 * stays as it is are left, and said; returns how many. */
uint64_t undo_set_aside(
    struct undo *undo, struct undo_group group, struct undo_block *block, enum undosql_where where);
/* Puts their unique values back. */
void undo_set_back(const struct undo *undo, const struct undo_block *block);

/* Locks the rows that the merge inserted into tables of a group, and marks those that have changed;
 * deletes those that are not to stay, when the updated rows have their old values. */
void undo_mark_changed(struct undo *undo, struct undo_group group);
void undo_delete_group(struct undo *undo, struct undo_group group);

#endif
