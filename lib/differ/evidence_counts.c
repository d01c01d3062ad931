/*
 * The part of evidence_content.h about columns that say nothing: numbers that count up with the ids
 * agree in any two databases.
 */
#include <stdlib.h>
#include <string.h>

#include "evidence_content.h"
#include "mem.h"
#include "number.h"

struct counted {
    int64_t id;
    double number;
};

static int
by_id(const void *a, const void *b)
{
    const struct counted *left = a, *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

/* As exact as it has to be to tell which is greater; NaN is not. */
static double
to_number(struct slice text)
{
    char digits[64] = {0};

    memcpy(digits, text.data, text.length < sizeof digits ? text.length : sizeof digits - 1);
    return strtod(digits, NULL);
}

static bool
is_ascending(struct counted *rows, size_t n)
{
    bool ascending = n >= DECIDE_ENOUGH;

    if (n > 1)
        qsort(rows, n, sizeof *rows, by_id);
    for (size_t i = 1; i < n; i++)
        ascending &= rows[i].number > rows[i - 1].number;
    return ascending;
}

/* A number in which each sampled row exceeds those of smaller ids. */
static bool
counts_up(const struct evidence_sample *sample, const char *id, const char *name)
{
    struct evidence_walk walk;
    struct counted *rows = NULL;
    size_t n = 0, room = 0;
    bool result;

    if (!evidence_walk_start(&walk, sample, id, name))
        return false;
    while (evidence_walk_next(&walk)) {
        struct counted row;

        if (walk.right.is_null || !number_parse(walk.left.value, &row.id))
            continue;
        row.number = to_number(walk.right.value);
        *MEM_APPEND(rows, n, room) = row;
    }
    evidence_walk_end(&walk);
    result = is_ascending(rows, n);
    free(rows);
    return result;
}

static bool
is_number(const char *type)
{
    return number_is_type(type) || strncmp(type, "numeric", 7) == 0 || strcmp(type, "real") == 0 ||
           strcmp(type, "double precision") == 0;
}

/*
 * Numbers that a sequence made agree in any two databases that count from one; so do those that
 * refer to them, and others that go up with the ids.
 */
bool
evidence_content_counts(const struct evidence_query *query, const struct schema_column *column)
{
    return schema_is_made(column) ||
           (number_is_type(column->type) && decide_made_is_reference(query->table, column->name)) ||
           (is_number(column->type) && counts_up(query->sample, query->names[0], column->name));
}
