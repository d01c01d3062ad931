/* What psql may take apart in another way than the server. */
#include "unit.h"

#include "sqllike.h"

static const struct {
    const char *script, *why;
} scripts[] = {
    {"", ""},
    {"1 1.5 .5 1. 1e5 1E5 1e+20 2.5e-3 1..2", ""},
    {"1ab$$ x $$", "a number with letters behind it"},
    {"1e5a", "a number with letters behind it"},
    {"1e'a'", "a number that ends with an e"},
    {"1e +2", "a number that ends with an e"},
    {"$1 $12::text", ""},
    {"$1e5$$ x $$", "a parameter with letters behind it"},
    {"$1a$$ x $$", "a number with letters behind it"},
    {"x::text x::\"t\" x::e'a' x :: y", ""},
    {"select a from t[1:b] c[a:2] d[:'x']", ""},
    {":x", "a variable of psql's"},
    {"a b c d :x$$ x $$", "a variable of psql's"},
    {"a b c d :::x$$ x $$", "a variable of psql's"},
    {"a b c d : x$ x", ""},
    {"create :x function", "a variable of psql's"},
    {"create function f() begin :end", "a variable of psql's"},
    {"a :e'b'", "a variable of psql's"},
    {"a :U&'b'", "a variable of psql's"},
    {"e'a'\v\n'b'", "a vertical tab between words"},
    {"'\v' -- \v", ""},
};

START_TEST(what_is_read_in_two_ways_is_known)
{
    struct slice window = slice_string(scripts[_i].script);
    struct sqllike like = {0};
    struct sqlspan span = {0};
    struct sqllex_token token;
    struct sqllex lex;
    const char *why = NULL;

    sqllex_init(&lex);
    while (sqllex_next(&lex, &window, SQLLEX_WHOLE, &token) != SQLLEX_END &&
           sqllike_take(&like, &span, &token, &why)) {
        ck_assert_int_ne(token.kind, SQLLEX_ERROR);
        sqlspan_take(&span, &token);
    }
    ck_assert_str_eq(why != NULL ? why : "", scripts[_i].why);
    sqllex_release(&lex);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("sqllike");

    tcase_add_loop_test(
        tests, what_is_read_in_two_ways_is_known, 0, (int)(sizeof scripts / sizeof scripts[0]));
    return unit_run(tests);
}
