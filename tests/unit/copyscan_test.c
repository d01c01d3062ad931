#include "copyscan.h"

#include "unit.h"

static const struct {
    const char *window;
    enum copyscan_input input;
    enum copyscan_state state;
    size_t length, rows, marker;
} cases[] = {
    {"", COPYSCAN_PART, COPYSCAN_MORE, 0, 0, 0},
    {"\\.\n", COPYSCAN_PART, COPYSCAN_MARKER, 0, 0, 3},
    {"\\.", COPYSCAN_PART, COPYSCAN_MORE, 0, 0, 0},
    {"\\.", COPYSCAN_WHOLE, COPYSCAN_MARKER, 0, 0, 2},
    {"a\nb\n\\.\nrest", COPYSCAN_PART, COPYSCAN_MARKER, 4, 2, 3},
    {"a\nb\n\\.\r\n", COPYSCAN_PART, COPYSCAN_MARKER, 4, 2, 4},
    {"a\nb", COPYSCAN_PART, COPYSCAN_MORE, 2, 1, 0},
    {"a\nb", COPYSCAN_WHOLE, COPYSCAN_MORE, 2, 1, 0},
    {"\n\n\\.\n", COPYSCAN_PART, COPYSCAN_MARKER, 2, 2, 3},
    {"a\\.\n\\\\.\n\\N\n\\.\n", COPYSCAN_PART, COPYSCAN_MARKER, 11, 3, 3},
    {"a\n\\.x\n", COPYSCAN_PART, COPYSCAN_BAD, 2, 1, 4},
    {"\\. \n", COPYSCAN_PART, COPYSCAN_BAD, 0, 0, 4},
};

START_TEST(rows_end_at_the_marker)
{
    struct copyscan scan = copyscan_rows(slice_string(cases[_i].window), cases[_i].input);

    ck_assert_int_eq(scan.state, cases[_i].state);
    ck_assert_uint_eq(scan.length, cases[_i].length);
    ck_assert_uint_eq(scan.rows, cases[_i].rows);
    ck_assert_uint_eq(scan.marker, cases[_i].marker);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("copyscan");

    tcase_add_loop_test(tests, rows_end_at_the_marker, 0, sizeof cases / sizeof cases[0]);
    return unit_run(tests);
}
