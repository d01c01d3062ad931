#ifndef IDENTITY_H
#define IDENTITY_H
/*
 * Which live row a row of the backup is: the index of one live table. By key: the plan's,
 * references translated; the index also knows the live row's content, so that a row that is there
 * already is seen at once. By content (append-only tables): all columns but the id, a multiset:
 * equal rows count.
 *
 * A key with nulls does not identify a row, for the live table may hold it many times: such a row
 * is *loose*, and found by its content; only where that finds none, and part of the key is there
 * (the root of a tree has no parent, but a name), by its key as far as it is alone in having it.
 *
 * A reference to the row itself counts as such, whatever the row's id is.
 *
 * Contents are hashes of COPY text lines in the block's columns; equal hashes are taken for equal
 * rows (hash.h). 24 bytes a live row at 25 to 75% load (pairmap.h), 16 more by content where ids
 * are wanted, 72 for a loose row. Fields are escaped COPY text throughout.
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

#define IDENTITY_WINDOW 32 /* live rows whose places in the index are fetched at the same time */

struct identity_entry {
    uint64_t hash, id, content;
};

/* What a row's key is worth. */
enum identity_key {
    IDENTITY_WHOLE,
    IDENTITY_PARTIAL, /* loose: some members are null */
    IDENTITY_VOID,    /* loose: all are */
};

struct identity {
    enum identity_kind kind;
    const struct layout *layout;
    const struct layout_positions *positions; /* layout's key or content */
    uint64_t seed;
    struct pairmap index;
    struct buf texts, scratch; /* ids that are no integers; room to hash in */
    struct slice *fields;      /* of a live row */
    bool *own;                 /* one a field: a reference to the table itself */
    bool *itself; /* one a field: of the row that is to be hashed, a reference to that row */
    bool has_own;
    struct pairmap loose, loose_ids; /* by key: loose live rows by their content, and by their id */
    struct identity_chain *chain;
    size_t n_chain, room_chain;
    struct identity_entry window[IDENTITY_WINDOW]; /* read, and not in the index yet */
    size_t n_window;
    PGconn *loading; /* the live table is being read on this connection; NULL: no, or done */
    char *held;      /* the row that libpq gave last */
};

void identity_init(struct identity *identity, const struct layout *layout, enum identity_kind kind);
/*
 * Reads the live table, of about so many rows: start, then feed until it says false. A feed that
 * must not wait takes what has arrived; so the index of the next table fills while the rows of this
 * one pass by.
 */
enum identity_patience { IDENTITY_WAIT, IDENTITY_DO_NOT_WAIT };
void identity_load_start(struct identity *identity, PGconn *reader, int64_t rows);
bool identity_load_feed(struct identity *identity, enum identity_patience patience);
/* `fields` are the layout's, as they would be in the live table. */
uint64_t identity_hash(struct identity *identity, const struct slice *fields);
/* A hint that the row's key will be looked up. */
void identity_prefetch(struct identity *identity, const struct slice *fields);
/* The content of a whole row, to be compared with what identity_find() gives. */
uint64_t identity_content(struct identity *identity, const struct slice *fields);
/*
 * FOUND and SEEN append the live id to `id` (nothing without an id column). By key FOUND gives the
 * live row's content (0: not known) and marks it as seen; by content it takes the row.
 */
enum identity_found identity_find(
    struct identity *identity, uint64_t hash, struct buf *id, uint64_t *content);
/* By key: whether the row's key has nulls that make it loose. */
enum identity_key identity_key_of(const struct identity *identity, const struct slice *fields);
/*
 * The loose live row that is the same: where ids agree the one of that id, else one that is equal
 * but for the id. Nobody else gets it. Appends its id, gives its content. False: there is none.
 */
enum identity_ids { IDENTITY_IDS_DIFFER, IDENTITY_IDS_AGREE };
bool identity_find_loose(struct identity *identity, const struct slice *fields,
    enum identity_ids ids, struct buf *id, uint64_t *content);
/* A loose live row was found by its key, or its id: nobody else gets it. False: somebody has it. */
bool identity_take_loose(struct identity *identity, struct slice id);
/* From now on the key belongs to that id, and was seen. */
void identity_set(struct identity *identity, uint64_t hash, struct slice id);
void identity_set_pending(struct identity *identity, uint64_t hash);
void identity_release(struct identity *identity);

#endif
