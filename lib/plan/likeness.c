#include "likeness.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define SHIFTS 4 /* strangers that each row is paired with */

/* Where a column parts (part_at()). */
#define RARE 0.02     /* it agrees by chance at most so often */
#define FEWEST 3      /* rows before it parts, and behind */
#define SURPRISE 1000 /* chances to one against what agrees all the same in a stranger */

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
    free(likeness->weights);
    likeness->pairs = NULL;
    likeness->weights = NULL;
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

/* 1 they agree, 0 they do not, -1 both have no value. */
static int
are_equal(uint64_t there, uint64_t here)
{
    return there == LIKENESS_NULL && here == LIKENESS_NULL ? -1 : there == here;
}

/* Of the backup's row of one pair and the live row of another. */
static int
agree(const struct likeness *likeness, size_t backup, size_t live, size_t column)
{
    return are_equal(
        value_of(likeness, backup, column), value_of(likeness, live, likeness->n_columns + column));
}

static int
by_number(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The values of a column in order, the backup's or the live ones. */
static uint64_t *
sorted(const struct likeness *likeness, size_t at)
{
    uint64_t *values = mem_alloc((likeness->n + 1) * sizeof *values);

    for (size_t i = 0; i < likeness->n; i++)
        values[i] = likeness->pairs[i].values[at];
    qsort(values, likeness->n, sizeof *values, by_number);
    return values;
}

/* From *at on the values equal to the one there, which *at moves behind. */
static double
run(const uint64_t *values, size_t n, size_t *at)
{
    size_t from = *at;

    while (*at < n && values[*at] == values[from])
        ++*at;
    return (double)(*at - from);
}

/* Of all the backup's rows with all live ones: how many agree, and how many have no value both. */
static void
count_all(const struct likeness *likeness, size_t column, double *agree, double *none)
{
    uint64_t *backup = sorted(likeness, column);
    uint64_t *live = sorted(likeness, likeness->n_columns + column);

    *agree = *none = 0;
    for (size_t i = 0, k = 0; i < likeness->n && k < likeness->n;) {
        if (backup[i] < live[k]) {
            i++;
        } else if (backup[i] > live[k]) {
            k++;
        } else {
            double *sum = backup[i] == LIKENESS_NULL ? none : agree;
            double there = run(backup, likeness->n, &i);

            *sum += there * run(live, likeness->n, &k);
        }
    }
    free(backup);
    free(live);
}

/* How often the column agrees in strangers, each row with each other one; never 0, for one more
 * might. */
static double
agrees_by_chance(const struct likeness *likeness, size_t column)
{
    double n = (double)likeness->n, found, none, tried;

    count_all(likeness, column, &found, &none);
    for (size_t i = 0; i < likeness->n; i++) {
        int agrees = agree(likeness, i, i, column);

        found -= agrees > 0;
        none -= agrees < 0;
    }
    tried = n * (n - 1) - none;
    return tried < 1 ? 0.5 : (found > 0 ? found : 0.5) / tried;
}

static double
weight_of(double agreement, int agrees)
{
    return agrees > 0 ? agreement : agrees == 0 ? log(0.5) : 0;
}

double
likeness_of(const struct likeness *likeness, const uint64_t *backup, const uint64_t *live)
{
    double sum = 0;

    for (size_t i = 0; i < likeness->n_columns; i++)
        sum += weight_of(likeness->weights[i], are_equal(backup[i], live[i]));
    return sum;
}

static void
add_up(const struct likeness *likeness, const double *weights, size_t backup, size_t live,
    struct likeness_pair *pair)
{
    double key = 0, rest = 0;

    for (size_t i = 0; i < likeness->n_columns; i++) {
        double weight = weight_of(weights[i], agree(likeness, backup, live, i));

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

/*
 * The first pair in which the column differs, when it agrees in those before and in none behind:
 * both databases went on from there. likeness->n when it does not part.
 */
static size_t
part_at(const struct likeness *likeness, size_t column)
{
    size_t first = likeness->n, agreed = 0, differ = 0;

    for (size_t i = 0; i < likeness->n; i++) {
        int agrees = agree(likeness, i, i, column);

        if (agrees > 0 && differ > 0)
            return likeness->n;
        agreed += agrees > 0;
        differ += agrees == 0;
        if (agrees == 0 && differ == 1)
            first = i;
    }
    return agreed >= FEWEST && differ >= FEWEST ? first : likeness->n;
}

/* True when strangers hardly agree where this pair does: in a column that tells rows apart, or in
 * so many others. */
static bool
agree_by_much(const struct likeness *likeness, const double *chances, size_t pair)
{
    double all = 1;

    for (size_t i = 0; i < likeness->n_columns; i++) {
        if (agree(likeness, pair, pair, i) <= 0)
            continue;
        if (i >= likeness->n_key && chances[i] <= RARE)
            return true;
        all *= chances[i];
    }
    return all <= 1.0 / SURPRISE;
}

/* In some column that tells rows apart. */
static bool
agree_by_name(const struct likeness *likeness, size_t pair)
{
    for (size_t i = 0; i < likeness->n_columns && likeness->telling != NULL; i++)
        if (likeness->telling[i] && agree(likeness, pair, pair, i) > 0)
            return true;
    return false;
}

static void
speak_against(struct likeness_pair *pair)
{
    pair->sum = fmin(pair->sum, log(0.5));
    pair->rest = fmin(pair->rest, log(0.5));
}

/*
 * Jobs that run in turn, or the few users of a log, agree row by row where both databases went on
 * in the same way: many columns of little weight. That the one which tells rows apart, such as a
 * time, agrees up to some id and in no row behind it, weighs more than they do.
 */
static void
part(struct likeness *likeness, const double *chances)
{
    for (size_t i = 0; i < likeness->n; i++)
        if (likeness->pairs[i].apart && !agree_by_name(likeness, i))
            speak_against(&likeness->pairs[i]);
    for (size_t column = likeness->n_key; column < likeness->n_columns; column++) {
        if (chances[column] > RARE)
            continue;
        for (size_t i = part_at(likeness, column); i < likeness->n; i++) {
            if (agree(likeness, i, i, column) == 0 && !agree_by_much(likeness, chances, i))
                speak_against(&likeness->pairs[i]);
        }
    }
}

void
likeness_weigh(struct likeness *likeness)
{
    double *weights = mem_alloc((likeness->n_columns + 1) * sizeof *weights);
    double *chances = mem_alloc((likeness->n_columns + 1) * sizeof *chances);

    for (size_t i = 0; i < likeness->n_columns; i++) {
        chances[i] = agrees_by_chance(likeness, i);
        weights[i] = log((1 + chances[i]) / (2 * chances[i]));
    }
    for (size_t i = 0; i < likeness->n; i++)
        add_up(likeness, weights, i, i, &likeness->pairs[i]);
    part(likeness, chances);
    free(chances);
    weigh_strangers(likeness, weights);
    free(likeness->weights);
    likeness->weights = weights;
}

/* ---- what tells rows apart */

bool
likeness_is_seldom(const struct likeness *likeness, size_t column)
{
    return agrees_by_chance(likeness, column) <= RARE;
}

struct holder {
    uint64_t value;
    size_t pair;
};

static int
by_holder(const void *a, const void *b)
{
    const struct holder *left = a, *right = b;

    if (left->value != right->value)
        return left->value < right->value ? -1 : 1;
    return (left->pair > right->pair) - (left->pair < right->pair);
}

/* No value, or one that a row of another pair has too. */
static bool
is_held_once(struct holder *holders, size_t n)
{
    qsort(holders, n, sizeof *holders, by_holder);
    for (size_t i = 0; i < n; i++)
        if (holders[i].value == LIKENESS_NULL ||
            (i > 0 && holders[i].value == holders[i - 1].value &&
                holders[i].pair != holders[i - 1].pair))
            return false;
    return true;
}

bool
likeness_tells_apart(const struct likeness *likeness, size_t column)
{
    struct holder *holders = mem_alloc((2 * likeness->n + 1) * sizeof *holders);
    size_t n = 0;
    bool tells = true;

    for (size_t i = 0; tells && i < likeness->n; i++) {
        holders[n++] = (struct holder){value_of(likeness, i, column), i};
        holders[n++] = (struct holder){value_of(likeness, i, likeness->n_columns + column), i};
        tells = likeness->pairs[i].rest <= likeness->most || agree(likeness, i, i, column) == 1;
    }
    tells = tells && is_held_once(holders, n);
    free(holders);
    return tells;
}

bool
likeness_differs(const struct likeness *likeness, size_t pair)
{
    const uint64_t *values = likeness->pairs[pair].values;

    return memcmp(values, values + likeness->n_columns, likeness->n_columns * sizeof *values) != 0;
}
