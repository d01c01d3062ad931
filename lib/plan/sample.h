#ifndef SAMPLE_H
#define SAMPLE_H
/*
 * A sample of a table's rows while they pass by: at most so many, spread evenly over its bytes, and
 * a tenth of that more with the greatest ids, which say whether ids parted there; the last rows
 * where there are no ids. A further tenth has the greatest ids up to one that is given. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

#define SAMPLE_LONGEST_ROW ((size_t)64 * 1024) /* longer rows are left out */

struct sample_row {
    struct slice text; /* with its newline; valid until the next sample_reset() */
    uint64_t at;       /* bytes before it */
    int64_t rank;      /* its id, or `at` */
};

/* Where a table's ids are. */
struct sample_ids {
    bool known;
    size_t column;
    bool capped;
    int64_t cap; /* the greatest id for the further tenth */
};

/* The rows of the greatest ranks: a heap, the least one first. */
struct sample_top {
    struct sample_row *rows;
    size_t n;
};

struct sample {
    size_t limit;
    struct sample_row *rows; /* in the order in which they passed by */
    size_t n;
    uint64_t stride, seen, next; /* bytes: between rows, passed by, where the next one is taken */
    struct sample_ids ids;
    struct sample_top top, below; /* of all rows; of those up to the cap */
};

void sample_init(struct sample *sample, size_t limit);
void sample_release(struct sample *sample);
/* Forgets the rows: another table begins. */
void sample_reset(struct sample *sample, const struct sample_ids *ids);
/* Whole rows, each with its newline. */
void sample_take(struct sample *sample, struct slice rows);
/* Adds the rows of the greatest ids: all have passed by. */
void sample_finish(struct sample *sample);

#endif
