#ifndef MERGE_H
#define MERGE_H
/*
 * upserter's engine: rows that carry the live database's ids; what is new or changed is written, in
 * one transaction that the caller commits. Rows that no tool before has looked up are compared with
 * the live rows here.
 *
 * Two connections: the reader, in a read-only transaction of one snapshot, gives the live rows; the
 * writer, in READ COMMITTED, gets the new ones by COPY and the changed ones by UPDATE. A dry run
 * has no writer and asks the reader alone.
 *
 * Tables are worked on in groups: the tables of one cycle of the plan, or a single one. New rows of
 * a group come before its changes, for these may refer to those. The server ends a group's writing
 * while the live rows of the next table are read; its answers are taken when the writer is needed
 * again.
 */
#include <libpq-fe.h>

#include "changes.h"
#include "copybatch.h"
#include "inserted.h"
#include "match.h"
#include "parentkeys.h"
#include "plan.h"
#include "refusals.h"
#include "rejects.h"
#include "show.h"
#include "stage.h"
#include "tally.h"
#include "undolog.h"
#include "validate.h"

enum merge_strictness { MERGE_GO_ON, MERGE_STRICT };

struct merge_table;

struct merge {
    const struct plan *plan;
    PGconn *reader, *writer; /* writer is NULL in a dry run */
    struct rejects rejects;
    struct refusals refusals;
    struct inserted inserted;
    struct parentkeys parentkeys; /* of a dry run; and whether two rows of a table became one */
    bool *twins;                  /* one a planned table; NULL: it is no dry run */
    enum merge_strictness strictness;
    struct output *sql;         /* the SQL of a dry run; NULL: not wanted */
    struct output *counts;      /* TSV; NULL: not wanted */
    struct undolog *undo;       /* NULL: not wanted */
    struct show show;           /* limit 0: not wanted */
    bool may_silence;           /* the role may switch triggers off */
    struct merge_table **group; /* being read */
    size_t n_group, room_group;
    struct merge_table **ending; /* written, but for the last answers */
    size_t n_ending, room_ending, n_tables;
    struct merge_table **sequences; /* tables whose sequences may have to move */
    size_t n_sequences, room_sequences;
    struct tally sum;
    bool headed; /* the report has its heading */
    struct tally_skipped skipped;
};

/* After the fields above are set. */
void merge_init(struct merge *merge);
/* Starts a table's block; takes the layout over. */
struct merge_table *merge_table_new(struct merge *merge, const struct layout *layout);
/* What the rows that follow are known to be; rows of which nothing is known are looked up. */
enum merge_mark { MERGE_UNKNOWN, MERGE_NEW, MERGE_KNOWN };
void merge_mark(struct merge_table *table, enum merge_mark mark);
void merge_row(struct merge_table *table, struct slice row);
/* A row that a tool before this one took out: as it was in the backup. */
void merge_reject_untranslated(
    struct merge_table *table, const char *sqlstate, const char *reason, struct slice row);
/* So many rows were found to be in the live table by a tool before this one. */
void merge_unchanged(struct merge_table *table, uint64_t n);
void merge_table_end(struct merge_table *table);
/* After the last table: closes the last group, reports skipped tables, moves sequences up. */
void merge_finish(struct merge *merge);

#endif
