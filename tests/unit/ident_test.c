#include "ident.h"

#include "unit.h"

static const struct {
    const char *name, *display, *quoted;
} names[] = {
    {"package", "package", "\"package\""},
    {"_a$1", "_a$1", "\"_a$1\""},
    {"My Table", "\"My Table\"", "\"My Table\""},
    {"UPPER", "\"UPPER\"", "\"UPPER\""},
    {"1st", "\"1st\"", "\"1st\""},
    {"a\"b", "\"a\"\"b\"", "\"a\"\"b\""},
    {"user", "user", "\"user\""},
    {"a.b", "\"a.b\"", "\"a.b\""},
    {"caf\xc3\xa9", "\"caf\xc3\xa9\"", "\"caf\xc3\xa9\""},
    {"x\ny", "\"x\ny\"", "\"x\ny\""},
};

START_TEST(a_name_has_one_display_and_one_sql_form)
{
    struct buf buf = {0};

    ident_display(slice_string(names[_i].name), &buf);
    unit_slice_is(buf_slice(&buf), names[_i].display);
    buf_clear(&buf);
    ident_quote(slice_string(names[_i].name), &buf);
    unit_slice_is(buf_slice(&buf), names[_i].quoted);
    buf_release(&buf);
}
END_TEST

START_TEST(both_forms_parse_back)
{
    struct buf buf = {0};
    struct slice display = slice_string(names[_i].display), sql = slice_string(names[_i].quoted);

    ck_assert(ident_parse(&display, &buf));
    unit_slice_is(buf_slice(&buf), names[_i].name);
    ck_assert_uint_eq(display.length, 0);
    buf_clear(&buf);
    ck_assert(ident_parse(&sql, &buf));
    unit_slice_is(buf_slice(&buf), names[_i].name);
    buf_release(&buf);
}
END_TEST

START_TEST(an_unquoted_name_is_folded_and_the_rest_left)
{
    struct buf buf = {0};
    struct slice text = SLICE("Public.Package");

    ck_assert(ident_parse(&text, &buf));
    unit_slice_is(buf_slice(&buf), "public");
    unit_slice_is(text, ".Package");
    buf_release(&buf);
}
END_TEST

static const char *const bad[] = {"", "\"", "\"abc", "\"\"", ".a", "(", " "};

START_TEST(what_is_no_name_is_refused)
{
    struct buf buf = {0};
    struct slice text = slice_string(bad[_i]);

    ck_assert(!ident_parse(&text, &buf));
    buf_release(&buf);
}
END_TEST

START_TEST(a_qualified_name_comes_apart)
{
    char *schema = NULL, *name = NULL;

    ck_assert(ident_parse_qualified(SLICE("\"My Schema\".t"), &schema, &name));
    ck_assert_str_eq(schema, "My Schema");
    ck_assert_str_eq(name, "t");
    ck_assert(ident_parse_qualified(SLICE("t"), &schema, &name));
    ck_assert_ptr_null(schema);
    ck_assert(!ident_parse_qualified(SLICE("a.b.c"), &schema, &name));
    ck_assert(!ident_parse_qualified(SLICE("a."), &schema, &name));
    ck_assert(!ident_parse_qualified(SLICE("a b"), &schema, &name));
}
END_TEST

START_TEST(display_becomes_sql)
{
    struct buf buf = {0};

    ck_assert_str_eq(ident_qualified("public", "My\"T"), "public.\"My\"\"T\"");
    ck_assert(ident_display_to_sql("public.\"My\"\"T\"", &buf));
    unit_slice_is(buf_slice(&buf), "\"public\".\"My\"\"T\"");
    buf_release(&buf);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("ident");

    tcase_add_loop_test(
        tests, a_name_has_one_display_and_one_sql_form, 0, sizeof names / sizeof *names);
    tcase_add_loop_test(tests, both_forms_parse_back, 0, sizeof names / sizeof *names);
    tcase_add_test(tests, an_unquoted_name_is_folded_and_the_rest_left);
    tcase_add_loop_test(tests, what_is_no_name_is_refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, a_qualified_name_comes_apart);
    tcase_add_test(tests, display_becomes_sql);
    return unit_run(tests);
}
