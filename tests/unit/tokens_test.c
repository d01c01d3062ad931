#include "unitlex.h"

static struct unitlex statement;

static struct tokens
of(const char *script)
{
    unitlex_statement(&statement, script);
    return (struct tokens){statement.tokens, statement.n};
}

START_TEST(words_are_accepted_together_or_not_at_all)
{
    struct tokens tokens = of("Primary KEY (a)");

    ck_assert(!tokens_accept(&tokens, "primary keys"));
    ck_assert(tokens_accept(&tokens, "primary key"));
    ck_assert(tokens_peek(&tokens, 0, "("));
    ck_assert(!tokens_accept(&tokens, "( a ) b"));
}
END_TEST

START_TEST(quoted_words_are_no_keywords)
{
    struct tokens tokens = of("\"primary\" 'key'");

    ck_assert(!tokens_peek(&tokens, 0, "primary"));
    ck_assert(!tokens_peek(&tokens, 1, "key"));
}
END_TEST

START_TEST(groups_are_stepped_over)
{
    struct tokens tokens = of("(a, (b), c[1]) x"), inside;

    ck_assert(tokens_group(&tokens, &inside));
    ck_assert(tokens_peek(&tokens, 0, "x"));
    ck_assert(tokens_seek(&inside, ","));
    ck_assert(tokens_accept(&inside, ","));
    ck_assert(tokens_seek(&inside, ","));
    ck_assert(tokens_accept(&inside, ", c"));
    ck_assert(!tokens_seek(&inside, ","));
    ck_assert(tokens_at_end(&inside));
}
END_TEST

START_TEST(a_group_without_an_end_is_all_the_rest)
{
    struct tokens tokens = of("(a, b"), inside;

    ck_assert(tokens_group(&tokens, &inside));
    ck_assert(tokens_at_end(&tokens));
    ck_assert_uint_eq(inside.n, 3);
    ck_assert(!tokens_group(&tokens, &inside));
}
END_TEST

START_TEST(names_may_be_qualified)
{
    struct tokens tokens = of("db.\"My Schema\".Tab x");
    char *schema, *name;

    ck_assert(tokens_qualified(&tokens, &schema, &name));
    ck_assert_str_eq(schema, "My Schema");
    ck_assert_str_eq(name, "tab");
    ck_assert(tokens_qualified(&tokens, &schema, &name));
    ck_assert_ptr_null(schema);
    ck_assert(!tokens_qualified(&tokens, &schema, &name));
}
END_TEST

START_TEST(text_is_as_it_was_written)
{
    struct tokens tokens = of("Now()  + 'it''s'::text , 1");
    const struct sqllex_token *from = tokens.at;

    (void)tokens_seek(&tokens, ",");
    ck_assert_str_eq(tokens_text(from, &tokens), "Now() + 'it''s'::text");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("tokens");

    tcase_add_test(tests, words_are_accepted_together_or_not_at_all);
    tcase_add_test(tests, quoted_words_are_no_keywords);
    tcase_add_test(tests, groups_are_stepped_over);
    tcase_add_test(tests, a_group_without_an_end_is_all_the_rest);
    tcase_add_test(tests, names_may_be_qualified);
    tcase_add_test(tests, text_is_as_it_was_written);
    return unit_run(tests);
}
