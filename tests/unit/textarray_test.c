#include "textarray.h"

#include "unit.h"

static const struct {
    const char *field, *literal;
} fields[] = {
    {"a", "{\"a\"}"},
    {"", "{\"\"}"},
    {"\\N", "{NULL}"},
    {"NULL", "{\"NULL\"}"},
    {"a\\\\b", "{\"a\\\\b\"}"},
    {"say \"x\"", "{\"say \\\"x\\\"\"}"},
    {"{1,2}", "{\"{1,2}\"}"},
    {"tab\\tnewline\\n", "{\"tab\tnewline\n\"}"},
};

START_TEST(a_field_becomes_an_element)
{
    struct textarray array = {0};

    textarray_add_field(&array, slice_string(fields[_i].field));
    ck_assert_str_eq(textarray_literal(&array), fields[_i].literal);
    textarray_release(&array);
}
END_TEST

START_TEST(an_array_is_used_again_after_clear)
{
    struct textarray array = {0};

    ck_assert_str_eq(textarray_literal(&array), "{}");
    textarray_clear(&array);
    textarray_add_field(&array, SLICE("1"));
    textarray_add_field(&array, SLICE("\\N"));
    textarray_add_field(&array, SLICE("3"));
    ck_assert_str_eq(textarray_literal(&array), "{\"1\",NULL,\"3\"}");
    textarray_clear(&array);
    textarray_add_field(&array, SLICE("x"));
    ck_assert_str_eq(textarray_literal(&array), "{\"x\"}");
    textarray_release(&array);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("textarray");

    tcase_add_loop_test(tests, a_field_becomes_an_element, 0, sizeof fields / sizeof *fields);
    tcase_add_test(tests, an_array_is_used_again_after_clear);
    return unit_run(tests);
}
