#ifndef KEYHASHES_H
#define KEYHASHES_H
/*
 * The unique keys of a live table, also those of expressions or of some rows only, each with a hash
 * that is equal where its values are, null where a row cannot clash by it. In SQL over a row's
 * columns; the server must be one that hashes rows (PostgreSQL 14).
 */
#include <libpq-fe.h>

#include "layout.h"
#include "liverow.h"

struct keyhashes {
    PGresult *keys; /* NULL: not asked yet */
    size_t n;
};

/* Keys whose columns `liverow` knows, but not those by which rows are looked up. `members` (may be
 * NULL): of the keys of plain columns only those that have one of these, a text[]. */
void keyhashes_ask(struct keyhashes *hashes, PGconn *connection, const struct layout *layout,
    const struct liverow *liverow, const char *members);
/* The index of a key, and what its violation is called. */
const char *keyhashes_index(const struct keyhashes *hashes, size_t key);
const char *keyhashes_message(const struct keyhashes *hashes, size_t key);
/* What is said of a row whose value another one has at the end; malloc'd. */
char *keyhashes_still_taken(const struct keyhashes *hashes, size_t key);
/* Appends all of them with commas between. */
void keyhashes_add(const struct keyhashes *hashes, struct buf *sql);
void keyhashes_release(struct keyhashes *hashes);

#endif
