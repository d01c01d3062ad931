#include "number.h"

#include "unit.h"

static const struct {
    const char *text;
    bool valid;
    int64_t value;
} numbers[] = {
    {"0", true, 0},
    {"7", true, 7},
    {"-1", true, -1},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"-9223372036854775809", false, 0},
    {"99999999999999999999999", false, 0},
    {"", false, 0},
    {"-", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"0x10", false, 0},
    {"abc", false, 0},
    {"--1", false, 0},
};

START_TEST(text_is_a_number_or_it_is_not)
{
    int64_t value = 42;

    ck_assert_int_eq(number_parse(slice_string(numbers[_i].text), &value), numbers[_i].valid);
    if (numbers[_i].valid)
        ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

START_TEST(a_formatted_number_parses_back)
{
    char room[NUMBER_ROOM];
    int64_t value = 42;

    if (!numbers[_i].valid)
        return;
    unit_slice_is(number_format(numbers[_i].value, room), numbers[_i].text);
    ck_assert(number_parse(number_format(numbers[_i].value, room), &value));
    ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

START_TEST(only_integer_types_are_integer_types)
{
    ck_assert(number_is_type("smallint"));
    ck_assert(number_is_type("integer"));
    ck_assert(number_is_type("bigint"));
    ck_assert(!number_is_type("numeric"));
    ck_assert(!number_is_type("text"));
    ck_assert(!number_is_type("bigint[]"));
    ck_assert(!number_is_type("uuid"));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("number");
    int n = sizeof numbers / sizeof *numbers;

    tcase_add_loop_test(tests, text_is_a_number_or_it_is_not, 0, n);
    tcase_add_loop_test(tests, a_formatted_number_parses_back, 0, n);
    tcase_add_test(tests, only_integer_types_are_integer_types);
    return unit_run(tests);
}
