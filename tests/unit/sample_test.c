#include "sample.h"

#include <stdio.h>

#include "buf.h"
#include "unit.h"

/* Feeds n numbered rows, so many at a time. */
static void
feed(struct sample *sample, int n, int chunk)
{
    struct buf rows = {0};

    for (int i = 0; i < n; i++) {
        buf_add_format(&rows, "%07d\n", i);
        if ((i + 1) % chunk == 0 || i + 1 == n) {
            sample_take(sample, buf_slice(&rows));
            buf_clear(&rows);
        }
    }
    sample_finish(sample);
    buf_release(&rows);
}

START_TEST(a_small_table_is_taken_whole)
{
    struct sample sample;

    sample_init(&sample, 10);
    feed(&sample, 10, 3);
    ck_assert_uint_eq(sample.n, 10);
    unit_slice_is(sample.rows[9], "0000009\n");
    sample_release(&sample);
}
END_TEST

START_TEST(a_large_table_is_sampled_all_over)
{
    static const int chunks[] = {1, 7, 1000, 100000};
    struct sample sample;
    int last;

    sample_init(&sample, 100);
    feed(&sample, 100000, chunks[_i]);
    ck_assert_uint_ge(sample.n, 50);
    ck_assert_uint_le(sample.n, 110);
    for (size_t i = 1; i < sample.n; i++)
        ck_assert_int_lt(memcmp(sample.rows[i - 1].data, sample.rows[i].data, 7), 0);
    last = atoi(sample.rows[sample.n - 1].data);
    ck_assert_int_eq(last, 99999);
    for (size_t i = 1; i <= 10; i++)
        ck_assert_int_eq(atoi(sample.rows[sample.n - i].data), 100000 - (int)i);
    ck_assert_int_gt(atoi(sample.rows[sample.n - 11].data), 95000);
    sample_reset(&sample);
    ck_assert_uint_eq(sample.n, 0);
    sample_release(&sample);
}
END_TEST

START_TEST(long_rows_are_left_out)
{
    struct sample sample;
    struct buf rows = {0};

    for (size_t i = 0; i < SAMPLE_LONGEST_ROW + 10; i++)
        buf_add_char(&rows, 'x');
    buf_add_string(&rows, "\nshort\n");
    sample_init(&sample, 5);
    sample_take(&sample, buf_slice(&rows));
    ck_assert_uint_eq(sample.n, 1);
    unit_slice_is(sample.rows[0], "short\n");
    sample_release(&sample);
    buf_release(&rows);
}
END_TEST

START_TEST(long_rows_at_the_end_are_not_kept)
{
    struct sample sample;
    struct buf row = {0};

    for (size_t i = 0; i < 2 * 1024 * 1024; i++)
        buf_add_char(&row, 'x');
    buf_add_char(&row, '\n');
    sample_init(&sample, 100);
    for (int i = 0; i < 3; i++)
        sample_take(&sample, buf_slice(&row));
    ck_assert_uint_eq(sample.ends.length, 0);
    feed(&sample, 20, 7);
    ck_assert_uint_eq(sample.n, 20);
    unit_slice_is(sample.rows[0], "0000000\n");
    sample_release(&sample);
    buf_release(&row);
}
END_TEST

START_TEST(a_sample_of_none_is_empty)
{
    struct sample sample;

    sample_init(&sample, 0);
    feed(&sample, 100, 10);
    ck_assert_uint_eq(sample.n, 0);
    sample_release(&sample);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("sample");

    tcase_add_test(tests, a_small_table_is_taken_whole);
    tcase_add_loop_test(tests, a_large_table_is_sampled_all_over, 0, 4);
    tcase_add_test(tests, long_rows_are_left_out);
    tcase_add_test(tests, long_rows_at_the_end_are_not_kept);
    tcase_add_test(tests, a_sample_of_none_is_empty);
    return unit_run(tests);
}
