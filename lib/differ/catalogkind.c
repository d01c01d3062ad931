#include "catalogkind.h"

#include <string.h>

#include "prepared.h"
#include "server.h"
#include "sql.h"

bool
catalogkind_is_partitioned(PGconn *connection, const char *table)
{
    PGresult *result = prepared_query_relation(connection, sql_table_is_partitioned, table);
    bool partitioned = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);
    return partitioned;
}
