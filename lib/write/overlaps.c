#include "overlaps.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "pairmap.h"
#include "prepared.h"
#include "rowquery.h"
#include "server.h"
#include "sql.h"

#define MOST_PAIRS 5000000 /* of a table: a second or two */
#define MOST_CLASHES 65536 /* of one part of the rows; where there are more it is halved */

/* What sql/table_overlaps.sql gives, and what is asked of each row (behind its number). */
enum { MESSAGE, MEMBERS, GIVEN, TEXTS, TYPES, HASH, CLASH };
enum { ROW_GIVEN = 1, ROW_HASH, ROW_TEXTS };

struct overlap { /* one constraint */
    char *message, *clash;
    char *types, *typed; /* asked once a row is there: `u.c0::T AS m0, ...` */
    size_t members;
    struct rowquery query;
    struct textarray *taken; /* the members of accepted rows, an array each */
    uint64_t n_taken;
    struct pairmap buckets; /* how many of them have the same hash */
};

struct pair { /* of rows of a part: they clash */
    size_t later, earlier;
    const char *reason;
};

/* A part of the rows, all of which are looked at before the next part. */
struct part {
    size_t n;
    PGresult **values;    /* one a constraint */
    const char **reasons; /* one a row: NULL while it is good */
    struct pair *pairs;
    size_t n_pairs, room_pairs;
};

/* Those rows of a part that may clash by a constraint. */
struct asked {
    struct textarray *members; /* an array each, as parameters */
    size_t *places;            /* which rows they are */
    size_t n;
};

void
overlaps_init(struct overlaps *overlaps, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context)
{
    *overlaps = (struct overlaps){
        .connection = connection, .layout = layout, .rejected = rejected, .context = context};
}

void
overlaps_release(struct overlaps *overlaps)
{
    for (size_t i = 0; i < overlaps->n; i++) {
        struct overlap *overlap = &overlaps->constraints[i];

        for (size_t m = 0; m < overlap->members; m++)
            textarray_release(&overlap->taken[m]);
        rowquery_release(&overlap->query);
        pairmap_release(&overlap->buckets);
        free(overlap->taken);
        free(overlap->message);
        free(overlap->clash);
        free(overlap->types);
        free(overlap->typed);
    }
    free(overlaps->constraints);
}

/* ---- the constraints */

static void
add_constraint(
    struct overlaps *overlaps, const struct liverow *liverow, const PGresult *result, int row)
{
    struct overlap *overlap = &overlaps->constraints[row];
    const char *given = PQgetvalue(result, row, GIVEN);
    char *what = mem_format("%s, CASE WHEN %s THEN %s END, %s", given, given,
        PQgetvalue(result, row, HASH), PQgetvalue(result, row, TEXTS));

    overlap->message = mem_string(PQgetvalue(result, row, MESSAGE));
    overlap->clash = mem_string(PQgetvalue(result, row, CLASH));
    overlap->types = mem_string(PQgetvalue(result, row, TYPES));
    overlap->members = (size_t)strtoull(PQgetvalue(result, row, MEMBERS), NULL, 10);
    overlap->taken = mem_alloc(overlap->members * sizeof *overlap->taken);
    rowquery_make(
        &overlap->query, overlaps->connection, overlaps->layout, liverow, LIVEROW_NEW, what);
    free(what);
}

static void
ask_for_constraints(struct overlaps *overlaps)
{
    struct liverow liverow;
    struct buf name = {0};
    const char *values[2];
    PGresult *result;

    liverow_init(&liverow, overlaps->connection, overlaps->layout, LIVEROW_NEW);
    mergesql_table(overlaps->layout->table, &name);
    values[0] = buf_string(&name);
    values[1] = liverow.columns;
    result = prepared_query(overlaps->connection, sql_table_overlaps, 2, values);
    overlaps->n = (size_t)PQntuples(result);
    overlaps->constraints = mem_alloc((overlaps->n + 1) * sizeof *overlaps->constraints);
    for (int row = 0; row < PQntuples(result); row++)
        add_constraint(overlaps, &liverow, result, row);
    overlaps->asked = true;
    PQclear(result);
    buf_release(&name);
    liverow_release(&liverow);
}

/* The members' types are those of expressions: the server says them of a row. */
static bool
ask_for_types(struct overlaps *overlaps, struct overlap *overlap, struct slice rows)
{
    struct slice first = copyrow_next(&rows);
    struct rowquery query = {0};
    struct liverow liverow;
    struct buf typed = {0};
    PGresult *result;

    liverow_init(&liverow, overlaps->connection, overlaps->layout, LIVEROW_NEW);
    rowquery_make(
        &query, overlaps->connection, overlaps->layout, &liverow, LIVEROW_NEW, overlap->types);
    result = rowquery_ask(&query, slice_make(first.data, first.length + 1));
    for (size_t m = 0; result != NULL && m < overlap->members; m++)
        buf_add_format(&typed, ", u.c%zu::%s AS m%zu", m, PQgetvalue(result, 0, (int)m + 1), m);
    overlap->typed = mem_string(buf_string(&typed));
    rowquery_release(&query);
    liverow_release(&liverow);
    buf_release(&typed);
    PQclear(result);
    return overlap->typed[0] != '\0';
}

/* ---- questions about a part */

static void
add_members(
    struct textarray *members, const struct overlap *overlap, const PGresult *values, int row)
{
    for (size_t m = 0; m < overlap->members; m++)
        textarray_add_name(&members[m], PQgetvalue(values, row, ROW_TEXTS + (int)m));
}

static bool
is_given(const PGresult *values, size_t row)
{
    return strcmp(PQgetvalue(values, (int)row, ROW_GIVEN), "t") == 0;
}

static void
asked_fill(struct asked *asked, const struct part *part, const struct overlap *overlap,
    const PGresult *values)
{
    *asked = (struct asked){.members = mem_alloc(overlap->members * sizeof *asked->members),
        .places = mem_alloc((part->n + 1) * sizeof *asked->places)};
    for (size_t row = 0; row < part->n; row++) {
        if (part->reasons[row] != NULL || !is_given(values, row))
            continue;
        add_members(asked->members, overlap, values, (int)row);
        asked->places[asked->n++] = row;
    }
}

static void
asked_release(struct asked *asked, const struct overlap *overlap)
{
    for (size_t m = 0; m < overlap->members; m++)
        textarray_release(&asked->members[m]);
    free(asked->members);
    free(asked->places);
}

static size_t
asked_place(const struct asked *asked, const PGresult *result, int row, int column)
{
    return asked->places[strtoull(PQgetvalue(result, row, column), NULL, 10) - 1];
}

/* `name AS MATERIALIZED (SELECT u.n, members of the parameters behind `before`)`: an expression is
 * computed once a row. */
static void
add_rows(const struct overlap *overlap, const char *name, size_t before, struct buf *sql)
{
    buf_add_format(sql, "%s AS MATERIALIZED (SELECT u.n%s FROM unnest(", name, overlap->typed);
    for (size_t m = 0; m < overlap->members; m++)
        buf_add_format(sql, "%s$%zu::pg_catalog.text[]", m > 0 ? ", " : "", before + m + 1);
    buf_add_string(sql, ") WITH ORDINALITY u(");
    for (size_t m = 0; m < overlap->members; m++)
        buf_add_format(sql, "c%zu, ", m);
    buf_add_string(sql, "n))");
}

/* `before`: more parameters in front of them; NULL for none. */
static PGresult *
ask(struct overlaps *overlaps, const struct overlap *overlap, struct textarray *before,
    const struct asked *asked, const char *sql)
{
    const char **values = mem_alloc(2 * overlap->members * sizeof *values);
    struct server_error error = {0};
    PGresult *result;
    size_t n = 0;

    for (size_t m = 0; before != NULL && m < overlap->members; m++)
        values[n++] = textarray_literal(&before[m]);
    for (size_t m = 0; m < overlap->members; m++)
        values[n++] = textarray_literal(&asked->members[m]);
    result = server_try_params(overlaps->connection, sql, (int)n, values, &error);
    overlaps->blind |= result == NULL;
    server_error_release(&error);
    free(values);
    return result;
}

/* Those that clash with accepted rows. */
static void
look_at_taken(struct overlaps *overlaps, struct overlap *overlap, const struct asked *asked,
    struct part *part)
{
    struct buf sql = {0};
    PGresult *result;

    buf_add_string(&sql, "WITH ");
    add_rows(overlap, "a", 0, &sql);
    add_rows(overlap, ", b", overlap->members, &sql);
    buf_add_format(
        &sql, " SELECT b.n FROM b WHERE EXISTS (SELECT FROM a WHERE %s)", overlap->clash);
    result = ask(overlaps, overlap, overlap->taken, asked, buf_string(&sql));
    for (int i = 0; i < PQntuples(result); i++)
        part->reasons[asked_place(asked, result, i, 0)] = overlap->message;
    PQclear(result);
    buf_release(&sql);
}

/* Those that clash with one another. */
static void
look_at_pairs(struct overlaps *overlaps, const struct overlap *overlap, const struct asked *asked,
    struct part *part)
{
    struct buf sql = {0};
    PGresult *result;

    buf_add_string(&sql, "WITH ");
    add_rows(overlap, "r", 0, &sql);
    buf_add_format(&sql, " SELECT b.n, a.n FROM r a JOIN r b ON a.n < b.n AND %s LIMIT %d",
        overlap->clash, MOST_CLASHES);
    result = ask(overlaps, overlap, NULL, asked, buf_string(&sql));
    for (int i = 0; i < PQntuples(result); i++)
        *MEM_APPEND(part->pairs, part->n_pairs, part->room_pairs) = (struct pair){
            asked_place(asked, result, i, 0), asked_place(asked, result, i, 1), overlap->message};
    PQclear(result);
    buf_release(&sql);
}

/* ---- a part */

static bool
part_init(struct part *part, struct overlaps *overlaps, struct slice rows, size_t n)
{
    bool known = true;

    *part = (struct part){.n = n,
        .values = mem_alloc(overlaps->n * sizeof *part->values),
        .reasons = mem_alloc(n * sizeof *part->reasons)};
    for (size_t i = 0; known && i < overlaps->n; i++) {
        struct overlap *overlap = &overlaps->constraints[i];

        part->values[i] = rowquery_ask(&overlap->query, rows);
        known = part->values[i] != NULL &&
                (overlap->typed != NULL || ask_for_types(overlaps, overlap, rows));
    }
    return known;
}

static void
part_release(struct part *part, const struct overlaps *overlaps)
{
    for (size_t i = 0; i < overlaps->n; i++)
        PQclear(part->values[i]);
    free(part->values);
    free(part->reasons);
    free(part->pairs);
}

/* The rows of equal hash so far, this one not counted. */
static uint64_t
count_bucket(struct overlap *overlap, const PGresult *values, int row)
{
    uint64_t hash = (uint64_t)strtoll(PQgetvalue(values, row, ROW_HASH), NULL, 10);
    bool added;

    return (*pairmap_add(&overlap->buckets, hash, &added))++;
}

/* Also counts the pairs that have to be compared. */
static bool
are_too_many(struct overlaps *overlaps, const struct part *part)
{
    for (size_t i = 0; i < overlaps->n; i++)
        for (size_t row = 0; row < part->n; row++)
            if (is_given(part->values[i], row))
                overlaps->pairs +=
                    count_bucket(&overlaps->constraints[i], part->values[i], (int)row);
    return overlaps->pairs > MOST_PAIRS;
}

static void
look_at(struct overlaps *overlaps, struct part *part)
{
    for (size_t i = 0; i < overlaps->n; i++) {
        struct overlap *overlap = &overlaps->constraints[i];
        struct asked asked;

        asked_fill(&asked, part, overlap, part->values[i]);
        if (asked.n > 0 && overlap->n_taken > 0)
            look_at_taken(overlaps, overlap, &asked, part);
        if (asked.n > 1)
            look_at_pairs(overlaps, overlap, &asked, part);
        asked_release(&asked, overlap);
    }
}

static int
by_later(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;

    return (one->later > other->later) - (one->later < other->later);
}

/* In their order: a row that is rejected stands in nobody's way. */
static void
choose(struct part *part)
{
    if (part->n_pairs > 1)
        qsort(part->pairs, part->n_pairs, sizeof *part->pairs, by_later);
    for (size_t i = 0; i < part->n_pairs; i++) {
        const struct pair *pair = &part->pairs[i];

        if (part->reasons[pair->later] == NULL && part->reasons[pair->earlier] == NULL)
            part->reasons[pair->later] = pair->reason;
    }
}

static void
take(struct overlaps *overlaps, const struct part *part, size_t row)
{
    for (size_t i = 0; i < overlaps->n; i++) {
        struct overlap *overlap = &overlaps->constraints[i];

        if (!is_given(part->values[i], row))
            continue;
        add_members(overlap->taken, overlap, part->values[i], (int)row);
        overlap->n_taken++;
    }
}

static void
give_back(struct overlaps *overlaps, const struct part *part, struct slice rows, struct buf *kept)
{
    for (size_t row = 0; rows.length > 0; row++) {
        struct slice line = copyrow_next(&rows);
        struct server_error error = {.sqlstate = "23P01"};

        if (part->reasons[row] == NULL) {
            take(overlaps, part, row);
            buf_add_slice(kept, slice_make(line.data, line.length + 1));
            continue;
        }
        error.message = mem_string(part->reasons[row]);
        overlaps->rejected(overlaps->context, line, &error);
        server_error_release(&error);
    }
}

enum counting { COUNTING, COUNTED };

static void
sift(struct overlaps *overlaps, struct slice rows, enum counting counting, struct buf *kept)
{
    size_t half = copyrow_half(rows);
    struct part part;

    overlaps->blind |= !part_init(&part, overlaps, rows, copyrow_count(rows)) ||
                       (counting == COUNTING && are_too_many(overlaps, &part));
    if (!overlaps->blind)
        look_at(overlaps, &part);
    if (overlaps->blind) {
        buf_add_slice(kept, rows);
    } else if (part.n_pairs >= MOST_CLASHES && half > 0) {
        sift(overlaps, slice_make(rows.data, half), COUNTED, kept);
        sift(overlaps, slice_make(rows.data + half, rows.length - half), COUNTED, kept);
    } else {
        choose(&part);
        give_back(overlaps, &part, rows, kept);
    }
    part_release(&part, overlaps);
}

void
overlaps_reject(struct overlaps *overlaps, struct slice rows, struct buf *kept)
{
    if (!overlaps->asked)
        ask_for_constraints(overlaps);
    if (overlaps->n == 0 || overlaps->blind || rows.length == 0)
        buf_add_slice(kept, rows);
    else
        sift(overlaps, rows, COUNTING, kept);
}
