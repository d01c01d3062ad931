#include "textrows.h"

#include "unit.h"

START_TEST(rows_become_an_array_a_column)
{
    struct textrows textrows = {0};
    const char *const *values = textrows_values(&textrows, 2, SLICE("1\ta\\tb\n2\t\\N\n"));

    ck_assert_str_eq(values[0], "{\"1\",\"2\"}");
    ck_assert_str_eq(values[1], "{\"a\tb\",NULL}");
    textrows_release(&textrows);
}
END_TEST

START_TEST(the_next_rows_take_the_place_of_those_before)
{
    struct textrows textrows = {0};
    const char *const *values;

    textrows_values(&textrows, 1, SLICE("1\n2\n"));
    values = textrows_values(&textrows, 1, SLICE("3\n"));
    ck_assert_str_eq(values[0], "{\"3\"}");
    values = textrows_values(&textrows, 1, SLICE(""));
    ck_assert_str_eq(values[0], "{}");
    textrows_release(&textrows);
}
END_TEST

START_TEST(what_was_never_used_can_be_released)
{
    struct textrows textrows = {0};

    textrows_release(&textrows);
    ck_assert_ptr_null(textrows.arrays);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("textrows");

    tcase_add_test(tests, rows_become_an_array_a_column);
    tcase_add_test(tests, the_next_rows_take_the_place_of_those_before);
    tcase_add_test(tests, what_was_never_used_can_be_released);
    return unit_run(tests);
}
