/*
 * The part of evidence.h about tables that are not merged: whether there are live rows that ids of
 * the backup could be taken for.
 */
#include "evidence.h"
#include "ident.h"
#include "msg.h"
#include "server.h"

static bool
has_rows(const struct schema_table *live)
{
    return live != NULL && (live->kind == SCHEMA_TABLE || live->kind == SCHEMA_PARTITIONED);
}

static bool
is_vacant(PGconn *connection, const char *name)
{
    struct buf sql = {0};
    struct server_error error = {0};
    PGresult *result;
    bool vacant = false;

    buf_add_string(&sql, "SELECT FROM ");
    ident_display_to_sql(name, &sql);
    buf_add_string(&sql, " LIMIT 1");
    result = server_try_params(connection, buf_string(&sql), 0, NULL, &error);
    if (result != NULL)
        vacant = PQntuples(result) == 0;
    else
        msg_detail("%s", error.message);
    PQclear(result);
    server_error_release(&error);
    buf_release(&sql);
    return vacant;
}

void
evidence_vacant(PGconn *connection, struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];

        table->vacant =
            table->skip != NULL && has_rows(table->live) && is_vacant(connection, table->name);
    }
}
