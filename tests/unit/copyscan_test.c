#include "copyscan.h"

#include <stdbool.h>

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

/* What the words of the header mean, without any haste. */
static struct copyscan
scan_slowly(struct slice window, enum copyscan_input input)
{
    struct copyscan scan = {.state = COPYSCAN_MORE};

    for (size_t at = 0, end; at < window.length; at = end + 1) {
        for (end = at; end < window.length && window.data[end] != '\n'; end++)
            continue;
        if (end == window.length && input == COPYSCAN_PART)
            break;
        if (end - at >= 2 && memcmp(window.data + at, "\\.", 2) == 0) {
            bool exact = end - at == 2 || (end - at == 3 && window.data[at + 2] == '\r');

            scan.state = exact ? COPYSCAN_MARKER : COPYSCAN_BAD;
            scan.marker = end - at + (end < window.length);
            break;
        }
        if (end == window.length)
            break;
        scan.rows++;
        scan.length = end + 1;
    }
    return scan;
}

/* Bytes of an alphabet in which lines and markers are frequent, or rare for the later rounds. */
START_TEST(scanning_fast_finds_what_scanning_slowly_finds)
{
    static const char alphabet[] = "\n\\..\rNabcdefghijklmnop";
    unsigned seed = (unsigned)_i * 7919 + 1;

    for (int round = 0; round < 3000; round++) {
        char bytes[1500];
        size_t n;
        struct copyscan fast, slow;
        enum copyscan_input input = round % 2 ? COPYSCAN_PART : COPYSCAN_WHOLE;

        seed = seed * 1664525 + 1013904223;
        n = (seed >> 8) % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
            if (_i > 0 && bytes[i] == '\\' && (seed >> 8) % (1U << _i) != 0)
                bytes[i] = 'x';
        }
        fast = copyscan_rows(slice_make(bytes, n), input);
        slow = scan_slowly(slice_make(bytes, n), input);
        ck_assert_int_eq(fast.state, slow.state);
        ck_assert_uint_eq(fast.rows, slow.rows);
        ck_assert_uint_eq(fast.length, slow.length);
        ck_assert_uint_eq(fast.marker, slow.marker);
    }
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("copyscan");

    tcase_add_loop_test(tests, rows_end_at_the_marker, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(tests, scanning_fast_finds_what_scanning_slowly_finds, 0, 8);
    return unit_run(tests);
}
