#include "evidence.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "number.h"
#include "server.h"

#define MAX_COLUMNS 40 /* compared by content */

void
evidence_start(struct evidence_sample *sample)
{
    sample->values = mem_alloc((sample->columns.n + 1) * sizeof *sample->values);
    sample->fields = mem_alloc((sample->columns.n + 1) * sizeof *sample->fields);
}

void
evidence_add(struct evidence_sample *sample, struct slice row)
{
    size_t n = sample->columns.n;

    if (copyrow_split(row, sample->fields, n) != n)
        return;
    for (size_t i = 0; i < n; i++)
        textarray_add_field(&sample->values[i], sample->fields[i]);
}

/* A query under way: its text and the sample's columns that are its parameters. */
struct query {
    const struct decide_table *table;
    struct evidence_sample *sample;
    struct buf sql;
    const char *values[MAX_COLUMNS + 1];
    const char *names[MAX_COLUMNS + 1];
    int n;
};

/* False when the sample does not have the column, or there are too many. */
static bool
add_parameter(struct query *query, const char *name)
{
    for (size_t i = 0; i < query->sample->columns.n && query->n <= MAX_COLUMNS; i++) {
        if (strcmp(query->sample->columns.names[i], name) != 0)
            continue;
        query->values[query->n] = textarray_literal(&query->sample->values[i]);
        query->names[query->n++] = query->sample->columns.names[i];
        return true;
    }
    return false;
}

static void
add_live(struct query *query, int i)
{
    buf_add_string(&query->sql, "t.");
    ident_quote(slice_string(query->names[i]), &query->sql);
}

/* `t."name" = s.c0::type` of parameter i. */
static void
add_equal(struct query *query, int i)
{
    add_live(query, i);
    buf_add_format(&query->sql, " = s.c%d::%s", i,
        schema_find_column(query->table->live, query->names[i])->type);
}

/* `FROM unnest($1::text[], ...) s (c0, ...) JOIN ONLY table t ON `. */
static void
add_from(struct query *query)
{
    buf_add_string(&query->sql, " FROM ROWS FROM (");
    for (int i = 0; i < query->n; i++)
        buf_add_format(
            &query->sql, "%spg_catalog.unnest($%d::pg_catalog.text[])", i > 0 ? ", " : "", i + 1);
    buf_add_string(&query->sql, ") s (");
    for (int i = 0; i < query->n; i++)
        buf_add_format(&query->sql, "%sc%d", i > 0 ? ", " : "", i);
    buf_add_string(&query->sql, ") JOIN ONLY ");
    ident_display_to_sql(query->table->name, &query->sql);
    buf_add_string(&query->sql, " t ON ");
}

/* Runs the query, which gives `n` numbers; leaves them alone when the server refuses. */
static void
ask(PGconn *connection, struct query *query, int n, int64_t *const numbers[])
{
    struct server_error error = {0};
    PGresult *result =
        server_try_params(connection, buf_string(&query->sql), query->n, query->values, &error);

    if (result != NULL) {
        for (int i = 0; i < n; i++)
            number_parse(slice_string(PQgetvalue(result, 0, i)), numbers[i]);
    } else {
        msg_detail("no evidence from %s: %s", query->table->name, error.message);
    }
    PQclear(result);
    server_error_release(&error);
}

/* `, count of the pairs whose live id is the greater`; ids that are no numbers have no order. */
static void
add_later(struct query *query)
{
    const char *type = schema_find_column(query->table->live, query->names[0])->type;

    if (!number_is_type(type)) {
        buf_add_string(&query->sql, ", 0");
        return;
    }
    buf_add_string(&query->sql, ", pg_catalog.count(*) FILTER (WHERE ");
    add_live(query, 0);
    buf_add_format(&query->sql, " > s.c0::%s)", type);
}

/*
 * Of the sampled rows whose key is in the live table: how many have the same id there, and how many
 * a greater one.
 */
static void
ask_by_key(PGconn *connection, struct query *query, struct decide_evidence *evidence)
{
    const struct schema_names *key = query->table->plain_key;

    for (size_t i = 0; i < key->n; i++)
        if (!add_parameter(query, key->names[i]))
            return;
    buf_add_string(&query->sql, "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE ");
    add_equal(query, 0);
    buf_add_char(&query->sql, ')');
    add_later(query);
    add_from(query);
    for (int i = 1; i < query->n; i++) {
        buf_add_string(&query->sql, i > 1 ? " AND " : "");
        add_equal(query, i);
    }
    ask(connection, query, 3,
        (int64_t *[]){&evidence->key_pairs, &evidence->key_agree, &evidence->key_later});
}

/* Numbers that a sequence made agree in any two databases that count from one. */
static bool
is_made(const struct decide_table *table, const char *name)
{
    const struct schema_column *column = schema_find_column(table->live, name);

    return strcmp(name, table->id->name) == 0 ||
           (column != NULL && (column->sequence != NULL || column->identity != SCHEMA_IDENTITY_NO));
}

/* Of the sampled rows whose id is in the live table: how many are alike in half of what they say.
 */
static void
ask_by_content(PGconn *connection, struct query *query, struct decide_evidence *evidence)
{
    const struct schema_names *columns = &query->table->columns;

    for (size_t i = 0; i < columns->n && query->n < MAX_COLUMNS; i++)
        if (!is_made(query->table, columns->names[i]))
            add_parameter(query, columns->names[i]);
    if (query->n < 2)
        return;
    buf_add_string(
        &query->sql, "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE 2 * (");
    for (int i = 1; i < query->n; i++) {
        buf_add_string(&query->sql, i > 1 ? " + COALESCE((" : "COALESCE((");
        add_live(query, i);
        buf_add_format(&query->sql, "::pg_catalog.text = s.c%d)::pg_catalog.int4, 0)", i);
    }
    buf_add_string(&query->sql, ") >= pg_catalog.num_nonnulls(");
    for (int i = 1; i < query->n; i++)
        buf_add_format(&query->sql, "%ss.c%d", i > 1 ? ", " : "", i);
    buf_add_string(&query->sql, "))");
    add_from(query);
    add_equal(query, 0);
    ask(connection, query, 2, (int64_t *[]){&evidence->content_pairs, &evidence->content_agree});
}

void
evidence_gather(PGconn *connection, struct evidence_sample *sample, struct decide *decide)
{
    struct decide_table *table = decide_find(decide, sample->table);
    struct query query = {.table = table, .sample = sample};

    if (table == NULL || table->skip != NULL || table->id == NULL ||
        !add_parameter(&query, table->id->name))
        return;
    if (table->plain_key != NULL)
        ask_by_key(connection, &query, &table->evidence);
    else
        ask_by_content(connection, &query, &table->evidence);
    buf_release(&query.sql);
}
