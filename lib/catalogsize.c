#include "catalogsize.h"

#include <stdlib.h>

#include "mergesql.h"
#include "server.h"
#include "sql.h"

int64_t
catalogsize_rows(PGconn *reader, const struct plan_table *table)
{
    struct buf name = {0};
    const char *values[1];
    PGresult *result;
    int64_t rows;

    mergesql_table(table, &name);
    values[0] = buf_string(&name);
    result = server_query_params(reader, sql_table_size, 1, values);
    rows = PQntuples(result) == 1 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    buf_release(&name);
    return rows;
}
