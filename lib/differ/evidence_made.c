/*
 * The part of evidence.h about ids that are no primary key by themselves: whether the live rows can
 * be told apart by them all the same. Such a key allows an id twice; what a sequence gives is there
 * once, unless somebody wrote ids by hand. That takes a look at all rows of the table.
 */
#include <string.h>

#include "evidence.h"
#include "ident.h"
#include "msg.h"
#include "number.h"
#include "server.h"
#include "sql.h"

static const char *
whole(const struct decide_table *table)
{
    return table->root != NULL ? table->root : table->name;
}

/* NULL when the server does not say it. */
static PGresult *
ask_server(PGconn *connection, const char *sql, int n, const char *const values[])
{
    struct server_error error = {0};
    PGresult *result = server_try_params(connection, sql, n, values, &error);

    if (result == NULL)
        msg_detail("%s", error.message);
    server_error_release(&error);
    return result;
}

static bool
answer(PGconn *connection, const char *sql, int n, const char *const values[], bool *yes)
{
    PGresult *result = ask_server(connection, sql, n, values);
    bool known = result != NULL;

    if (known)
        *yes = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    PQclear(result);
    return known;
}

static bool
ask_routes(PGconn *connection, const struct decide_table *table, bool *routes)
{
    struct buf name = {0};
    const char *values[2] = {NULL, table->id->name};
    bool known;

    ident_display_to_sql(whole(table), &name);
    values[0] = buf_string(&name);
    known = answer(connection, sql_column_routes, 2, values, routes);
    buf_release(&name);
    return known;
}

static bool
ask_repeated(PGconn *connection, const struct decide_table *table, bool *repeated)
{
    struct buf sql = {0};
    bool known;

    buf_add_string(&sql, "SELECT EXISTS (SELECT FROM ");
    buf_add_string(&sql, table->root == NULL ? "ONLY " : "");
    ident_display_to_sql(whole(table), &sql);
    buf_add_string(&sql, " t GROUP BY t.");
    ident_quote(slice_string(table->id->name), &sql);
    buf_add_string(&sql, " HAVING pg_catalog.count(*) > 1)");
    known = answer(connection, buf_string(&sql), 0, NULL, repeated);
    buf_release(&sql);
    return known;
}

/* 0 of an empty table, the greatest number where it is not known. */
static int64_t
ask_greatest(PGconn *connection, const struct decide_table *table)
{
    struct buf sql = {0};
    int64_t greatest = INT64_MAX;
    PGresult *result;

    buf_add_string(&sql, "SELECT COALESCE(pg_catalog.max(t.");
    ident_quote(slice_string(table->id->name), &sql);
    buf_add_string(&sql, "), 0) FROM ");
    ident_display_to_sql(table->name, &sql);
    buf_add_string(&sql, " t");
    result = ask_server(connection, buf_string(&sql), 0, NULL);
    if (result != NULL)
        number_parse(slice_string(PQgetvalue(result, 0, 0)), &greatest);
    PQclear(result);
    buf_release(&sql);
    return greatest;
}

void
evidence_named(PGconn *connection, struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++)
        if (decide->tables[i].named)
            decide_made_fits(
                decide, &decide->tables[i], ask_greatest(connection, &decide->tables[i]));
}

static bool
is_declared(const struct decide_table *table)
{
    for (size_t i = 0; table->root == NULL && i < table->live->n_keys; i++)
        if (table->live->keys[i].columns.n == 1 &&
            strcmp(table->live->keys[i].columns.names[0], table->id->name) == 0)
            return true;
    return false;
}

static enum decide_alone
ask(PGconn *connection, const struct decide_table *table)
{
    bool routes = false, repeated = false;

    if (is_declared(table))
        return DECIDE_ALONE;
    if (table->root != NULL && !ask_routes(connection, table, &routes))
        return DECIDE_ALONE_UNKNOWN;
    if (routes)
        return DECIDE_ALONE_ROUTES;
    if (!ask_repeated(connection, table, &repeated))
        return DECIDE_ALONE_UNKNOWN;
    return repeated ? DECIDE_ALONE_REPEATED : DECIDE_ALONE;
}

/* The partitions of a table have one answer. */
static const struct decide_table *
asked_before(const struct decide *decide, const struct decide_table *table)
{
    for (const struct decide_table *other = decide->tables; other < table; other++)
        if (other->member != NULL && other->alone != DECIDE_ALONE_UNKNOWN && other->root != NULL &&
            table->root != NULL && strcmp(other->root, table->root) == 0 &&
            strcmp(other->id->name, table->id->name) == 0)
            return other;
    return NULL;
}

void
evidence_made(PGconn *connection, struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];
        const struct decide_table *before;

        if (!decide_wants_alone(table))
            continue;
        before = asked_before(decide, table);
        table->alone = before != NULL ? before->alone : ask(connection, table);
    }
}
