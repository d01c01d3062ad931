#ifndef IDENTITY_H
#define IDENTITY_H
/*
 * Which live row a row of the backup is: the index of one live table, by key (the plan's,
 * references translated) or by content (all columns but the id, a multiset: equal rows count). 16
 * bytes a live row, and 16 more by content where ids are wanted. Fields are escaped COPY text
 * throughout.
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
    struct identity_chain *chain;
    size_t n_chain, room_chain;
};

void identity_init(struct identity *identity, const struct layout *layout, enum identity_kind kind);
/* Reads the live table: keys or contents, and ids. */
void identity_load(struct identity *identity, PGconn *reader);
/* `fields` are the layout's, as they would be in the live table. */
uint64_t identity_hash(struct identity *identity, const struct slice *fields);
/* FOUND appends the live id to `id` (nothing without an id column); by content it takes the row. */
enum identity_found identity_find(struct identity *identity, uint64_t hash, struct buf *id);
/* From now on the key belongs to that id (a row just matched or made). */
void identity_set(struct identity *identity, uint64_t hash, struct slice id);
void identity_set_pending(struct identity *identity, uint64_t hash);
void identity_release(struct identity *identity);

#endif
