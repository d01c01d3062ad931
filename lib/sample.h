#ifndef SAMPLE_H
#define SAMPLE_H
/*
 * A sample of a table's rows while they pass by: at most so many, spread evenly over its bytes.
 * Pure.
 */
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

#define SAMPLE_LONGEST_ROW ((size_t)64 * 1024) /* longer rows are left out */

struct sample {
    size_t limit;
    struct slice *rows; /* with their newlines; valid until the next sample_take() */
    size_t n;
    uint64_t stride, seen, next; /* bytes: between rows, passed by, where the next one is taken */
};

void sample_init(struct sample *sample, size_t limit);
void sample_release(struct sample *sample);
/* Forgets the rows: another table begins. */
void sample_reset(struct sample *sample);
/* Whole rows, each with its newline. */
void sample_take(struct sample *sample, struct slice rows);

#endif
