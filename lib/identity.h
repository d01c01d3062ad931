#ifndef IDENTITY_H
#define IDENTITY_H
/*
 * Which live row a row of the backup is: the index of one live table. By key: the plan's,
 * references translated; the index also knows the live row's content, so that a row that is there
 * already is seen at once. By content (append-only tables): all columns but the id, a multiset:
 * equal rows count.
 *
 * Contents are hashes of COPY text lines in the block's columns; equal hashes are taken for equal
 * rows (hash.h). 24 bytes a live row at 25 to 85% load (pairmap.h), 16 more by content where ids
 * are wanted. Fields are escaped COPY text throughout.
 */
#include <libpq-fe.h>
#include <stdint.h>

#include "buf.h"
#include "layout.h"
#include "pairmap.h"

enum identity_kind { IDENTITY_KEY, IDENTITY_CONTENT };
enum identity_found {
    IDENTITY_NONE,
    IDENTITY_FOUND,
    IDENTITY_SEEN,      /* by key: found, but a row of the backup before this one was the same */
    IDENTITY_AMBIGUOUS, /* several live rows have the key: a rule named one that is not unique */
    IDENTITY_PENDING,   /* a row before this one has the key and waits for its id */
};

struct identity_chain; /* live rows of equal content */

struct identity {
    enum identity_kind kind;
    const struct layout *layout;
    const struct layout_positions *positions; /* layout's key or content */
    uint64_t seed;
    struct pairmap index;
    struct buf texts, scratch; /* ids that are no integers; room to hash in */
    struct slice *fields;      /* of a live row */
    struct identity_chain *chain;
    size_t n_chain, room_chain;
    PGconn *loading; /* the live table is being read on this connection; NULL: no, or done */
    char *held;      /* the row that libpq gave last */
};

void identity_init(struct identity *identity, const struct layout *layout, enum identity_kind kind);
/*
 * Reads the live table: start, then feed until it says false. A feed that must not wait takes what
 * has arrived; so the index of the next table fills while the rows of this one pass by.
 */
enum identity_patience { IDENTITY_WAIT, IDENTITY_DO_NOT_WAIT };
void identity_load_start(struct identity *identity, PGconn *reader);
bool identity_load_feed(struct identity *identity, enum identity_patience patience);
/* `fields` are the layout's, as they would be in the live table. */
uint64_t identity_hash(struct identity *identity, const struct slice *fields);
/* The content of a whole row, to be compared with what identity_find() gives. */
uint64_t identity_content(struct identity *identity, const struct slice *fields);
/*
 * FOUND and SEEN append the live id to `id` (nothing without an id column). By key FOUND gives the
 * live row's content (0: not known) and marks it as seen; by content it takes the row.
 */
enum identity_found identity_find(
    struct identity *identity, uint64_t hash, struct buf *id, uint64_t *content);
/* From now on the key belongs to that id, and was seen. */
void identity_set(struct identity *identity, uint64_t hash, struct slice id);
void identity_set_pending(struct identity *identity, uint64_t hash);
void identity_release(struct identity *identity);

#endif
