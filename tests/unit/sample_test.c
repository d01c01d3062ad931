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
    unit_slice_is(sample.rows[9].text, "0000009\n");
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
        ck_assert_int_lt(memcmp(sample.rows[i - 1].text.data, sample.rows[i].text.data, 7), 0);
    last = atoi(sample.rows[sample.n - 1].text.data);
    ck_assert_int_eq(last, 99999);
    for (size_t i = 1; i <= 10; i++)
        ck_assert_int_eq(atoi(sample.rows[sample.n - i].text.data), 100000 - (int)i);
    ck_assert_int_gt(atoi(sample.rows[sample.n - 11].text.data), 95000);
    sample_reset(&sample, &(struct sample_ids){0});
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
    unit_slice_is(sample.rows[0].text, "short\n");
    sample_release(&sample);
    buf_release(&rows);
}
END_TEST

/* How many of the sampled rows have an id from `from` to `to`, in their second column. */
static int
count_ids(const struct sample *sample, int from, int to)
{
    int n = 0;

    for (size_t i = 0; i < sample->n; i++) {
        const char *tab = memchr(sample->rows[i].text.data, '\t', sample->rows[i].text.length);
        int id = atoi(tab + 1);

        n += id >= from && id <= to;
    }
    return n;
}

/* The ids of the rows by their places: they rise, they fall, they are anywhere; some are none. */
static int
rises(int i)
{
    return i;
}

static int
falls(int i)
{
    return 99999 - i;
}

static int
jumps(int i)
{
    return (int)((i * 70001L) % 100000);
}

START_TEST(the_greatest_ids_are_taken_wherever_they_are)
{
    static int (*const ids[])(int) = {rises, falls, jumps};
    static const struct sample_ids where = {true, 1, true, 40000};
    struct sample sample;
    struct buf rows = {0};
    int n = 0;

    sample_init(&sample, 100);
    sample_reset(&sample, &where);
    for (int i = 0; i < 100000; i++) {
        buf_add_format(&rows, "x\t%d\ty\n", ids[_i](i));
        if (i % 1000 == 7)
            buf_add_string(&rows, "x\t\\N\ty\n");
        if (i % 300 == 0 || i == 99999) {
            sample_take(&sample, buf_slice(&rows));
            buf_clear(&rows);
        }
    }
    sample_finish(&sample);
    ck_assert_int_eq(count_ids(&sample, 99990, 99999), 10);
    ck_assert_int_eq(count_ids(&sample, 39991, 40000), 10);
    ck_assert_int_ge(count_ids(&sample, 0, 99999), 70);
    ck_assert_int_le(count_ids(&sample, 0, 99999), 120);
    for (size_t i = 1; i < sample.n; i++) /* in order, none twice */
        ck_assert_uint_gt(sample.rows[i].at, sample.rows[i - 1].at);
    for (size_t i = 0; i < sample.n; i++)
        n += sample.rows[i].at == 0;
    ck_assert_int_eq(n, 1);
    sample_release(&sample);
    buf_release(&rows);
}
END_TEST

START_TEST(a_column_that_is_not_there_is_no_error)
{
    struct sample sample;

    sample_init(&sample, 10);
    sample_reset(&sample, &(struct sample_ids){true, 3, true, 5});
    feed(&sample, 100, 30);
    ck_assert_uint_ge(sample.n, 5);
    ck_assert_uint_le(sample.n, 10);
    sample_release(&sample);
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
    ck_assert_uint_eq(sample.top.n, 0);
    feed(&sample, 20, 7);
    ck_assert_uint_eq(sample.n, 20);
    unit_slice_is(sample.rows[0].text, "0000000\n");
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
    tcase_add_loop_test(tests, the_greatest_ids_are_taken_wherever_they_are, 0, 3);
    tcase_add_test(tests, a_column_that_is_not_there_is_no_error);
    tcase_add_test(tests, long_rows_at_the_end_are_not_kept);
    tcase_add_test(tests, a_sample_of_none_is_empty);
    return unit_run(tests);
}
