#ifndef RESERVE_H
#define RESERVE_H
/*
 * Fresh ids for new rows of one table, or of all partitions of one. Integers come from the column's
 * sequence, all that a batch needs in one call; without a sequence they follow the largest id.
 * uuids are made here. In a dry run nothing is reserved: the ids given are provisional and end with
 * the process.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

enum reserve_mode { RESERVE_REAL, RESERVE_DRY_RUN };

struct reserve {
    PGconn *reader; /* lookups, read only */
    PGconn *writer; /* NULL in a dry run */
    const struct plan_table *table;
    const struct plan_column *column;
    PGresult *block; /* ids reserved and not used yet: rows used .. n */
    int used;
    int64_t next; /* no sequence, or a dry run: the next number */
    bool started;
};

void reserve_init(struct reserve *reserve, PGconn *reader, PGconn *writer,
    const struct plan_table *table, const struct plan_column *column);
/* True when the column's type allows fresh ids at all. */
bool reserve_is_possible(const struct reserve *reserve);
/*
 * Keeps the sequence off ids that new rows keep: moved up to `largest` at once, before anybody
 * looks whether they are free. Nothing in a dry run.
 */
void reserve_cover(struct reserve *reserve, int64_t largest);
/* Makes `n` ids ready in one call, beside those that are left. */
void reserve_prepare(struct reserve *reserve, size_t n);
/* The next id; appended to `out`. reserve_prepare() has been asked for enough. */
void reserve_take(struct reserve *reserve, struct buf *out);
void reserve_release(struct reserve *reserve);

#endif
