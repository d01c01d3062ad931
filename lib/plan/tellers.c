#include "tellers.h"

#include <stdlib.h>

#include "hash.h"
#include "mem.h"

#define ENOUGH 3   /* rows */
#define SELDOM 100 /* of so many pairs of rows at most one has the same value */
#define MOST_DIGITS 18

struct teller {
    int64_t id;
    uint64_t value, pattern; /* hashes, of the second without its digits */
    uint64_t number;         /* its digits */
};

void
tellers_add(struct tellers *tellers, int64_t id, struct slice value)
{
    struct teller *row = MEM_APPEND(tellers->rows, tellers->n, tellers->room);
    int digits = 0;

    *row = (struct teller){.id = id, .value = hash_bytes(0, value)};
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            row->pattern = hash_number(row->pattern + (unsigned char)value.data[i]);
        else if (digits++ < MOST_DIGITS)
            row->number = row->number * 10 + (uint64_t)(value.data[i] - '0');
    }
}

static int
by_value(const void *a, const void *b)
{
    const struct teller *left = a, *right = b;

    return (left->value > right->value) - (left->value < right->value);
}

static int
by_id(const void *a, const void *b)
{
    const struct teller *left = a, *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

static bool
are_seldom_equal(struct tellers *tellers)
{
    size_t n = tellers->n, equal = 0, run = 0;

    qsort(tellers->rows, n, sizeof *tellers->rows, by_value);
    for (size_t i = 1; i < n; i++) {
        run = tellers->rows[i].value == tellers->rows[i - 1].value ? run + 1 : 0;
        equal += run;
    }
    return equal * SELDOM <= n * (n - 1) / 2;
}

/* Most rows have the pattern of the row before, and four of five of these a greater number. */
static bool
count_up(struct tellers *tellers)
{
    size_t alike = 0, greater = 0;

    qsort(tellers->rows, tellers->n, sizeof *tellers->rows, by_id);
    for (size_t i = 1; i < tellers->n; i++) {
        const struct teller *row = &tellers->rows[i], *before = row - 1;

        if (row->pattern != before->pattern)
            continue;
        alike++;
        greater += row->number > before->number;
    }
    return alike * 2 >= tellers->n - 1 && greater * 5 >= alike * 4;
}

bool
tellers_tell(struct tellers *tellers)
{
    return tellers->n >= ENOUGH && are_seldom_equal(tellers) && !count_up(tellers);
}

void
tellers_release(struct tellers *tellers)
{
    free(tellers->rows);
    *tellers = (struct tellers){0};
}
