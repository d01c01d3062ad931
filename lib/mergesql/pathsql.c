#include "pathsql.h"

void
pathsql_wrap(const char *what, struct buf *sql)
{
    struct buf statement = *sql;

    *sql = (struct buf){0};
    buf_add_string(sql, "WITH w AS (");
    buf_add_slice(sql, buf_slice(&statement));
    buf_add_format(sql, ") SELECT %s FROM w WHERE " PATHSQL_FIRST, what);
    buf_release(&statement);
}
