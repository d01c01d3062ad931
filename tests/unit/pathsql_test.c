/* Statements that run with the role's search_path. */
#include "pathsql.h"
#include "unit.h"

START_TEST(a_statement_sets_the_path_before_it_writes)
{
    struct buf sql = {0};

    buf_add_string(&sql, "DELETE FROM t RETURNING 1");
    pathsql_wrap("w.*", &sql);
    unit_slice_is(buf_slice(&sql),
        "WITH w AS (DELETE FROM t RETURNING 1) SELECT w.* FROM w WHERE "
        "(SELECT pg_catalog.set_config('search_path', "
        "pg_catalog.current_setting('pgbraid.path', true), true)) IS NOT NULL");
    buf_release(&sql);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("pathsql");

    tcase_add_test(tests, a_statement_sets_the_path_before_it_writes);
    return unit_run(tests);
}
