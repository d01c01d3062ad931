#include "clashes.h"

#include <stdlib.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "sql.h"

#define UNIQUE_VIOLATION "23505"
#define ROWS 4096 /* in one query */
#define BYTES ((size_t)4 << 20)
#define NUMBER "pgbraid row number" /* a column's name that no table has */

void
clashes_init(struct clashes *clashes, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context)
{
    *clashes = (struct clashes){
        .connection = connection, .layout = layout, .rejected = rejected, .context = context};
    race_init(&clashes->race, connection, layout);
}

void
clashes_release(struct clashes *clashes)
{
    textrows_release(&clashes->values);
    free(clashes->sql);
    buf_release(&clashes->rows);
    buf_release(&clashes->reasons);
    race_release(&clashes->race);
}

/* ---- the query */

static PGresult *
ask_for_keys(const struct clashes *clashes)
{
    const struct layout *layout = clashes->layout;
    struct textarray columns[2] = {{{0}, {0}}, {{0}, {0}}};
    struct buf name = {0};
    const char *values[3];
    PGresult *result;

    mergesql_table(layout->table, &name);
    layout_add_names(layout, NULL, &columns[0]);
    layout_add_names(layout, &layout->target, &columns[1]);
    values[0] = buf_string(&name);
    values[1] = textarray_literal(&columns[0]);
    values[2] = textarray_literal(&columns[1]);
    result = prepared_query(clashes->connection, sql_table_unique_keys, 3, values);
    textarray_release(&columns[0]);
    textarray_release(&columns[1]);
    buf_release(&name);
    return result;
}

static void
add_literal(PGconn *connection, const char *text, struct buf *sql)
{
    char *literal = PQescapeLiteral(connection, text, strlen(text));

    buf_add_string(sql, literal != NULL ? literal : "NULL");
    PQfreemem(literal);
}

/* The text that says which live row t is: `id 4`, `(a, b)=(1, 2)`. */
static void
add_row_name(const struct clashes *clashes, struct buf *sql)
{
    const struct layout *layout = clashes->layout;
    const struct layout_positions *target = &layout->target;
    struct buf names = {0};

    buf_add_string(&names, target->n == 1 ? "" : "(");
    for (size_t i = 0; i < target->n; i++)
        buf_add_format(&names, "%s%s", i > 0 ? ", " : "", layout->columns[target->at[i]]->name);
    buf_add_string(&names, target->n == 1 ? " " : ")=(");
    buf_add_string(sql, "pg_catalog.concat(");
    add_literal(clashes->connection, buf_string(&names), sql);
    buf_add_string(sql, ", pg_catalog.concat_ws(', ', ");
    mergesql_columns(layout, target, "t.", sql);
    buf_add_format(sql, ")%s)", target->n == 1 ? "" : ", ')'");
    buf_release(&names);
}

/* The live rows that a row is the same as, by each key. */
static void
add_matches(const struct clashes *clashes, const PGresult *keys, struct buf *sql)
{
    for (int i = 0; i < PQntuples(keys); i++) {
        buf_add_format(
            sql, "%sSELECT r.\"" NUMBER "\" AS n, %d AS rank, ", i > 0 ? " UNION ALL " : "", i);
        if (PQgetisnull(keys, i, 0))
            buf_add_string(sql, "NULL");
        else
            add_literal(clashes->connection, PQgetvalue(keys, i, 0), sql);
        buf_add_string(sql, "::pg_catalog.text AS name, ");
        add_row_name(clashes, sql);
        buf_add_string(sql, " AS live FROM r JOIN ");
        mergesql_rows(clashes->layout->table, sql);
        buf_add_format(sql, " t ON %s", PQgetvalue(keys, i, 1));
    }
}

/* The numbers of the rows that are the same as several live ones, with the reason. */
static void
make_query(struct clashes *clashes)
{
    PGresult *keys = ask_for_keys(clashes);
    struct buf sql = {0};

    if (PQntuples(keys) > 1 && clashes->layout->target.n > 0) {
        buf_add_string(&sql, "WITH r AS (");
        mergesql_cast_rows(clashes->layout, NUMBER, &sql);
        buf_add_string(&sql,
            ") SELECT c.n, pg_catalog.concat('matches ', CASE pg_catalog.count(*) WHEN 2 THEN 'two'"
            " ELSE pg_catalog.count(*)::pg_catalog.text END, ' live rows: ',"
            " pg_catalog.string_agg(c.what, ', ' ORDER BY c.rank, c.what))"
            " FROM (SELECT m.n, pg_catalog.min(m.rank) AS rank, pg_catalog.concat("
            "pg_catalog.string_agg(m.name, ' and ' ORDER BY m.rank) || ' of ', m.live) AS what"
            " FROM (");
        add_matches(clashes, keys, &sql);
        buf_add_string(&sql, ") m GROUP BY m.n, m.live) c"
                             " GROUP BY c.n HAVING pg_catalog.count(*) > 1 ORDER BY c.n");
    }
    clashes->sql = mem_string(buf_string(&sql));
    buf_release(&sql);
    PQclear(keys);
}

/* NULL where there is nothing to ask, or the server does not answer: the rows are rejected all the
 * same. */
static PGresult *
ask(struct clashes *clashes)
{
    struct server_error error = {0};
    size_t n = clashes->layout->n;
    PGresult *result;

    if (clashes->sql == NULL)
        make_query(clashes);
    if (clashes->sql[0] == '\0')
        return NULL;
    result = server_try_params(clashes->connection, clashes->sql, (int)n,
        textrows_values(&clashes->values, n, buf_slice(&clashes->rows)), &error);
    server_error_release(&error);
    return result;
}

/* ---- the rows */

void
clashes_finish(struct clashes *clashes)
{
    struct slice rows = buf_slice(&clashes->rows);
    const char *reason = clashes->reasons.data;
    PGresult *result = clashes->waiting > 0 ? ask(clashes) : NULL;
    uint64_t number = 1;

    race_require_none(&clashes->race);
    for (int i = 0; rows.length > 0; number++) {
        struct slice row = copyrow_next(&rows);
        bool named =
            i < PQntuples(result) && strtoull(PQgetvalue(result, i, 0), NULL, 10) == number;
        struct server_error error = {.sqlstate = UNIQUE_VIOLATION};

        error.message = mem_string(named ? PQgetvalue(result, i++, 1) : reason);
        clashes->rejected(clashes->context, row, &error);
        server_error_release(&error);
        reason += strlen(reason) + 1;
    }
    PQclear(result);
    buf_clear(&clashes->rows);
    buf_clear(&clashes->reasons);
    clashes->waiting = 0;
}

bool
clashes_add(struct clashes *clashes, struct slice row, const struct server_error *error,
    enum clashes_row what)
{
    if (strcmp(error->sqlstate, UNIQUE_VIOLATION) != 0)
        return false;
    if (what == CLASHES_NEW)
        race_add(&clashes->race, row);
    buf_add_slice(&clashes->rows, row);
    buf_add_char(&clashes->rows, '\n');
    buf_add(&clashes->reasons, error->message, strlen(error->message) + 1);
    if (++clashes->waiting == ROWS || clashes->rows.length >= BYTES)
        clashes_finish(clashes);
    return true;
}
