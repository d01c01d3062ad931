#ifndef REMAP_H
#define REMAP_H
/*
 * idmap-builder's engine: makes the ids and references of one table's rows the live database's.
 *
 * A row's references are translated by the maps of the tables before it. Then its identity is
 * looked up in the live table: a known row gets the live id; a new one keeps its id where ids mean
 * the same and it is free, else gets a fresh one. Rows of append-only tables that are in the live
 * table already are taken out and counted.
 *
 * Rows whose id is not known at once stand as items in the block's batch, in the words of the
 * backup, until remap_settle() has asked the server; so a batch costs one call for its ids. Tables
 * that refer to one another have all their rows there, see remap_cycle.h.
 */
#include <libpq-fe.h>

#include "arrayfix.h"
#include "identity.h"
#include "idmap.h"
#include "jsonfix.h"
#include "layout.h"
#include "output.h"
#include "plan.h"
#include "probesql.h"
#include "rekeyed.h"
#include "reserve.h"
#include "stream.h"

struct remap_block;

#define REMAP_AHEAD 2 /* tables; each takes the memory of its index, and a connection */

struct remap {
    const struct plan *plan;
    PGconn *readers[1 + REMAP_AHEAD]; /* in read-only transactions of one snapshot */
    size_t current;                   /* the table whose rows come now, by its place in the plan */
    struct remap_block *ahead[REMAP_AHEAD]; /* the tables behind it whose indexes fill already */
    size_t n_ahead;
    const struct remap_block *opening; /* its index has to be full before its rows are taken */
    PGconn *writer;                    /* reserves ids; NULL in a dry run */
    enum { REMAP_NOT_ASKED, REMAP_NO_COLLATIONS, REMAP_COLLATIONS } collations; /* such are there */
    struct stream_writer *stream;
    struct output *map_file; /* every id pair as TSV; NULL: not wanted */
    /* one a planned table; those of a partition's map (plan_map()) are its own */
    struct idmap **maps;       /* NULL where none is needed */
    struct pairmap *gone;      /* hashes of ids whose rows were rejected */
    struct pairmap *seen;      /* of members of keys: hashes of ids that a row of the backup has */
    struct pairmap *given;     /* hashes of ids that new rows got */
    struct reserve **reserves; /* of shared maps only; NULL: none began yet */
};

enum remap_kind {
    REMAP_PASS,      /* nothing to translate */
    REMAP_TRANSLATE, /* references only: the translated key is the live one */
    REMAP_MERGE,     /* the id is found by the key */
    REMAP_APPEND,    /* the row is found by its content */
};

enum remap_state {
    REMAP_WAITS,    /* for a row before it that has no id yet */
    REMAP_NEW,      /* not in the live table */
    REMAP_DOUBTFUL, /* not found, but the server may know it under another text */
    REMAP_FOLLOWS,  /* new, but a row before it has the same key in another text */
    REMAP_SAME_ID,  /* new by its key, but a live row has its id, see remap_same.h */
    REMAP_LATER,    /* likewise, and looked at when the table ends */
    REMAP_KNOWN,    /* it has its id; as are all behind this */
    REMAP_TAKEN_OUT,
    REMAP_REJECTED,
};

#define REMAP_SQLSTATE_LENGTH 5

struct remap_item {
    size_t at;    /* in batch.rows: the row as it came */
    size_t id_at; /* in batch.ids, once it is KNOWN; REJECTED: SQLSTATE and reason are there */
    uint64_t hash, content; /* content: the live row's, once KNOWN; 0: not known */
    uint64_t class; /* the server's hash of the key, the same for all its texts; 0: not known */
    uint32_t length, id_length, key_length;
    size_t key_at; /* in batch.keys: what new rows are sorted by; by key only */
    enum remap_state state;
    bool fresh; /* KNOWN: no live row is the same */
    bool loose; /* its key has nulls, see identity.h */
};

struct remap_batch {
    struct buf rows, ids, keys;
    struct remap_item *items;
    size_t n, room;
};

struct remap_place {
    size_t at, length;
};

/* The rows of a table that are kept until its end, see remap_held.h. */
struct remap_held {
    struct buf rows;
    struct remap_place *places;
    size_t n, room;
};

/* Rows that are LATER. */
struct remap_same {
    struct buf rows, ids;
    struct remap_item *items; /* `at` in these rows, `id_at` in these ids: see remap_claims.h */
    size_t n, room;
    bool ended;
};

#define REMAP_WINDOW 32 /* rows; so many of their look-ups are under way at the same time */

/* Rows that came and were not looked at yet, see remap_window.c. */
struct remap_window {
    struct buf rows;
    size_t ends[REMAP_WINDOW]; /* where each of them ends */
    size_t n;
};

enum remap_mark { REMAP_UNMARKED, REMAP_MARK_NEW, REMAP_MARK_KNOWN };

struct remap_block {
    struct remap *remap;
    struct probesql_equality *equalities; /* of the key's columns, once they were asked for */

    PGconn *reader;
    bool opened;  /* the index is being filled, or full */
    bool probing; /* the live table is large: single rows are asked for, it is not read */
    struct layout layout;
    enum remap_kind kind;
    size_t table;                      /* its index in the plan */
    size_t map;                        /* the index of the table in whose map its ids are */
    bool shared;                       /* others' may be there too: of a partition, or the whole */
    const struct plan_table **targets; /* one a field: the table that its ids are of, or NULL */
    bool collated;     /* its key may have other bytes in the live table, by a collation */
    bool array_in_key; /* or json with ids: its key is looked up as array-fixer will make it */
    bool ends_behind;  /* see plan_ends_behind() */
    int cycle;         /* of the group that is being read; references into it may have to wait */
    struct identity identity;
    struct reserve *reserve; /* of the map; NULL without an id */
    struct arrayfix arrayfix;
    struct jsonfix *jsonfixes; /* one a field; used where the column has paths */
    struct remap_window window;
    struct remap_batch batch;
    struct remap_held held;
    struct remap_same same;
    uint64_t rows, unchanged, duplicates; /* duplicates: rejected, the other one is merged */
    struct rekeyed rekeyed;
    enum remap_mark mark; /* of the rows written last */
    /* the current row */
    struct slice row, *fields; /* as it came; its fields, translated */
    bool *waiting;             /* fields whose reference into the cycle is not known yet */
    struct slice old_id;
    struct buf *values; /* room for translated fields */
    struct buf line, map_prefix, id, reason;
    struct buf pairs;       /* of a map that other blocks fill too: rows for the map's block */
    uint64_t hash, content; /* its key's; its live row's */
    bool loose;             /* its key has nulls, see identity.h */
    const char *sqlstate;   /* of a rejected row, with `reason` */
};

/* What a table of the plan needs. */
enum remap_kind remap_kind_of(const struct plan_table *table);

/* The block of a table in the stream; takes the layout over. */
struct remap_block *remap_block_new(struct remap *remap, const struct layout *layout);
/* Reads the live table's index, and begins with the next table's. */
void remap_open(struct remap_block *block);
/* Takes what has arrived for the tables behind, and begins with the next of them. Does not wait. */
void remap_read_ahead(struct remap *remap);
/* One row as it came; it may be taken only when some more have come, or the block ends. */
void remap_row(struct remap_block *block, struct slice row);
/*
 * False when a row of the backup before this one has its id, though it is no key by itself, and
 * other tables refer to it: whose row they mean cannot be said. To be asked once a row.
 */
bool remap_is_first(struct remap_block *block, struct slice row);
/* A row that is a reject before its ids are looked at. */
void remap_refuse(
    struct remap_block *block, struct slice row, const char *sqlstate, const char *reason);
/* Settles and writes what waits, the counts, the block's end, and the map where arrays need it. */
void remap_close(struct remap_block *block);
void remap_block_free(struct remap_block *block);

/* ---- the steps, for remap_row() and remap_cycle.c */

/* Takes the rows that remap_row() has kept. */
void remap_window_close(struct remap_block *block);
/* Writes a row at once, or puts it into the batch. */
void remap_row_now(struct remap_block *block, struct slice row);
/* The ids of the one table that the field's ids are of; NULL: there is none, or none was kept. */
struct idmap *remap_map_at(const struct remap_block *block, size_t at);
/* Splits a row and translates its references. KNOWN: done; REJECTED or WAITS otherwise. */
enum remap_state remap_prepare(struct remap_block *block, struct slice row);
/* REJECTED, with that SQLSTATE and reason. */
enum remap_state remap_reject_because(
    struct remap_block *block, const char *sqlstate, const char *reason);
/* Looks the prepared row up: KNOWN (its id in block->id), TAKEN_OUT, NEW, DOUBTFUL, WAITS,
 * REJECTED. */
enum remap_state remap_look_up(struct remap_block *block);
/* The id of a KNOWN item; its live key where there is no id; SQLSTATE and reason of a REJECTED one.
 */
void remap_give(
    struct remap_block *block, struct remap_item *item, enum remap_state state, struct slice text);
/* The item's row, as it came. */
struct slice remap_item_row(const struct remap_block *block, const struct remap_item *item);
struct remap_item *remap_add_item(struct remap_block *block, struct slice row);
/* Sorts the batch's new rows by their keys: the live table's index is filled from left to right. */
void remap_sort(struct remap_block *block);
/* Adds the backup's ids of the batch's items in that state. */
void remap_add_ids(struct remap_block *block, enum remap_state state, struct textarray *ids);
/* ` FROM` the live rows t `WHERE` their ids are in the array $1. */
void remap_add_rows_of_ids(const struct layout *layout, struct buf *sql);
/* Gives all NEW and DOUBTFUL items of the batch what the server knows, or a new id. */
void remap_settle(struct remap_block *block);
/* The live row, which has that content if it is there, is as the prepared row says. */
bool remap_is_unchanged(struct remap_block *block, uint64_t content);
/* The live row of these fields and the prepared row's id is no row's of the backup so far, by its
 * key; from now on it is. */
bool remap_is_nobodys(struct remap_block *block, const struct slice *fields);
/* Writes an item that is KNOWN or behind. */
void remap_write_item(struct remap_block *block, const struct remap_item *item);
void remap_reject(struct remap_block *block);
/* What refers to the row that was prepared last is rejected too. */
void remap_note_gone(struct remap_block *block);
/* The backup's row of that id was rejected. */
bool remap_is_gone(const struct remap *remap, const struct plan_table *table, struct slice id);
/*
 * And it is of the block's cycle: it may have been found, or have got an id, before it was
 * rejected. Not of an id that is one column of several of a key: then another row may have it,
 * which counts.
 */
bool remap_is_taken_back(
    const struct remap_block *block, const struct plan_table *target, struct slice id);
/* An id pair becomes known. */
void remap_record(struct remap_block *block, struct slice old, struct slice live);
/* Which rows were found otherwise than by their keys, and which follow others. */
void remap_say(const struct remap_block *block);
/* Counts and the block's end. */
void remap_finish(struct remap_block *block);
/* The map's own block, where arrays need it. */
void remap_write_map(struct remap_block *block);
/* Fields for hashing the content: arrays as array-fixer will make them. KNOWN: done; else REJECTED,
 * or WAITS for rows of the cycle. */
enum remap_state remap_content(struct remap_block *block);
/* Arrays go out as they came. */
void remap_restore_arrays(struct remap_block *block);

#endif
