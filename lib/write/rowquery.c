#include "rowquery.h"

#include <stdlib.h>

#include "changesql.h"
#include "mem.h"
#include "mergesql.h"
#include "server.h"

#define ROW_NUMBER "pgbraid row number" /* as CHANGESQL_NUMBER, bare */

void
rowquery_make(struct rowquery *query, PGconn *connection, const struct layout *layout,
    const struct liverow *liverow, enum liverow_rows rows, const char *what)
{
    struct buf sql = {0}, relation = {0};

    buf_add_char(&relation, '(');
    if (rows == LIVEROW_CHANGED)
        changesql_compare_results(layout, &liverow->kept, &relation);
    else
        mergesql_cast_rows(layout, ROW_NUMBER, &relation);
    buf_add_char(&relation, ')');
    buf_add_format(&sql, "SELECT r." CHANGESQL_NUMBER ", %s FROM ", what);
    liverow_from(liverow, buf_string(&relation), &sql);
    buf_add_string(&sql, " ORDER BY 1");
    *query = (struct rowquery){
        .connection = connection, .layout = layout, .sql = mem_string(buf_string(&sql))};
    buf_release(&sql);
    buf_release(&relation);
}

PGresult *
rowquery_ask(struct rowquery *query, struct slice rows)
{
    struct server_error error = {0};
    size_t n = query->layout->n;
    PGresult *result = server_try_params(
        query->connection, query->sql, (int)n, textrows_values(&query->values, n, rows), &error);

    server_error_release(&error);
    return result;
}

void
rowquery_release(struct rowquery *query)
{
    textrows_release(&query->values);
    free(query->sql);
}
