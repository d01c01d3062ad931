#ifndef UNDOSQL_H
#define UNDOSQL_H
/*
 * The SQL that undoes a merge, block by block of its undo stream. Pure; as mergesql.h.
 *
 * The rows of a block are loaded into a temporary table u. Those that were inserted have the
 * columns c0, c1, ... of the live types, and `kept`, which says why a row is not deleted, and
 * `who`, which names what is the reason; those that were updated have their key as k0, ..., the
 * values before as b0, ... and after as a0, ... Values are compared by their text, which every type
 * has and which tells 1.0 from 1.00.
 */
#include "buf.h"
#include "parksql.h"
#include "plan.h"

enum undosql_kind { UNDOSQL_INSERTED, UNDOSQL_UPDATED };

struct undosql_block {
    enum undosql_kind kind;
    struct plan_table table; /* its name, cycle and whether it is partitioned */
    struct schema_names key, columns;
    size_t number;    /* names the temporary table */
    uint64_t rows;    /* loaded */
    bool whole;       /* INSERTED: the live table has no other columns that can be set */
    const char *ours; /* a condition: the row t was written last by the merge; in SQL */
    /* UPDATED: columns in which rows whose unique values move are set aside; none at first */
    const struct parksql_column *parked;
    size_t n_parked;
};

void undosql_create(const struct undosql_block *block, struct buf *out);
/* COPY ... FROM STDIN of the block's rows; not for a table without columns. */
void undosql_copy(const struct undosql_block *block, struct buf *out);
/* `t.xmin` is one of the merge's: of the numbers first .. last but not of `others` (a list, or
 * NULL).
 */
void undosql_ours(int64_t first, int64_t last, const char *others, struct buf *out);
/* Locks the live rows that the block is about. */
void undosql_lock(const struct undosql_block *block, struct buf *out);

/* INSERTED. `SET kept = reason` of rows whose live row has changed; 'changed'. */
void undosql_mark_changed(const struct undosql_block *block, struct buf *out);
/* Another table's foreign key to the block's. */
struct undosql_referrer {
    const char *child; /* in SQL form, ONLY included where it has to be */
    const char *join;  /* c.x = t.y AND ... */
    const char *who;   /* names the child's rows that refer to t; in SQL */
    /* rows of the child that are deleted as well: its own, those of its whole table; or NULL */
    const struct undosql_block *deleted[2];
};
/* `SET kept = 'referred'` of rows that rows refer to which are not deleted as well. */
void undosql_mark_referred(
    const struct undosql_block *block, const struct undosql_referrer *referrer, struct buf *out);
/* DELETE of the rows that are not kept, by their key; of those without one, by their content. */
void undosql_delete(const struct undosql_block *block, struct buf *out);
void undosql_delete_keyless(const struct undosql_block *block, struct buf *out);
/* How many of those rows are there all the same. */
void undosql_count_undeleted(const struct undosql_block *block, struct buf *out);
void undosql_count_undeleted_keyless(const struct undosql_block *block, struct buf *out);
/* Three rows that are kept for that reason: their keys, how many there are in all, and who. */
void undosql_kept(const struct undosql_block *block, const char *reason, struct buf *out);

/* UPDATED. Likewise of rows that have changed, or are gone. */
enum undosql_which { UNDOSQL_CHANGED, UNDOSQL_GONE };
void undosql_list(const struct undosql_block *block, enum undosql_which which, struct buf *out);
/* Puts the values before back: where those after still stand, or everywhere. */
enum undosql_where { UNDOSQL_WHERE_UNCHANGED, UNDOSQL_EVERYWHERE };
void undosql_restore(const struct undosql_block *block, enum undosql_where where, struct buf *out);
/* How many that would be. */
void undosql_count_to_restore(
    const struct undosql_block *block, enum undosql_where where, struct buf *out);
/* A unique index of the live table. */
struct undosql_index {
    const char *name;                    /* of its columns, for people; in SQL */
    const char *condition;               /* t.x = r.x AND ...: the rows t and r clash */
    const struct schema_names *columns;  /* of r: those of all indexes */
    const struct undosql_block *deleted; /* inserted rows of the table, which go; or NULL */
};
/* `SET kept = 'taken'` of rows to be put back whose old value a row has that stays as it is. */
void undosql_mark_taken(const struct undosql_block *block, enum undosql_where where,
    const struct undosql_index *index, struct buf *out);
/* undosql_restore() of those alone whose old values, by all these indexes, no other row has now. */
void undosql_restore_free(const struct undosql_block *block, enum undosql_where where,
    const struct undosql_index *indexes, size_t n, struct buf *out);
/*
 * Where unique values move among the rows, in steps: numbers for the rows; `SET kept = 'moved'` of
 * those of which one of the `members` of a unique index is to be put back; undosql_restore(), which
 * sets them aside then; and, when nothing has their values any more, these.
 */
void undosql_number(const struct undosql_block *block, struct buf *out);
void undosql_mark_moved(const struct undosql_block *block, enum undosql_where where,
    const struct schema_names *members, struct buf *out);
void undosql_restore_moved(const struct undosql_block *block, struct buf *out);
/* How many restored rows (s) meet the condition, such as that of a triggers_check. */
void undosql_count_restored(
    const struct undosql_block *block, const char *condition, struct buf *out);

#endif
