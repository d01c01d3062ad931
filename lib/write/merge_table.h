#ifndef MERGE_TABLE_H
#define MERGE_TABLE_H
/* A table that is being merged: what merge's parts know of it. */
#include "clashes.h"
#include "heldrows.h"
#include "merge.h"
#include "orphans.h"
#include "overlaps.h"
#include "parents.h"
#include "rivals.h"
#include "triggers.h"

struct merge_table {
    struct merge *merge;
    struct layout layout;
    struct tally tally;
    double started;
    size_t number;
    enum merge_mark mark;
    bool matching;                  /* some row was not marked: match is open */
    struct triggers_table triggers; /* asked when they are first wanted */
    bool triggers_asked;
    bool staged, silent_inserts, silent_updates;
    bool inserts_fire; /* triggers may change what is inserted */
    bool updates_fire; /* likewise what is updated */
    bool only_keys;    /* INSERT has no triggers but the foreign keys', which may be switched off */
    struct images images;
    struct match match;
    struct copybatch fresh;
    struct parents *parents; /* looked up instead of by triggers; NULL: by these */
    struct stage stage;
    struct changes changes;
    struct validate validate; /* what would be refused: in a dry run, and where many rows are */
    struct heldrows held;     /* new rows, see merge_moves.h */
    struct clashes clashes;
    int64_t rejected_id; /* the greatest of the rejected rows: when they are mended they have it */
    struct buf refused;  /* new rows of a cycle: rows of its tables do not know of them */
    struct merge_foresee *foresee; /* NULL but in a dry run */
};

/* The column whose values a live sequence gives; LAYOUT_NONE. */
size_t merge_table_counted(const struct merge_table *table);
/* Chooses how its rows are written, or compared in a dry run, from its live triggers and keys. */
void merge_table_prepare(struct merge_table *table);
/* Whether its new rows go in with the triggers off. */
bool merge_table_inserts_silently(struct merge_table *table);
/* Whether triggers fire for new rows, for changed ones. */
bool merge_table_inserts_fire(struct merge_table *table);
bool merge_table_updates_fire(struct merge_table *table);
/* A row that was not counted as read yet. */
void merge_table_reject(struct merge_table *table, const char *sqlstate, const char *reason,
    struct slice row, enum rejects_ids ids);
/* A new row that is refused, and was counted as read. */
void merge_table_refused_new(void *context, struct slice row, const struct server_error *error);
/* All of its cycle's rows have come: rows behind them may know which new ones were refused. */
void merge_table_note_refused(struct merge_table *table);
/* The context is the table; as copybatch_taken. */
void merge_table_note_inserted(void *context, struct slice rows, uint64_t n);

#endif
