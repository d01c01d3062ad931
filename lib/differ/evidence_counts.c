/*
 * The part of evidence_content.h about columns that say nothing: numbers that count up with the ids
 * agree in any two databases.
 */
#include <stdlib.h>
#include <string.h>

#include "arraylit.h"
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
counts_up(const struct evidence_sample *sample, const char *id_name, const char *name)
{
    size_t id_at = evidence_column(sample, id_name), at = evidence_column(sample, name), n = 0;
    struct arraylit ids = {0}, values = {0};
    struct counted *rows = NULL;
    size_t room = 0;
    bool result;

    if (id_at == sample->columns.n || at == sample->columns.n)
        return false;
    arraylit_start(&ids, slice_string(textarray_literal(&sample->values[id_at])), NULL);
    arraylit_start(&values, slice_string(textarray_literal(&sample->values[at])), NULL);
    while (arraylit_next(&ids) == ARRAYLIT_ELEMENT && arraylit_next(&values) == ARRAYLIT_ELEMENT) {
        struct counted row;

        if (values.is_null || !number_parse(ids.value, &row.id))
            continue;
        row.number = to_number(values.value);
        *MEM_APPEND(rows, n, room) = row;
    }
    result = is_ascending(rows, n);
    free(rows);
    arraylit_release(&ids);
    arraylit_release(&values);
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
