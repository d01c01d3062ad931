#ifndef STAGE_H
#define STAGE_H
/*
 * New rows that cannot go straight into the live table: those of tables that refer to one another
 * (no order of rows would satisfy the foreign keys, but all checks of one statement are made at its
 * end, manual "SET CONSTRAINTS"), and those of tables whose triggers are switched off, whose
 * foreign keys therefore have to be looked at by us. They wait in temporary tables, then one
 * statement inserts the rows of the whole group. When the server refuses that, rows are tried one
 * by one.
 */
#include "copybatch.h"
#include "layout.h"

enum stage_triggers { STAGE_TRIGGERS_FIRE, STAGE_TRIGGERS_OFF };

struct stage {
    PGconn *writer;
    const struct layout *layout;
    size_t number; /* names the temporary table */
    copybatch_rejected *rejected;
    copybatch_sift *sift; /* may be NULL */
    const char *fires;    /* see triggers_fired() */
    void *context;
    struct copybatch batch;
    struct schema_names
        relations;       /* the table's and those that it is a partition of, in SQL form */
    uint64_t n;          /* rows added */
    uint64_t inserted;   /* rows that are in the live table at last */
    uint64_t suppressed; /* rows that a trigger of the live database left out */
};

void stage_init(struct stage *stage, PGconn *writer, const struct layout *layout, size_t number,
    copybatch_rejected *rejected, void *context);
void stage_add(struct stage *stage, struct slice row);
/* As copybatch_yield() and copybatch_finish(). */
void stage_yield(struct stage *stage);
void stage_finish(struct stage *stage);
/*
 * Inserts the rows of all `n` stages together, in steps: triggers are switched off and orphans
 * rejected; one statement is tried, and where it is false nothing has happened; else what is
 * refused is rejected, and the rest inserted; triggers are switched on. At least one stage; each
 * has rows.
 */
void stage_begin(struct stage *const *stages, size_t n, enum stage_triggers triggers);
bool stage_try(struct stage *const *stages, size_t n);
void stage_insert(struct stage *const *stages, size_t n, enum stage_triggers triggers);
void stage_end(struct stage *const *stages, enum stage_triggers triggers);
/*
 * In between: rejects the rows of one stage that a query finds to be refused by themselves, unless
 * triggers that fire may mend them; `same` as in struct demands. And what refers to none; returns
 * how many.
 */
void stage_reject_refused(struct stage *stage, const char *same);
size_t stage_reject_orphans(struct stage *const *stages, size_t n);
/*
 * Gives the inserted rows in the layout's columns to `taken`, many at a time: as they were sent, or
 * as they stand in the live table where its triggers may have changed them.
 */
enum stage_rows { STAGE_ROWS_SENT, STAGE_ROWS_LIVE };
void stage_inserted(
    struct stage *stage, enum stage_rows which, copybatch_taken *taken, void *context);
void stage_release(struct stage *stage);

/* ---- between its parts */

struct triggers_check;
/* The rows (their ctid) of one stage that refer to no live row, and to none that waits in one of
 * the `n` stages either. */
void stage_orphans_sql(struct stage *const *stages, size_t n, const struct stage *stage,
    const struct triggers_check *check, struct buf *sql);

#endif
