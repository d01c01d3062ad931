#include "evidence_content.h"

#include <string.h>

#include "number.h"

/*
 * Of `pair` (n, of, backup, live): backup and live rows of equal ids, numbered by them. `met` pairs
 * them by equal ids (shift 0), and the backup's with four other live rows each, as by ids that mean
 * nothing. `weight` is that of record linkage (Fellegi and Sunter 1969): u is how often a column
 * agrees by chance; that it agrees in a row that is the same is taken as u + (1 - u) / 2. A column
 * that always agrees weighs nothing. `verdict` is the sum over a row's columns.
 */
static const char statistic[] =
    ", met AS MATERIALIZED (SELECT x.n, shift, i,"
    " x.backup[i] IS NOT DISTINCT FROM y.live[i] AS agrees"
    " FROM pair x CROSS JOIN pg_catalog.generate_series(0, 4) shift"
    " JOIN pair y ON y.n = (x.n + (shift * x.of + 4) / 5) % x.of"
    " CROSS JOIN pg_catalog.generate_subscripts(x.backup, 1) i WHERE shift = 0 OR y.n <> x.n),"
    " weight AS (SELECT i, CASE WHEN tried = 0 THEN 0.5"
    " ELSE GREATEST(chance, 0.5) / tried::pg_catalog.float8 END AS u"
    " FROM (SELECT i, pg_catalog.count(*) FILTER (WHERE shift > 0 AND agrees) AS chance,"
    " pg_catalog.count(*) FILTER (WHERE shift > 0) AS tried FROM met GROUP BY i) c),"
    " verdict AS (SELECT n, shift, pg_catalog.sum(pg_catalog.ln("
    "CASE WHEN agrees THEN (1 + u) / (2 * u) ELSE 0.5 END)) AS sum"
    " FROM met JOIN weight USING (i) GROUP BY n, shift),"
    " total AS (SELECT pg_catalog.count(*) FILTER (WHERE shift = 0) AS pairs,"
    " pg_catalog.count(*) FILTER (WHERE shift = 0 AND sum > 0) AS agree,"
    " pg_catalog.max(n) FILTER (WHERE shift = 0 AND sum > 0) AS last,"
    " pg_catalog.count(*) FILTER (WHERE shift > 0 AND sum > 0)::pg_catalog.float8 /"
    " NULLIF(pg_catalog.count(*) FILTER (WHERE shift > 0), 0) AS chance"
    " FROM verdict WHERE sum <> 0)"
    " SELECT pairs, agree, COALESCE(pg_catalog.round(chance * pairs), agree)::pg_catalog.int8,"
    " (SELECT pg_catalog.count(*) FROM verdict v"
    " WHERE v.shift = 0 AND v.sum < 0 AND v.n > COALESCE(total.last, -1)) FROM total";

/*
 * Numbers that a sequence made agree in any two databases that count from one; so do those that
 * refer to them.
 */
static bool
counts(const struct decide_table *table, const struct schema_column *column)
{
    return schema_is_made(column) ||
           (number_is_type(column->type) && decide_made_is_reference(table, column->name));
}

static void
add_columns(struct evidence_query *query)
{
    const struct schema_names *columns = &query->table->columns;

    for (size_t i = 0; i < columns->n; i++) {
        const struct schema_column *column =
            schema_find_column(query->table->live, columns->names[i]);

        if (strcmp(column->name, query->names[0]) != 0 && !counts(query->table, column))
            evidence_query_add(query, column->name);
    }
}

/* Through which type a value gets the text that the live one has: a time stands in another zone in
 * another session, and the blanks behind char(n) are none of its text. */
static const char *
cast(const struct decide_table *table, const char *name)
{
    const struct schema_column *backup = schema_find_column(table->backup, name);
    const char *type = schema_find_column(table->live, name)->type;

    if (backup != NULL && strcmp(backup->type, type) != 0)
        return "";
    if (strcmp(type, "timestamp with time zone") == 0)
        return "::pg_catalog.timestamptz::pg_catalog.text";
    return strncmp(type, "character(", 10) == 0 ? "::pg_catalog.bpchar::pg_catalog.text" : "";
}

static void
add_pairs(struct evidence_query *query)
{
    struct buf *sql = &query->sql;

    buf_add_string(sql, "WITH pair (n, of, backup, live) AS MATERIALIZED (SELECT "
                        "pg_catalog.row_number() OVER (ORDER BY ");
    evidence_query_add_live(query, 0);
    buf_add_string(sql, ") - 1, pg_catalog.count(*) OVER (), ARRAY[");
    for (int i = 1; i < query->n; i++)
        buf_add_format(sql, "%ss.c%d%s", i > 1 ? ", " : "", i, cast(query->table, query->names[i]));
    buf_add_string(sql, "], ARRAY[");
    for (int i = 1; i < query->n; i++) {
        buf_add_string(sql, i > 1 ? ", " : "");
        evidence_query_add_live(query, i);
        buf_add_string(sql, "::pg_catalog.text");
    }
    buf_add_char(sql, ']');
    evidence_query_add_from(query);
    evidence_query_add_equal(query, 0);
    buf_add_char(sql, ')');
}

/* Rows of the sample that hold, but for the id, what another one holds. */
static void
ask_repeats(
    PGconn *connection, const struct evidence_query *content, struct decide_evidence *evidence)
{
    struct evidence_query query = {.table = content->table, .sample = content->sample};
    const struct schema_names *columns = &query.table->columns;

    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->names[i], content->names[0]) != 0 &&
            !evidence_query_add(&query, columns->names[i]))
            return;
    if (query.n == 0)
        return;
    buf_add_string(&query.sql, "SELECT pg_catalog.count(*) - pg_catalog.count(DISTINCT ROW(");
    for (int i = 0; i < query.n; i++)
        buf_add_format(&query.sql, "%ss.c%d", i > 0 ? ", " : "", i);
    buf_add_string(&query.sql, "))");
    evidence_query_add_rows(&query);
    evidence_query_ask(connection, &query, 1, (int64_t *[]){&evidence->content_repeats});
    buf_release(&query.sql);
}

void
evidence_content_ask(
    PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence)
{
    ask_repeats(connection, query, evidence);
    add_columns(query);
    if (query->n < 2)
        return;
    add_pairs(query);
    buf_add_string(&query->sql, statistic);
    evidence_query_ask(connection, query, 4,
        (int64_t *[]){&evidence->content_pairs, &evidence->content_agree, &evidence->content_chance,
            &evidence->content_last});
}
