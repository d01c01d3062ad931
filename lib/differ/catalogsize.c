#include "catalogsize.h"

#include <stdlib.h>

#include "prepared.h"
#include "server.h"
#include "sql.h"

int64_t
catalogsize_rows(PGconn *reader, const struct plan_table *table)
{
    PGresult *result = prepared_query_relation(reader, sql_table_size, table->name);
    int64_t rows;

    rows = PQntuples(result) == 1 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return rows;
}
