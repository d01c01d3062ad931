#include "evidence_moved.h"

#include <stdlib.h>
#include <string.h>

#include "evidence_content.h"
#include "ident.h"
#include "likeness.h"
#include "mem.h"
#include "number.h"

/* The query's parameters: the id; the key's columns; those that are compared. */
struct moved {
    struct evidence_query query;
    int rest; /* the first one that is compared */
};

/* Columns of the answer: of each compared one three hashes follow. */
enum { ID, SAME_ID, KEY, AGREE, HASHES };

static bool
add_key(struct evidence_query *query)
{
    const struct schema_names *key = &query->table->key->columns;

    for (size_t i = 0; i < key->n; i++)
        if (!evidence_query_add(query, key->names[i]))
            return false;
    return true;
}

/* Without integers: positions and the like count from one with the ids, in any two databases. */
static void
add_rest(struct evidence_query *query)
{
    const struct decide_table *table = query->table;

    for (size_t i = 0; i < table->columns.n; i++) {
        const struct schema_column *column =
            schema_find_column(table->live, table->columns.names[i]);

        if (strcmp(column->name, query->names[0]) != 0 &&
            !schema_has_name(&table->key->columns, column->name) && !number_is_type(column->type) &&
            !evidence_content_counts(query, column))
            evidence_query_add(query, column->name);
    }
}

/* `, hash of ALIAS.column`. */
static void
add_live_hash(struct evidence_query *query, const char *alias, int i)
{
    buf_add_format(&query->sql, ", pg_catalog.hashtextextended(%s.", alias);
    ident_quote(slice_string(query->names[i]), &query->sql);
    buf_add_string(&query->sql, "::pg_catalog.text COLLATE pg_catalog.\"C\", 0)");
}

static void
add_hashes(struct evidence_query *query, int i)
{
    buf_add_string(&query->sql, ", pg_catalog.hashtextextended((");
    evidence_content_add_value(query, i);
    buf_add_string(&query->sql, ")::pg_catalog.text COLLATE pg_catalog.\"C\", 0)");
    add_live_hash(query, "t", i);
    add_live_hash(query, "k", i);
}

/* `ALIAS.id BEHIND`. */
static void
add_live_id(struct evidence_query *query, const char *alias, const char *behind)
{
    buf_add_format(&query->sql, "%s.", alias);
    ident_quote(slice_string(query->names[0]), &query->sql);
    buf_add_string(&query->sql, behind);
}

/* Of each sampled row: t, the live row of its id, and k, that of its key; by the ids. */
static void
add_rows(struct evidence_query *query, int rest)
{
    evidence_query_add_rows(query);
    buf_add_string(&query->sql, " LEFT JOIN ");
    evidence_query_add_table(query);
    buf_add_string(&query->sql, " ON ");
    evidence_query_add_equal(query, 0);
    buf_add_string(&query->sql, " LEFT JOIN LATERAL (SELECT t.* FROM ");
    evidence_query_add_table(query);
    for (int i = 1; i < rest; i++) {
        buf_add_string(&query->sql, i > 1 ? " AND " : " WHERE ");
        evidence_query_add_equal(query, i);
    }
    buf_add_string(&query->sql, ") k ON true WHERE ");
    add_live_id(query, "t", " IS NOT NULL OR ");
    add_live_id(query, "k", " IS NOT NULL ORDER BY 1");
}

static void
add_query(struct moved *moved)
{
    struct evidence_query *query = &moved->query;
    const char *type = schema_find_column(query->table->live, query->names[0])->type;

    buf_add_format(&query->sql,
        number_is_type(type) ? "SELECT s.c0::%s, "
                             : "SELECT pg_catalog.row_number() OVER (ORDER BY s.c0::%s), ",
        type);
    add_live_id(query, "t", " IS NOT NULL, ");
    add_live_id(query, "k", " IS NOT NULL, ");
    add_live_id(query, "k", "");
    buf_add_format(&query->sql, " = s.c0::%s", type);
    for (int i = moved->rest; i < query->n; i++)
        add_hashes(query, i);
    add_rows(query, moved->rest);
}

/* ---- the answer */

static bool
is_true(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column)[0] == 't';
}

/* The hashes of a row: 0 the backup's, 1 those of the live row of its id, 2 of its key. */
static void
take(const PGresult *rows, int row, int whose, size_t n, uint64_t *values)
{
    for (size_t i = 0; i < n; i++) {
        int64_t number = LIKENESS_NULL;
        int column = HASHES + 3 * (int)i + whose;

        if (!PQgetisnull(rows, row, column))
            number_parse(slice_string(PQgetvalue(rows, row, column)), &number);
        values[i] = (uint64_t)number;
    }
}

static void
take_pairs(const PGresult *rows, struct likeness *likeness)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        uint64_t *values;

        if (!is_true(rows, row, SAME_ID))
            continue;
        values = likeness_add(likeness);
        take(rows, row, 0, likeness->n_columns, values);
        take(rows, row, 1, likeness->n_columns, values + likeness->n_columns);
    }
}

static enum decide_likeness
grade(const struct likeness *likeness, double sum)
{
    if (sum < 0)
        return DECIDE_UNLIKE;
    return sum > 0 && sum > likeness->most ? DECIDE_ALIKE : DECIDE_VAGUE;
}

static void
add_pair(
    const PGresult *rows, int row, enum decide_likeness likeness, struct decide_evidence *evidence)
{
    struct decide_pair *pair = MEM_APPEND(evidence->pairs, evidence->n_pairs, evidence->room_pairs);

    *pair = (struct decide_pair){.likeness = likeness};
    number_parse(slice_string(PQgetvalue(rows, row, ID)), &pair->id);
}

/* Whether the row is that of its id or that of its key, where these are two. */
static void
judge(const PGresult *rows, int row, const struct likeness *likeness, enum decide_likeness own,
    struct decide_evidence *evidence)
{
    size_t n = likeness->n_columns;
    uint64_t *values;
    bool held;

    evidence->key_pairs += is_true(rows, row, KEY);
    evidence->key_agree += is_true(rows, row, AGREE);
    if (!is_true(rows, row, KEY) || is_true(rows, row, AGREE))
        return;
    values = mem_alloc(2 * n * sizeof *values);
    take(rows, row, 0, n, values);
    take(rows, row, 2, n, values + n);
    held = grade(likeness, likeness_of(likeness, values, values + n)) == DECIDE_ALIKE;
    evidence->key_moved += own == DECIDE_ALIKE && !held;
    evidence->key_kept += held && own != DECIDE_ALIKE;
    free(values);
}

static void
weigh(const struct moved *moved, const PGresult *rows, struct decide_evidence *evidence)
{
    struct likeness likeness = {.n_columns = (size_t)(moved->query.n - moved->rest)};
    size_t n = 0;

    take_pairs(rows, &likeness);
    likeness_weigh(&likeness);
    evidence_content_count(&likeness, evidence);
    for (int row = 0; row < PQntuples(rows); row++) {
        enum decide_likeness own = DECIDE_UNLIKE;

        if (is_true(rows, row, SAME_ID)) {
            double rest = likeness.pairs[n++].rest;

            own = grade(&likeness, rest);
            if (rest < 0 || rest > 0)
                add_pair(rows, row, own, evidence);
        }
        judge(rows, row, &likeness, own, evidence);
    }
    likeness_release(&likeness);
}

void
evidence_moved_ask(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence)
{
    struct moved moved = {.query = *id};
    struct evidence_query *query = &moved.query;
    PGresult *rows;

    if (!add_key(query))
        return;
    moved.rest = query->n;
    add_rest(query);
    if (query->n == moved.rest)
        return;
    add_query(&moved);
    rows = evidence_query_run(connection, query);
    if (rows != NULL)
        weigh(&moved, rows, evidence);
    PQclear(rows);
    buf_release(&query->sql);
}
