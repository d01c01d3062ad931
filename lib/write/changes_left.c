/*
 * The part of changes about rows that differ though the UPDATE ended well. Either another session
 * changed such a row at that moment, and it was left out where images are returned
 * (changesql_update()): it is updated now, as its new version asks for. Or a trigger of the live
 * database keeps it: then one more UPDATE leaves it too, and the live row has the same version as
 * before that. (What the UPDATE did write may differ all the same: a trigger had its way.)
 */
#include <stdlib.h>

#include "changes.h"
#include "changesql.h"
#include "mem.h"

#define MOST_ROUNDS 100

static uint64_t
number_of(const PGresult *rows, int row)
{
    return strtoull(PQgetvalue(rows, row, 0), NULL, 10);
}

/* Rows come by their numbers: `at` goes along in those of the round before. */
static bool
has_stayed(const PGresult *before, int *at, uint64_t number, const char *version)
{
    while (*at < PQntuples(before) && number_of(before, *at) < number)
        ++*at;
    return *at < PQntuples(before) && number_of(before, *at) == number &&
           strcmp(PQgetvalue(before, *at, 1), version) == 0;
}

/* The rows to be tried, into `numbers`; counts those that were tried and have stayed. */
static size_t
sort_out(struct changes *changes, const PGresult *rows, const PGresult *before, uint64_t *numbers)
{
    size_t n = 0;
    int at = 0;

    for (int i = 0; i < PQntuples(rows); i++) {
        uint64_t number = number_of(rows, i);
        unsigned char *done = &changes->written[number / 8],
                      bit = (unsigned char)(1U << number % 8);

        if ((*done & bit) != 0)
            continue;
        if (has_stayed(before, &at, number, PQgetvalue(rows, i, 1))) {
            changes->suppressed++;
            *done |= bit;
        } else {
            numbers[n++] = number;
        }
    }
    return n;
}

/* Returns how many rows were tried; `before` are those of the round before, then those of this one.
 */
static size_t
try_round(struct changes *changes, const char *sql, PGresult **before)
{
    PGresult *rows = server_query(changes->connection, sql);
    uint64_t *numbers = mem_alloc(((size_t)PQntuples(rows) + 1) * sizeof *numbers);
    size_t n = sort_out(changes, rows, *before, numbers);

    if (n > 0)
        changes_update_these(changes, numbers, n);
    PQclear(*before);
    *before = rows;
    free(numbers);
    return n;
}

void
changes_left_out(struct changes *changes)
{
    PGresult *before = NULL;
    struct buf sql = {0};
    int rounds = 0;

    changesql_unwritten(changes->layout, changes->number, &sql);
    buf_string(&sql);
    while (rounds < MOST_ROUNDS && try_round(changes, sql.data, &before) > 0)
        rounds++;
    if (rounds == MOST_ROUNDS)
        msg_fatal(STATUS_TEMPORARY,
            "%s: other sessions keep changing rows that the merge is to update; nothing was "
            "committed: try again, or with the rule 'conflict keep'",
            changes->layout->table->name);
    PQclear(before);
    buf_release(&sql);
}
