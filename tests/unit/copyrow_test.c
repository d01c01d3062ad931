#include "copyrow.h"

#include "unit.h"

static const struct {
    const char *row;
    size_t n;
    const char *first, *second;
} splits[] = {
    {"", 1, "", NULL},
    {"a", 1, "a", NULL},
    {"a\tb", 2, "a", "b"},
    {"\t", 2, "", ""},
    {"a\\\\\tb", 2, "a\\\\", "b"},
    {"a\\tb", 1, "a\\tb", NULL},
    {"\\N\t\\\\N", 2, "\\N", "\\\\N"},
    {"a\tb\tc\td", 4, "a", "b"},
};

START_TEST(a_row_is_split_at_tabs)
{
    struct slice fields[2];

    ck_assert_uint_eq(copyrow_split(slice_string(splits[_i].row), fields, 2), splits[_i].n);
    unit_slice_is(fields[0], splits[_i].first);
    if (splits[_i].second != NULL)
        unit_slice_is(fields[1], splits[_i].second);
}
END_TEST

START_TEST(fields_beyond_the_room_are_counted)
{
    ck_assert_uint_eq(copyrow_split(SLICE("a\tb\tc"), NULL, 0), 3);
}
END_TEST

START_TEST(only_backslash_N_is_NULL)
{
    ck_assert(copyrow_is_null(SLICE("\\N")));
    ck_assert(!copyrow_is_null(SLICE("")));
    ck_assert(!copyrow_is_null(SLICE("N")));
    ck_assert(!copyrow_is_null(SLICE("\\\\N")));
    ck_assert(!copyrow_is_null(SLICE("\\n")));
    ck_assert(!copyrow_is_null(SLICE("\\N ")));
}
END_TEST

static const struct {
    const char *field, *value; /* value NULL: broken */
} escapes[] = {
    {"", ""},
    {"plain", "plain"},
    {"\\b\\f\\n\\r\\t\\v\\\\", "\b\f\n\r\t\v\\"},
    {"\\101\\7\\0601", "A\a01"},
    {"\\x41\\x4\\x41z\\xg", "A\x04"
                            "Azxg"},
    {"\\x4g", "\x04g"},
    {"\\q\\.\\N", "q.N"},
    {"\\7x", "\ax"},
    {"\\1012", "A2"},
    {"\\xzz", "xzz"},
    {"\\8", "8"},
    {"\\777", "\xff"},
    {"\xc3\xa9", "\xc3\xa9"},
    {"\\", NULL},
    {"a\\\\\\", NULL},
};

START_TEST(escapes_are_read_as_COPY_reads_them)
{
    struct buf out = {0};
    bool good = copyrow_unescape(slice_string(escapes[_i].field), &out);

    ck_assert(good == (escapes[_i].value != NULL));
    if (good)
        unit_slice_is(buf_slice(&out), escapes[_i].value);
    buf_release(&out);
}
END_TEST

START_TEST(every_byte_comes_back)
{
    char bytes[3] = {(char)_i, 'N', (char)(255 - _i)};
    struct buf field = {0}, value = {0};

    copyrow_escape(slice_make(bytes, 3), &field);
    ck_assert(memchr(field.data, '\n', field.length) == NULL);
    ck_assert(memchr(field.data, '\t', field.length) == NULL);
    ck_assert(!copyrow_is_null(buf_slice(&field)));
    ck_assert(copyrow_unescape(buf_slice(&field), &value));
    ck_assert(slice_equal(buf_slice(&value), slice_make(bytes, 3)));
    buf_release(&field);
    buf_release(&value);
}
END_TEST

START_TEST(a_value_that_looks_like_NULL_is_escaped)
{
    struct buf field = {0};

    copyrow_escape(SLICE("\\N"), &field);
    unit_slice_is(buf_slice(&field), "\\\\N");
    buf_release(&field);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

START_TEST(rows_are_counted_and_halved_whole)
{
    ck_assert_uint_eq(copyrow_count(SLICE("")), 0);
    ck_assert_uint_eq(copyrow_count(SLICE("a\tb\n\\N\n")), 2);
    ck_assert_uint_eq(copyrow_half(SLICE("a\n")), 0);
    ck_assert_uint_eq(copyrow_half(SLICE("a\nb\n")), 2);
    ck_assert_uint_eq(copyrow_half(SLICE("a\nlong row\n")), 2);
    ck_assert_uint_eq(copyrow_half(SLICE("long row\na\n")), 9);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("copyrow");

    tcase_add_loop_test(tests, a_row_is_split_at_tabs, 0, COUNT(splits));
    tcase_add_test(tests, fields_beyond_the_room_are_counted);
    tcase_add_test(tests, only_backslash_N_is_NULL);
    tcase_add_loop_test(tests, escapes_are_read_as_COPY_reads_them, 0, COUNT(escapes));
    tcase_add_loop_test(tests, every_byte_comes_back, 0, 256);
    tcase_add_test(tests, a_value_that_looks_like_NULL_is_escaped);
    tcase_add_test(tests, rows_are_counted_and_halved_whole);
    return unit_run(tests);
}
