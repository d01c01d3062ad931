#include "race.h"

#include <stdlib.h>

#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

#define ROWS 4096 /* in one query */
#define BYTES ((size_t)4 << 20)

void
race_init(struct race *race, PGconn *writer, const struct layout *layout)
{
    *race = (struct race){.writer = writer, .layout = layout};
}

void
race_release(struct race *race)
{
    textrows_release(&race->values);
    free(race->sql);
    buf_release(&race->rows);
}

/* When t is the row that r is about: the same by the columns given, which an index may hold. */
static PGresult *
ask_for_condition(const struct race *race, const struct layout_positions *columns)
{
    struct textarray names = {{0}, {0}};
    struct buf table = {0};
    const char *values[3];
    PGresult *result;

    mergesql_table(race->layout->table, &table);
    layout_add_names(race->layout, columns, &names);
    values[0] = buf_string(&table);
    values[1] = values[2] = textarray_literal(&names);
    result = prepared_query(race->writer, sql_table_unique_keys, 3, values);
    textarray_release(&names);
    buf_release(&table);
    return result;
}

static void
add_matches(const struct race *race, const struct layout_positions *columns, struct buf *sql)
{
    PGresult *key = ask_for_condition(race, columns);

    if (columns->n > 0 && PQntuples(key) > 0) {
        buf_add_string(sql, sql->length > 0 ? " UNION ALL " : "");
        buf_add_string(sql, "SELECT FROM r JOIN ");
        mergesql_rows(race->layout->table, sql);
        buf_add_format(sql, " t ON %s WHERE ", PQgetvalue(key, 0, 1));
        mergesql_is_anothers("t", sql);
    }
    PQclear(key);
}

/* Rows that are appended have no key but their id. */
static void
make_query(struct race *race)
{
    const struct layout *layout = race->layout;
    struct buf sql = {0}, matches = {0};

    add_matches(race, &layout->target, &matches);
    if (layout->table->action != PLAN_APPEND)
        add_matches(race, &layout->key, &matches);
    if (matches.length > 0) {
        buf_add_string(&sql, "WITH r AS (");
        mergesql_cast_rows(layout, "pgbraid row number", &sql);
        buf_add_format(&sql, ") %s", buf_string(&matches));
    }
    race->sql = mem_string(buf_string(&sql));
    buf_release(&matches);
    buf_release(&sql);
}

static PGresult *
ask(struct race *race)
{
    struct server_error error = {0};
    size_t n = race->layout->n;
    PGresult *result = server_try_params(race->writer, race->sql, (int)n,
        textrows_values(&race->values, n, buf_slice(&race->rows)), &error);

    server_error_release(&error);
    return result;
}

void
race_require_none(struct race *race)
{
    PGresult *result;

    if (race->waiting == 0)
        return;
    if (race->sql == NULL)
        make_query(race);
    result = race->sql[0] != '\0' ? ask(race) : NULL;
    if (PQntuples(result) > 0)
        msg_fatal(STATUS_TEMPORARY,
            "%s: another session inserted a row with the key of a new one while the merge was "
            "running (%d such rows); nothing was committed, try again",
            race->layout->table->name, PQntuples(result));
    PQclear(result);
    race->waiting = 0;
    buf_clear(&race->rows);
}

void
race_add(struct race *race, struct slice row)
{
    buf_add_slice(&race->rows, row);
    buf_add_char(&race->rows, '\n');
    if (++race->waiting == ROWS || race->rows.length >= BYTES)
        race_require_none(race);
}
