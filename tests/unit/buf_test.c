#include "buf.h"

#include "unit.h"

START_TEST(a_zero_buffer_is_an_empty_string)
{
    struct buf buf = {0};

    ck_assert_uint_eq(buf_slice(&buf).length, 0);
    ck_assert_str_eq(buf_string(&buf), "");
    buf_release(&buf);
}
END_TEST

START_TEST(everything_added_stands_in_order)
{
    struct buf buf = {0};

    buf_add(&buf, "a\0b", 3);
    buf_add_string(&buf, "cd");
    buf_add_char(&buf, 'e');
    buf_add_slice(&buf, SLICE("f"));
    buf_add_int(&buf, -9223372036854775807LL - 1);
    buf_add_format(&buf, "%s-%d", "x", 7);
    ck_assert(slice_equal(buf_slice(&buf), SLICE("a\0bcdef-9223372036854775808x-7")));
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
    ck_assert_uint_eq(buf.length, 0);
    buf_add_string(&buf, "other");
    ck_assert_ptr_eq(buf.data, before);
    ck_assert_str_eq(buf_string(&buf), "other");
    buf_release(&buf);
}
END_TEST

START_TEST(it_grows_past_a_megabyte)
{
    struct buf buf = {0};

    for (int i = 0; i < 200000; i++)
        buf_add_format(&buf, "%08d", i);
    ck_assert_uint_eq(buf.length, 1600000);
    ck_assert_int_eq(memcmp(buf.data + 1599992, "00199999", 8), 0);
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

int
main(void)
{
    TCase *tests = unit_case("buf");

    tcase_add_test(tests, a_zero_buffer_is_an_empty_string);
    tcase_add_test(tests, everything_added_stands_in_order);
    tcase_add_test(tests, a_cleared_buffer_keeps_its_memory);
    tcase_add_test(tests, it_grows_past_a_megabyte);
    tcase_add_test(tests, a_long_format_is_not_cut);
    return unit_run(tests);
}
