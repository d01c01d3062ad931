#ifndef SAMPLE_H
#define SAMPLE_H
/*
 * A sample of a table's rows while they pass by: at most so many, spread evenly over its bytes, and
 * a tenth of that more at the very end, which say whether ids parted there. Pure.
 */
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

#define SAMPLE_LONGEST_ROW ((size_t)64 * 1024) /* longer rows are left out */

struct sample {
    size_t limit;
    struct slice *rows; /* with their newlines; valid until the next sample_reset() */
    size_t n;
    uint64_t stride, seen, next; /* bytes: between rows, passed by, where the next one is taken */
    uint64_t last;               /* bytes: behind the last row that was taken */
    size_t n_ends;
    struct buf ends; /* the last rows that passed by, not more than n_ends */
};

void sample_init(struct sample *sample, size_t limit);
void sample_release(struct sample *sample);
/* Forgets the rows: another table begins. */
void sample_reset(struct sample *sample);
/* Whole rows, each with its newline. */
void sample_take(struct sample *sample, struct slice rows);
/* Adds the rows at the end: all have passed by. */
void sample_finish(struct sample *sample);

#endif
