#include "buf.h"

#include <limits.h>

#include "unit.h"

START_TEST(a_fresh_buffer_is_empty)
{
    struct buf buf = {0};

    ck_assert_uint_eq(buf_slice(&buf).length, 0);
    ck_assert_str_eq(buf_string(&buf), "");
    buf_release(&buf);
}
END_TEST

START_TEST(everything_is_added_behind)
{
    struct buf buf = {0};

    buf_add(&buf, NULL, 0);
    buf_add(&buf, "ab", 1);
    buf_add_slice(&buf, SLICE("b"));
    buf_add_string(&buf, "c");
    buf_add_char(&buf, 'd');
    buf_add_format(&buf, "%s-%d", "e", 7);
    ck_assert_str_eq(buf_string(&buf), "abcde-7");
    ck_assert_uint_eq(buf.length, 7);
    buf_clear(&buf);
    ck_assert_str_eq(buf_string(&buf), "");
    buf_release(&buf);
    ck_assert_ptr_null(buf.data);
}
END_TEST

static const struct {
    long long value;
    const char *text;
} numbers[] = {{0, "0"}, {7, "7"}, {-7, "-7"}, {1234567890, "1234567890"},
    {LLONG_MAX, "9223372036854775807"}, {LLONG_MIN, "-9223372036854775808"}};

START_TEST(numbers_are_written_in_full)
{
    struct buf buf = {0};

    buf_add_int(&buf, numbers[_i].value);
    unit_slice_is(buf_slice(&buf), numbers[_i].text);
    buf_release(&buf);
}
END_TEST

START_TEST(zero_bytes_are_bytes)
{
    struct buf buf = {0};

    buf_add(&buf, "a\0b", 3);
    buf_add_string(&buf, "c");
    ck_assert(slice_equal(buf_slice(&buf), SLICE("a\0bc")));
    buf_release(&buf);
}
END_TEST

START_TEST(a_cleared_buffer_keeps_its_memory)
{
    struct buf buf = {0};
    char *before;

    buf_add_string(&buf, "some text");
    before = buf.data;
    buf_clear(&buf);
    buf_add_string(&buf, "other");
    ck_assert_ptr_eq(buf.data, before);
    ck_assert_str_eq(buf_string(&buf), "other");
    buf_release(&buf);
}
END_TEST

START_TEST(a_long_format_is_not_cut)
{
    struct buf buf = {0};
    char text[5001];

    memset(text, 'x', 5000);
    text[5000] = '\0';
    buf_add_format(&buf, "<%s>", text);
    ck_assert_uint_eq(buf.length, 5002);
    ck_assert_int_eq(buf.data[5001], '>');
    buf_release(&buf);
}
END_TEST

START_TEST(it_grows_and_keeps_its_bytes)
{
    struct buf buf = {0};

    for (int i = 0; i < 100000; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    for (int i = 0; i < 100000; i++)
        ck_assert_int_eq(buf.data[i], 'a' + i % 26);
    buf_add_format(&buf, "%0300d", 1);
    ck_assert_uint_eq(buf.length, 100300);
    buf_release(&buf);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("buf");

    tcase_add_test(tests, a_fresh_buffer_is_empty);
    tcase_add_test(tests, everything_is_added_behind);
    tcase_add_loop_test(tests, numbers_are_written_in_full, 0, 6);
    tcase_add_test(tests, zero_bytes_are_bytes);
    tcase_add_test(tests, a_cleared_buffer_keeps_its_memory);
    tcase_add_test(tests, a_long_format_is_not_cut);
    tcase_add_test(tests, it_grows_and_keeps_its_bytes);
    return unit_run(tests);
}
