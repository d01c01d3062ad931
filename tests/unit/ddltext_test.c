#include "ddltext.h"

#include "facts.h"
#include "unit.h"

/* The facts that texts leave behind, one after another; malloc'd. */
static char *
facts_of(const char *const *texts, size_t n)
{
    struct schema schema = {0};
    struct ddltext text = {0};
    struct buf facts = {0};
    const char *reason;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    for (size_t i = 0; i < n && texts[i] != NULL; i++)
        ck_assert(ddltext_apply(&text, slice_string(texts[i]), &ddl, &reason));
    ddl_finish(&ddl);
    facts_format(&schema, &facts);
    ddltext_release(&text);
    return mem_string(buf_string(&facts));
}

static const struct {
    const char *texts[3], *facts;
} cases[] = {
    {{""}, ""},
    {{"-- only a comment\n"}, ""},
    {{"CREATE TABLE a (x int);\n\nCREATE TABLE b (x int)"},
        "table\tpublic.a\ttable\ncolumn\tpublic.a\tx\tinteger\tno\t\\N\tno\tno\t\\N\n"
        "table\tpublic.b\ttable\ncolumn\tpublic.b\tx\tinteger\tno\t\\N\tno\tno\t\\N\n"},
    {{"CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; CREATE TABLE c (x "
      "int); END;",
         "CREATE FUNCTION g() RETURNS int AS 'CREATE TABLE c (x int);' LANGUAGE sql;"},
        ""},
    {{"SET standard_conforming_strings = off;", "CREATE TABLE a (x text DEFAULT 'a\\';b');"},
        "table\tpublic.a\ttable\ncolumn\tpublic.a\tx\ttext\tno\t'a\\\\';b'\tno\tno\t\\N\n"},
    {{"SET search_path = s;", "CREATE TABLE a ();"}, "table\ts.a\ttable\n"},
};

START_TEST(all_statements_are_applied)
{
    char *facts = facts_of(cases[_i].texts, 3);

    ck_assert_str_eq(facts, cases[_i].facts);
    free(facts);
}
END_TEST

START_TEST(what_is_no_sql_is_named)
{
    static const char *const bad[] = {"SELECT 'a", "/* a", "CREATE TABLE \"a", "SELECT $a$ b"};
    struct schema schema = {0};
    struct ddltext text = {0};
    const char *reason = NULL;
    struct tokens tokens;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    ck_assert(!ddltext_apply(&text, slice_string(bad[_i]), &ddl, &reason));
    ck_assert_ptr_nonnull(reason);
    ck_assert(!ddltext_first(&text, slice_string(bad[_i]), &ddl, &tokens, &reason));
    ck_assert(ddltext_apply(&text, SLICE("CREATE TABLE a ()"), &ddl, &reason));
    ck_assert_ptr_nonnull(schema_find_table(&schema, "public.a"));
    ddltext_release(&text);
}
END_TEST

START_TEST(the_first_statement_alone_is_given)
{
    struct schema schema = {0};
    struct ddltext text = {0};
    const char *reason;
    struct tokens tokens;
    struct ddl ddl;

    ddl_init(&ddl, &schema);
    ck_assert(ddltext_first(&text, SLICE("COPY a FROM stdin;\nSELECT 1;"), &ddl, &tokens, &reason));
    ck_assert_uint_eq(tokens.n, 4);
    ck_assert(tokens_peek(&tokens, 3, "stdin"));
    ck_assert(ddltext_first(&text, SLICE(""), &ddl, &tokens, &reason));
    ck_assert_uint_eq(tokens.n, 0);
    ddltext_release(&text);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("ddltext");

    tcase_add_loop_test(tests, all_statements_are_applied, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(tests, what_is_no_sql_is_named, 0, 4);
    tcase_add_test(tests, the_first_statement_alone_is_given);
    return unit_run(tests);
}
