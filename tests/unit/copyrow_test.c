#include "copyrow.h"

#include "unit.h"

static const struct {
    const char *row;
    size_t n;
    const char *fields[4];
} rows[] = {
    {"", 1, {""}},
    {"a", 1, {"a"}},
    {"a\tb", 2, {"a", "b"}},
    {"\t", 2, {"", ""}},
    {"\\N\t\\\\N", 2, {"\\N", "\\\\N"}},
    {"a\\tb\tc", 2, {"a\\tb", "c"}},
    {"a\\\\\tb", 2, {"a\\\\", "b"}},
    {"1\t2\t3\t4", 4, {"1", "2", "3", "4"}},
};

START_TEST(a_row_splits_at_its_tabs)
{
    struct slice fields[4];

    ck_assert_uint_eq(copyrow_split(slice_string(rows[_i].row), fields, 4), rows[_i].n);
    for (size_t i = 0; i < rows[_i].n; i++)
        unit_slice_is(fields[i], rows[_i].fields[i]);
}
END_TEST

START_TEST(fields_beyond_the_room_are_counted)
{
    struct slice fields[2] = {0};

    ck_assert_uint_eq(copyrow_split(SLICE("a\tb\tc\td"), fields, 2), 4);
    unit_slice_is(fields[0], "a");
}
END_TEST

START_TEST(null_is_exactly_backslash_n)
{
    ck_assert(copyrow_is_null(SLICE("\\N")));
    ck_assert(!copyrow_is_null(SLICE("\\\\N")));
    ck_assert(!copyrow_is_null(SLICE("\\n")));
    ck_assert(!copyrow_is_null(SLICE("")));
    ck_assert(!copyrow_is_null(SLICE("\\NN")));
}
END_TEST

static const struct {
    const char *field, *value;
} escapes[] = {
    {"plain", "plain"},
    {"\\b\\f\\n\\r\\t\\v", "\b\f\n\r\t\v"},
    {"\\\\", "\\"},
    {"\\\\N", "\\N"},
    {"\\101", "A"},
    {"\\x41", "A"},
    {"\\x4g", "\x04g"},
    {"\\7x", "\ax"},
    {"\\1012", "A2"},
    {"\\q", "q"},
    {"\\.", "."},
    {"\\xzz", "xzz"},
    {"caf\xc3\xa9", "caf\xc3\xa9"},
};

START_TEST(a_field_unescapes_as_the_manual_says)
{
    struct buf buf = {0};

    ck_assert(copyrow_unescape(slice_string(escapes[_i].field), &buf));
    unit_slice_is(buf_slice(&buf), escapes[_i].value);
    buf_release(&buf);
}
END_TEST

START_TEST(a_lone_backslash_at_the_end_is_an_error)
{
    struct buf buf = {0};

    ck_assert(!copyrow_unescape(SLICE("abc\\"), &buf));
    ck_assert(!copyrow_unescape(SLICE("\\"), &buf));
    ck_assert(!copyrow_unescape(SLICE("\\\\\\"), &buf));
    buf_release(&buf);
}
END_TEST

START_TEST(every_value_survives_escape_and_unescape)
{
    struct buf escaped = {0}, back = {0};
    char value[3] = {(char)_i, 'N', (char)(255 - _i)};

    copyrow_escape(slice_make(value, 3), &escaped);
    ck_assert_ptr_null(memchr(escaped.data, '\t', escaped.length));
    ck_assert_ptr_null(memchr(escaped.data, '\n', escaped.length));
    ck_assert(!copyrow_is_null(buf_slice(&escaped)));
    ck_assert(copyrow_unescape(buf_slice(&escaped), &back));
    ck_assert(slice_equal(buf_slice(&back), slice_make(value, 3)));
    buf_release(&escaped);
    buf_release(&back);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("copyrow");

    tcase_add_loop_test(tests, a_row_splits_at_its_tabs, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, fields_beyond_the_room_are_counted);
    tcase_add_test(tests, null_is_exactly_backslash_n);
    tcase_add_loop_test(
        tests, a_field_unescapes_as_the_manual_says, 0, sizeof escapes / sizeof *escapes);
    tcase_add_test(tests, a_lone_backslash_at_the_end_is_an_error);
    tcase_add_loop_test(tests, every_value_survives_escape_and_unescape, 0, 256);
    return unit_run(tests);
}
