#include "ident.h"

#include "unit.h"

static const struct {
    const char *name, *display, *quoted;
} names[] = {
    {"abc", "abc", "\"abc\""},
    {"_a1$", "_a1$", "\"_a1$\""},
    {"select", "select", "\"select\""},
    {"Abc", "\"Abc\"", "\"Abc\""},
    {"1a", "\"1a\"", "\"1a\""},
    {"a b", "\"a b\"", "\"a b\""},
    {"a\"b", "\"a\"\"b\"", "\"a\"\"b\""},
    {"a.b", "\"a.b\"", "\"a.b\""},
    {"\xc3\xa9", "\"\xc3\xa9\"", "\"\xc3\xa9\""},
    {"a\nb\tc", "\"a\nb\tc\"", "\"a\nb\tc\""},
    {"; DROP TABLE x; --", "\"; DROP TABLE x; --\"", "\"; DROP TABLE x; --\""},
};

START_TEST(a_name_is_displayed_quoted_and_read_back)
{
    struct buf display = {0}, quoted = {0}, name = {0};
    struct slice text;

    ident_display(slice_string(names[_i].name), &display);
    ident_quote(slice_string(names[_i].name), &quoted);
    unit_slice_is(buf_slice(&display), names[_i].display);
    unit_slice_is(buf_slice(&quoted), names[_i].quoted);
    text = buf_slice(&display);
    ck_assert(ident_parse(&text, &name));
    ck_assert_uint_eq(text.length, 0);
    unit_slice_is(buf_slice(&name), names[_i].name);
    buf_release(&display);
    buf_release(&quoted);
    buf_release(&name);
}
END_TEST

static const struct {
    const char *text, *name, *rest; /* name NULL: there is none */
} parses[] = {
    {"abc", "abc", ""},
    {"ABC def", "abc", " def"},
    {"\"ABC\"def", "ABC", "def"},
    {"a.b", "a", ".b"},
    {"\xc3\x89x", "\xc3\x89x", ""},
    {"", NULL, NULL},
    {"1a", NULL, NULL},
    {"\"\"", NULL, NULL},
    {"\"open", NULL, NULL},
    {"\"a\"\"", NULL, NULL},
    {" a", NULL, NULL},
    {".a", NULL, NULL},
    {"(", NULL, NULL},
    {"\"", NULL, NULL},
};

START_TEST(a_name_is_read_at_the_start)
{
    struct slice text = slice_string(parses[_i].text);
    struct buf name = {0};
    bool good = ident_parse(&text, &name);

    ck_assert(good == (parses[_i].name != NULL));
    if (good) {
        unit_slice_is(buf_slice(&name), parses[_i].name);
        unit_slice_is(text, parses[_i].rest);
    }
    buf_release(&name);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    const char *schema, *name;
} qualifieds[] = {
    {"a.b", true, "a", "b"},
    {"b", true, NULL, "b"},
    {"\"A.x\".\"B\"\"\"", true, "A.x", "B\""},
    {"Public.T", true, "public", "t"},
    {"", false, NULL, NULL},
    {"a.", false, NULL, NULL},
    {".b", false, NULL, NULL},
    {"a.b.c", false, NULL, NULL},
    {"a b", false, NULL, NULL},
};

START_TEST(a_qualified_name_has_one_dot_at_most)
{
    char *schema, *name;
    bool good = ident_parse_qualified(slice_string(qualifieds[_i].text), &schema, &name);

    ck_assert(good == qualifieds[_i].good);
    ck_assert_pstr_eq(schema, qualifieds[_i].schema);
    ck_assert_pstr_eq(name, qualifieds[_i].name);
    free(schema);
    free(name);
}
END_TEST

START_TEST(display_becomes_sql)
{
    struct buf sql = {0};
    char *display = ident_qualified("public", "My \"T\"");

    ck_assert_str_eq(display, "public.\"My \"\"T\"\"\"");
    ck_assert(ident_display_to_sql(display, &sql));
    unit_slice_is(buf_slice(&sql), "\"public\".\"My \"\"T\"\"\"");
    ck_assert(!ident_display_to_sql("a.b.c", &sql));
    free(display);
    buf_release(&sql);
}
END_TEST

static const struct {
    const char *text;
    size_t n;
    const char *names[3], *display; /* display NULL: no list */
} lists[] = {
    {"()", 0, {NULL}, "()"},
    {"(a)", 1, {"a"}, "(a)"},
    {"( a , \"B c\",d )", 3, {"a", "B c", "d"}, "(a, \"B c\", d)"},
    {"(\"a,b\", \")\")", 2, {"a,b", ")"}, "(\"a,b\", \")\")"},
    {"", 0, {NULL}, NULL},
    {"(", 0, {NULL}, NULL},
    {"(a", 0, {NULL}, NULL},
    {"(a,)", 0, {NULL}, NULL},
    {"(,a)", 0, {NULL}, NULL},
    {"(a b)", 0, {NULL}, NULL},
    {"(a)x", 0, {NULL}, NULL},
    {"a", 0, {NULL}, NULL},
};

START_TEST(a_list_of_names_is_read_and_written)
{
    char **read;
    size_t n;
    struct buf out = {0};
    bool good = ident_list_parse(slice_string(lists[_i].text), &read, &n);

    ck_assert(good == (lists[_i].display != NULL));
    ck_assert_uint_eq(n, lists[_i].n);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(read[i], lists[_i].names[i]);
    if (good) {
        ident_list_format((const char *const *)read, n, &out);
        unit_slice_is(buf_slice(&out), lists[_i].display);
    }
    for (size_t i = 0; i < n; i++)
        free(read[i]);
    free(read);
    buf_release(&out);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int
main(void)
{
    TCase *tests = unit_case("ident");

    tcase_add_loop_test(tests, a_name_is_displayed_quoted_and_read_back, 0, COUNT(names));
    tcase_add_loop_test(tests, a_name_is_read_at_the_start, 0, COUNT(parses));
    tcase_add_loop_test(tests, a_qualified_name_has_one_dot_at_most, 0, COUNT(qualifieds));
    tcase_add_test(tests, display_becomes_sql);
    tcase_add_loop_test(tests, a_list_of_names_is_read_and_written, 0, COUNT(lists));
    return unit_run(tests);
}
