#ifndef PARENTKEYS_H
#define PARENTKEYS_H
/*
 * A dry run: by which columns foreign keys refer to rows, and what the merge would do to the values
 * there: which new rows bring, and which are lost since the row that has them is refused. Values of
 * several columns go together. Where a table is partitioned, its partitions' rows count as its own.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "pairmap.h"
#include "rowquery.h"
#include "schema.h"

struct parentkey {
    char *parent; /* in display form */
    struct schema_names columns;
    bool wanted;         /* what is brought has to be known */
    bool unknown;        /* but the server could not say it */
    struct pairmap lost; /* hashes of the texts */
    bool unsure; /* some other value is, of a cycle's row that was rejected before its ids were
                    translated, though other rows have got the id that was meant for it */
    struct pairmap brought; /* hashes by the server, and how many rows bring it */
    struct pairmap left;    /* likewise, of values that changed rows no longer have */
    bool settling; /* the parent's group is (merge_cycle); what its rows that wait bring: */
    struct pairmap waiting;
};

struct parentkeys {
    uint64_t seed; /* of the texts' hashes */
    bool wanted;   /* some key is */
    bool lost;     /* some value is */
    struct parentkey **keys;
    size_t n, room;
};

void parentkeys_init(struct parentkeys *keys);
/* Never NULL; `columns` is a text[] of PostgreSQL, in the parent's order. */
struct parentkey *parentkeys_find(
    struct parentkeys *keys, const char *schema, const char *name, const char *columns);
void parentkeys_release(struct parentkeys *keys);
/* Adds the names of a text[]. */
void parentkeys_names(struct schema_names *names, const char *array);
/* Where they stand in the layout; none where one of them is missing there. at->at is the caller's.
 */
void parentkeys_positions(
    const struct layout *layout, const struct schema_names *names, struct layout_positions *at);

/* ---- of one table */

struct parentkeys_own {
    struct parentkey *key;
    struct layout_positions at; /* its columns in the layout; none where one is missing there */
    char *hash;                 /* of them in a row r, SQL */
};

struct parentkeys_table {
    struct parentkeys *keys;
    PGconn *connection;
    const struct layout *layout;
    bool asked;
    struct parentkeys_own *own;
    size_t n;
    struct rowquery fresh, changed; /* made when they are needed */
};

void parentkeys_table_init(struct parentkeys_table *table, struct parentkeys *keys,
    PGconn *connection, const struct layout *layout);
/* Asks which keys are the table's, the first time. */
void parentkeys_table_ask(struct parentkeys_table *table);
/* A row is refused. UNTRANSLATED: its ids are still the backup's. */
enum parentkeys_row { PARENTKEYS_ROW, PARENTKEYS_UNTRANSLATED };
void parentkeys_lose(struct parentkeys_table *table, enum parentkeys_row which, struct slice row);
/* Of new rows (with their newlines): a line a row, its number, then the hash of each of the table's
 * keys. NULL: the server cannot say it. */
PGresult *parentkeys_ask(struct parentkeys_table *table, struct slice rows);
/* Rows that the merge inserts, or changes. */
void parentkeys_bring(struct parentkeys_table *table, struct slice rows, enum liverow_rows which);
void parentkeys_table_release(struct parentkeys_table *table);

/* The hash of the texts of those fields; false where one of them is null, or there are none. */
bool parentkeys_hash_texts(const struct parentkeys *keys, const struct layout_positions *at,
    const struct slice *fields, uint64_t *hash);

#endif
