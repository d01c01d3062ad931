#ifndef LIKENESS_H
#define LIKENESS_H
/*
 * Pairs of rows that have the same id, one of the backup and one of the live table: whether they
 * are the same row, by what else they hold. Pure.
 *
 * Each column weighs as much as its agreement is a surprise, as in record linkage (Fellegi and
 * Sunter 1969): u is how often it agrees by chance, in each row with each other one, as by ids
 * that mean nothing; that it agrees in a row that is the same is taken as
 * u + (1 - u) / 2. A column that always agrees weighs nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIKENESS_NULL 0 /* a value: there is none; that both rows have none says nothing */

struct likeness_pair {
    uint64_t *values; /* the backup's of each column, then the live ones */
    /* What speaks for the same row: below 0 it is another one; 0 says nothing. */
    double sum;
    double rest; /* the same without the columns of the key */
    bool apart;  /* they belong to different rows of another table, each made since the databases
                    parted: only a column that tells rows apart says that they are the same */
};

struct likeness {
    size_t n_columns;
    size_t n_key;  /* the first columns, which belong to the primary key */
    bool *telling; /* one a column: it does; NULL: none. The caller's */
    struct likeness_pair *pairs;
    size_t n, room;
    /* Of strangers, filled by likeness_weigh(): how many have a sum above 0, as a share of those
     * whose sum is not 0 (below 0: there are none); and a rest that one in a hundred exceeds. */
    double chance, most;
    double *weights; /* of each column that agrees; until likeness_release() */
};

/* Adds a pair, in the order of the ids: room for its values, which are to be filled in. */
uint64_t *likeness_add(struct likeness *likeness);
void likeness_weigh(struct likeness *likeness);
/* What speaks for it that a row of the backup and any live one are the same, by all columns,
 * wherever these part: after likeness_weigh(). */
double likeness_of(const struct likeness *likeness, const uint64_t *backup, const uint64_t *live);
/*
 * True of a column by which rows can be found in both databases: each row of the backup, and each
 * live one, has a value that only the other row of its pair may have, and alike pairs agree in it.
 * After likeness_weigh().
 */
bool likeness_tells_apart(const struct likeness *likeness, size_t column);
/* Strangers hardly agree in the column. */
bool likeness_is_seldom(const struct likeness *likeness, size_t column);
bool likeness_differs(const struct likeness *likeness, size_t pair);
void likeness_release(struct likeness *likeness);

#endif
