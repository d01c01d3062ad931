#include "likeness.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "mem.h"

#define SHIFTS 4 /* strangers that each row is paired with */

uint64_t *
likeness_add(struct likeness *likeness)
{
    struct likeness_pair *pair = MEM_APPEND(likeness->pairs, likeness->n, likeness->room);

    *pair = (struct likeness_pair){
        .values = mem_alloc((2 * likeness->n_columns + 1) * sizeof *pair->values)};
    return pair->values;
}

void
likeness_release(struct likeness *likeness)
{
    for (size_t i = 0; i < likeness->n; i++)
        free(likeness->pairs[i].values);
    free(likeness->pairs);
    likeness->pairs = NULL;
    likeness->n = likeness->room = 0;
}

static int
by_value(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The pair whose live row the backup's row of pair `i` is paired with; `i` itself for shift 0. */
static size_t
partner(const struct likeness *likeness, size_t i, size_t shift)
{
    return (i + (shift * likeness->n + SHIFTS) / (SHIFTS + 1)) % likeness->n;
}

static uint64_t
value_of(const struct likeness *likeness, size_t pair, size_t column)
{
    return likeness->pairs[pair].values[column];
}

/* Of the backup's row of one pair and the live row of another: 1 they agree, 0 they do not, -1 both
 * have no value. */
static int
agree(const struct likeness *likeness, size_t backup, size_t live, size_t column)
{
    uint64_t there = value_of(likeness, backup, column),
             here = value_of(likeness, live, likeness->n_columns + column);

    return there == LIKENESS_NULL && here == LIKENESS_NULL ? -1 : there == here;
}

/* How often the column agrees in strangers; never 0, for one more might. */
static double
agrees_by_chance(const struct likeness *likeness, size_t column)
{
    size_t tried = 0, found = 0;

    for (size_t i = 0; i < likeness->n; i++)
        for (size_t shift = 1; shift <= SHIFTS; shift++) {
            size_t other = partner(likeness, i, shift);
            int agrees = other != i ? agree(likeness, i, other, column) : -1;

            tried += agrees >= 0;
            found += agrees > 0;
        }
    return tried == 0 ? 0.5 : (found > 0 ? (double)found : 0.5) / (double)tried;
}

static void
add_up(const struct likeness *likeness, const double *weights, size_t backup, size_t live,
    struct likeness_pair *pair)
{
    double key = 0, rest = 0;

    for (size_t i = 0; i < likeness->n_columns; i++) {
        int agrees = agree(likeness, backup, live, i);
        double weight = agrees > 0 ? weights[i] : agrees == 0 ? log(0.5) : 0;

        if (i < likeness->n_key)
            key += weight;
        else
            rest += weight;
    }
    pair->sum = key + rest;
    pair->rest = rest;
}

/* Fills `chance` and `most`. */
static void
weigh_strangers(struct likeness *likeness, const double *weights)
{
    double *rests = mem_alloc((SHIFTS * likeness->n + 1) * sizeof *rests);
    size_t n = 0, say = 0, alike = 0;

    for (size_t i = 0; i < likeness->n; i++)
        for (size_t shift = 1; shift <= SHIFTS; shift++) {
            size_t other = partner(likeness, i, shift);
            struct likeness_pair stranger;

            if (other == i)
                continue;
            add_up(likeness, weights, i, other, &stranger);
            rests[n++] = stranger.rest;
            say += stranger.sum < 0 || stranger.sum > 0;
            alike += stranger.sum > 0;
        }
    qsort(rests, n, sizeof *rests, by_value);
    likeness->chance = say > 0 ? (double)alike / (double)say : -1;
    likeness->most = n > 0 ? rests[(99 * n + 99) / 100 - 1] : 0;
    free(rests);
}

void
likeness_weigh(struct likeness *likeness)
{
    double *weights = mem_alloc((likeness->n_columns + 1) * sizeof *weights);

    for (size_t i = 0; i < likeness->n_columns; i++) {
        double u = agrees_by_chance(likeness, i);

        weights[i] = log((1 + u) / (2 * u));
    }
    for (size_t i = 0; i < likeness->n; i++)
        add_up(likeness, weights, i, i, &likeness->pairs[i]);
    weigh_strangers(likeness, weights);
    free(weights);
}
