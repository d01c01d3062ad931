/* Where statements end. */
#include "unit.h"

#include "sqlspan.h"

static const struct {
    const char *script;
    const char *ends; /* a mark under each semicolon that ends a statement */
} scripts[] = {
    {"", ""},
    {";", "^"},
    {"a; b; c", " ^  ^  "},
    {"a (b; c); d;", "        ^  ^"},
    {"a ';'; \";\"; $$;$$;", "     ^    ^      ^"},
    {"a ) ; b;", "    ^  ^"},
    {"create function f() begin atomic x; y; end; z;",
        "                                          ^  ^"},
    {"create or replace procedure f() begin atomic case when a then b end; end; z;",
        "                                                                        ^  ^"},
    {"create table begin; end;", "                  ^    ^"},
    {"begin; a; end;", "     ^  ^    ^"},
};

START_TEST(a_statement_ends_as_psql_has_it)
{
    const char *script = scripts[_i].script;
    struct slice window = slice_string(script);
    struct sqlspan span = {0};
    struct sqllex_token token;
    struct sqllex lex;
    char ends[128];

    memset(ends, ' ', sizeof ends);
    ends[strlen(scripts[_i].ends)] = '\0';
    sqllex_init(&lex);
    while (sqllex_next(&lex, &window, SQLLEX_WHOLE, &token) != SQLLEX_END) {
        ck_assert_int_ne(token.kind, SQLLEX_ERROR);
        if (sqlspan_ends(&span, &token)) {
            ends[window.data - script - 1] = '^';
            span = (struct sqlspan){0};
        } else {
            sqlspan_take(&span, &token);
        }
    }
    ck_assert_str_eq(ends, scripts[_i].ends);
    sqllex_release(&lex);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("sqlspan");

    tcase_add_loop_test(
        tests, a_statement_ends_as_psql_has_it, 0, (int)(sizeof scripts / sizeof scripts[0]));
    return unit_run(tests);
}
