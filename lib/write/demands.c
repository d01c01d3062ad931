#include "demands.h"

#include <stdlib.h>

#include "changesql.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"
#include "triggers.h"

#define MOST 90 /* arguments of a call (FUNC_MAX_ARGS is 100) */

/*
 * A condition that is never true but needs every value, in calls of at most MOST arguments: a
 * column that no constraint looks at would not be cast otherwise.
 */
static void
add_casts(const struct layout *layout, struct buf *sql)
{
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_string(sql, i % MOST == 0 ? " WHEN pg_catalog.num_nulls(r." : ", r.");
        ident_quote(slice_string(layout->columns[i]->name), sql);
        if (i % MOST == MOST - 1 || i + 1 == layout->n)
            buf_add_string(sql, ") < 0 THEN ''");
    }
}

/* `WHEN condition THEN 'SQLSTATE message'`. */
static void
add_when(PGconn *connection, const char *condition, const char *sqlstate, const char *message,
    struct buf *sql)
{
    char *text = mem_format("%s%s", sqlstate, message);
    char *literal = PQescapeLiteral(connection, text, strlen(text));

    if (literal != NULL)
        buf_add_format(sql, " WHEN %s THEN %s", condition, literal);
    PQfreemem(literal);
    free(text);
}

/* The live table's catalog is asked what it demands of rows that have these columns. */
struct asking {
    PGconn *connection;
    const struct layout *layout;
    struct buf table;
    const char *columns; /* a text[] */
};

static PGresult *
ask_partition(struct asking *asking)
{
    const char *const values[] = {buf_string(&asking->table), asking->columns};

    return prepared_query(asking->connection, sql_table_partition, 2, values);
}

static PGresult *
ask_exclusions(struct asking *asking, const char *same)
{
    const char *const values[] = {buf_string(&asking->table), asking->columns, same};

    return prepared_query(asking->connection, sql_table_exclusions, 3, values);
}

static PGresult *
ask(struct asking *asking, const char *same)
{
    struct textarray target = {{0}, {0}}, key = {{0}, {0}};
    const char *values[] = {buf_string(&asking->table), asking->columns, NULL, NULL, same};
    PGresult *result;

    layout_add_names(asking->layout, &asking->layout->target, &target);
    layout_add_looked_up(asking->layout, &key);
    values[2] = textarray_literal(&target);
    values[3] = textarray_literal(&key);
    result = prepared_query(asking->connection, sql_table_constraints, 5, values);
    textarray_release(&target);
    textarray_release(&key);
    return result;
}

/* Of changed rows: what live rows refer to. */
static PGresult *
ask_dependents(struct asking *asking)
{
    const struct layout *layout = asking->layout;
    const char *values[] = {buf_string(&asking->table), NULL, NULL};
    struct textarray set = {{0}, {0}};
    struct buf live = {0};
    PGresult *result;

    for (size_t i = 0; i < layout->n; i++)
        if (changesql_sets(layout, i))
            textarray_add_name(&set, layout->columns[i]->name);
    changesql_is_live_row(layout, "t", &live);
    values[1] = buf_string(&live);
    values[2] = textarray_literal(&set);
    result = prepared_query(asking->connection, sql_table_dependents, 3, values);
    textarray_release(&set);
    buf_release(&live);
    return result;
}

/* The check speaks of the row as s. */
static void
add_reference(PGconn *connection, const struct triggers_check *check, struct buf *sql)
{
    char *message = mem_format("violates foreign key constraint \"%s\"", check->name);
    char *condition = mem_format("(SELECT %s FROM (SELECT r.*) s)", check->condition);

    add_when(connection, condition, "23503", message, sql);
    free(condition);
    free(message);
}

static void
add_references(
    PGconn *connection, const struct layout *layout, const struct demands *demands, struct buf *sql)
{
    size_t n;
    struct triggers_check *checks = triggers_checks(connection, layout, &n);
    struct buf own = {0};

    mergesql_table(layout->table, &own);
    for (size_t i = 0; i < n; i++) {
        bool itself = strcmp(checks[i].parent, buf_string(&own)) == 0;

        if (!itself || demands->references == DEMANDS_WITH_REFERENCES)
            add_reference(connection, &checks[i], sql);
    }
    buf_release(&own);
}

/* Whether a row is refused depends on what other rows hold: the backup's table cannot tell. */
static bool
is_about_others(const char *sqlstate)
{
    static const char *const sqlstates[] = {"23505", "23P01", "23503"};

    for (size_t i = 0; i < sizeof sqlstates / sizeof sqlstates[0]; i++)
        if (strcmp(sqlstates[i], sqlstate) == 0)
            return true;
    return false;
}

/* Adds what a catalog query said, and clears it; true when something of it is about other rows. */
static bool
add_constraints(PGconn *connection, PGresult *result, struct buf *sql)
{
    bool others = false;

    for (int i = 0; i < PQntuples(result); i++) {
        const char *sqlstate = PQgetvalue(result, i, 0);

        others |= is_about_others(sqlstate);
        add_when(connection, PQgetvalue(result, i, 2), sqlstate, PQgetvalue(result, i, 1), sql);
    }
    PQclear(result);
    return others;
}

bool
demands_add(
    PGconn *connection, const struct layout *layout, const struct demands *demands, struct buf *sql)
{
    struct asking asking = {
        .connection = connection, .layout = layout, .columns = demands->liverow->columns};
    bool more = liverow_adds(demands->liverow), others;

    mergesql_table(layout->table, &asking.table);
    buf_add_string(sql, more ? "(SELECT CASE" : "CASE");
    add_casts(layout, sql);
    add_constraints(connection, ask_partition(&asking), sql);
    others = add_constraints(connection, ask(&asking, demands->same), sql);
    others |= add_constraints(connection, ask_exclusions(&asking, demands->same), sql);
    if (demands->liverow->rows == LIVEROW_CHANGED)
        others |= add_constraints(connection, ask_dependents(&asking), sql);
    if (demands->references != DEMANDS_WITHOUT_REFERENCES)
        add_references(connection, layout, demands, sql);
    buf_add_string(sql, " END");
    if (more) {
        buf_add_string(sql, " FROM ");
        liverow_from(demands->liverow, "(SELECT r.*)", sql);
        buf_add_char(sql, ')');
    }
    buf_release(&asking.table);
    return others;
}
