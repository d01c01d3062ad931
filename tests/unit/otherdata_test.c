/* Statements that change data in another way than by giving rows. */
#include "otherdata.h"
#include "unitlex.h"

/* `tables` separated by blanks; NULL: no data is changed. */
static const struct {
    const char *statement, *what, *tables;
    bool needs_rows;
} statements[] = {
    {"", NULL, "", false},
    {"UPDATE t SET x = 1", "UPDATE", "public.t", true},
    {"UPDATE ONLY a.\"T\" AS x SET x = 1", "UPDATE", "a.\"T\"", true},
    {"DELETE FROM ONLY t WHERE true", "DELETE", "public.t", true},
    {"TRUNCATE t", "TRUNCATE", "public.t", true},
    {"TRUNCATE TABLE ONLY t *, a.u RESTART IDENTITY", "TRUNCATE", "public.t a.u", true},
    {"TRUNCATE t, u CASCADE", "TRUNCATE", "public.t public.u", false},
    {"MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE", "MERGE", "public.t", false},
    {"COPY t (a, b) FROM '/x'", "COPY from elsewhere than stdin", "public.t", false},
    {"COPY BINARY t FROM PROGRAM 'x'", "COPY from elsewhere than stdin", "public.t", false},
    {"COPY t FROM stdin", NULL, "", false},
    {"COPY t TO '/x'", NULL, "", false},
    {"COPY (SELECT 1) TO stdout", NULL, "", false},
    {"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "WITH", "public.t", false},
    {"WITH a AS (DELETE FROM t RETURNING *) UPDATE u SET x = 1", "WITH", "public.t public.u",
        false},
    {"WITH a AS (INSERT INTO t VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2) SELECT 1", "WITH",
        "public.t", false},
    {"WITH a AS (SELECT 1 FROM t FOR UPDATE) SELECT 1 FOR NO KEY UPDATE", NULL, "", false},
    {"SELECT x INTO TABLE t FROM u", "SELECT INTO", "public.t", false},
    {"SELECT x INTO TEMP t FROM u", NULL, "", false},
    {"SELECT 'into', (SELECT 1)", NULL, "", false},
    {"SELECT pg_catalog.lo_create('1')", "SELECT lo_...", "", false},
    {"SELECT lowrite(0, '\\x')", "SELECT lo_...", "", false},
    {"SELECT lo_create", NULL, "", false},
    {"CREATE TABLE t (a, b) AS SELECT 1, 2", "CREATE TABLE AS", "public.t", false},
    {"CREATE UNLOGGED TABLE IF NOT EXISTS t AS TABLE u", "CREATE TABLE AS", "public.t", false},
    {"CREATE TABLE t (a int)", NULL, "", false},
    {"CREATE VIEW t AS SELECT 1", NULL, "", false},
    {"DO $$ BEGIN END $$", "DO", "", false},
    {"CALL p(1)", "CALL", "", false},
    {"EXECUTE p", "EXECUTE", "", false},
    {"UPDATE", "UPDATE", "", true},
    {"INSERT INTO t SELECT 1", NULL, "", false},
};

static void
names_are(const struct schema_names *names, const char *expected)
{
    struct buf all = {0};

    for (size_t i = 0; i < names->n; i++)
        buf_add_format(&all, "%s%s", i > 0 ? " " : "", names->names[i]);
    ck_assert_str_eq(buf_string(&all), expected);
    buf_release(&all);
}

START_TEST(a_statement_says_what_it_changes)
{
    struct schema schema = {0};
    struct otherdata other;
    struct unitlex lexed;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    unitlex_statement(&lexed, statements[_i].statement);
    ck_assert_int_eq(otherdata_parse(&ddl, (struct tokens){lexed.tokens, lexed.n}, &other),
        statements[_i].what != NULL);
    names_are(&other.tables, statements[_i].tables);
    if (statements[_i].what == NULL)
        return;
    ck_assert_str_eq(other.what, statements[_i].what);
    ck_assert_int_eq(other.needs_rows, statements[_i].needs_rows);
    ck_assert_int_eq(other.where != NULL, other.tables.n == 0);
    otherdata_release(&other);
}
END_TEST

static const struct {
    const char *statement;
    unsigned made;
} large_objects[] = {
    {"SELECT pg_catalog.lo_create('1')", 1},
    {"SELECT pg_catalog.lo_open(pg_catalog.lo_create('1'), 131072)", 1},
    {"SELECT lo_import('/x'), lo_from_bytea(0, '')", 2},
    {"SELECT lowrite(0, '\\x')", 0},
};

START_TEST(large_objects_are_counted)
{
    struct schema schema = {0};
    struct otherdata other;
    struct unitlex lexed;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    unitlex_statement(&lexed, large_objects[_i].statement);
    ck_assert(otherdata_parse(&ddl, (struct tokens){lexed.tokens, lexed.n}, &other));
    ck_assert(other.large_objects);
    ck_assert_uint_eq(other.made, large_objects[_i].made);
    otherdata_release(&other);
}
END_TEST

static const struct {
    const char *command, *what, *tables;
} commands[] = {
    {"\\copy t from 'x' csv", "\\copy", "public.t"},
    {"\\copy a.\"T\" (x, y) FROM program 'y'", "\\copy", "a.\"T\""},
    {"\\copy t to 'x'", NULL, ""},
    {"\\copy t from 'x", "\\copy", "public.t"},
    {"\\copy (select 1) to 'x'", NULL, ""},
    {"\\i x.sql", "\\i", ""},
    {"\\ir x.sql", "\\ir", ""},
    {"\\include 'x.sql'", "\\include", ""},
    {"\\include_relative x", "\\include_relative", ""},
    {"\\lo_import 'x'", "\\lo_import", ""},
    {"\\if true", NULL, ""},
    {"\\copyright", NULL, ""},
    {"\\set x 1", NULL, ""},
};

START_TEST(a_meta_command_says_what_it_changes)
{
    struct schema schema = {0};
    struct otherdata other;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    ck_assert_int_eq(otherdata_parse_command(&ddl, slice_string(commands[_i].command), &other),
        commands[_i].what != NULL);
    names_are(&other.tables, commands[_i].tables);
    if (commands[_i].what != NULL)
        ck_assert_str_eq(other.what, commands[_i].what);
    otherdata_release(&other);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array)[0])

int
main(void)
{
    TCase *tests = unit_case("otherdata");

    tcase_add_loop_test(tests, a_statement_says_what_it_changes, 0, COUNT(statements));
    tcase_add_loop_test(
        tests, large_objects_are_counted, 0, (int)(sizeof large_objects / sizeof large_objects[0]));
    tcase_add_loop_test(tests, a_meta_command_says_what_it_changes, 0, COUNT(commands));
    return unit_run(tests);
}
