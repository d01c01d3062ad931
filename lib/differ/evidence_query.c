#include "evidence_query.h"

#include <string.h>

#include "convert.h"
#include "ident.h"
#include "msg.h"
#include "number.h"
#include "server.h"

bool
evidence_query_add(struct evidence_query *query, const char *name)
{
    const struct evidence_sample *sample = query->sample;
    size_t at = evidence_column(sample, name);

    return at < sample->columns.n && evidence_query_add_values(query, name, &sample->values[at]);
}

bool
evidence_query_add_values(struct evidence_query *query, const char *name, struct textarray *values)
{
    const struct evidence_sample *sample = query->sample;

    if (query->n == EVIDENCE_COLUMNS)
        return false;
    query->values[query->n] = textarray_literal(values);
    query->names[query->n++] = sample->columns.names[evidence_column(sample, name)];
    return true;
}

void
evidence_query_add_live(struct evidence_query *query, int i)
{
    buf_add_string(&query->sql, "t.");
    ident_quote(slice_string(query->names[i]), &query->sql);
}

/* The column's values become times of UTC (the plan's zoned). */
static bool
drops_zone(const struct evidence_query *query, int i)
{
    static const struct schema none;
    const struct schema_column *from = schema_find_column(query->table->backup, query->names[i]);
    const struct schema_column *to = schema_find_column(query->table->live, query->names[i]);

    return from != NULL && strncmp(from->type, "timestamp", 9) == 0 &&
           strchr(from->type, '[') == NULL &&
           convert_drops_zone(&none, from->type, &none, to->type);
}

void
evidence_query_add_value(struct evidence_query *query, int i)
{
    buf_add_format(
        &query->sql, drops_zone(query, i) ? "(s.c%d::timestamptz AT TIME ZONE 'UTC')" : "s.c%d", i);
}

void
evidence_query_add_equal(struct evidence_query *query, int i)
{
    evidence_query_add_live(query, i);
    buf_add_string(&query->sql, " = ");
    evidence_query_add_value(query, i);
    buf_add_format(
        &query->sql, "::%s", schema_find_column(query->table->live, query->names[i])->type);
}

void
evidence_query_add_alike(struct evidence_query *query, int i)
{
    evidence_query_add_live(query, i);
    buf_add_format(&query->sql, "::pg_catalog.text = s.c%d", i);
}

void
evidence_query_add_rows(struct evidence_query *query)
{
    buf_add_string(&query->sql, " FROM ROWS FROM (");
    for (int i = 0; i < query->n; i++)
        buf_add_format(
            &query->sql, "%spg_catalog.unnest($%d::pg_catalog.text[])", i > 0 ? ", " : "", i + 1);
    buf_add_string(&query->sql, ") WITH ORDINALITY s (");
    for (int i = 0; i < query->n; i++)
        buf_add_format(&query->sql, "c%d, ", i);
    buf_add_string(&query->sql, "place)");
}

void
evidence_query_add_table(struct evidence_query *query)
{
    buf_add_string(&query->sql, query->table->partitioned ? "" : "ONLY ");
    ident_display_to_sql(query->table->name, &query->sql);
    buf_add_string(&query->sql, " t");
}

void
evidence_query_add_from(struct evidence_query *query)
{
    evidence_query_add_rows(query);
    buf_add_string(&query->sql, " JOIN ");
    evidence_query_add_table(query);
    buf_add_string(&query->sql, " ON ");
}

PGresult *
evidence_query_run(PGconn *connection, struct evidence_query *query)
{
    struct server_error error = {0};
    PGresult *result =
        server_try_params(connection, buf_string(&query->sql), query->n, query->values, &error);

    if (result == NULL)
        msg_detail("no evidence from %s: %s", query->table->name, error.message);
    server_error_release(&error);
    return result;
}

bool
evidence_query_ask(
    PGconn *connection, struct evidence_query *query, int n, int64_t *const numbers[])
{
    PGresult *result = evidence_query_run(connection, query);

    for (int i = 0; result != NULL && i < n; i++)
        number_parse(slice_string(PQgetvalue(result, 0, i)), numbers[i]);
    PQclear(result);
    return result != NULL;
}
