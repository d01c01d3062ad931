#include "spool.h"

#include "buf.h"
#include "unit.h"

START_TEST(what_is_written_is_read_again)
{
    struct spool *spool = spool_open();
    struct buf all = {0}, got = {0};

    for (int i = 0; i < 200000; i++) {
        struct buf line = {0};

        buf_add_format(&line, "line %d\n", i);
        spool_write(spool, buf_slice(&line));
        buf_add_slice(&all, buf_slice(&line));
        buf_release(&line);
    }
    ck_assert_uint_eq(spool_tell(spool), all.length);
    while (got.length < all.length)
        buf_add_slice(&got, spool_read(spool, got.length, all.length - got.length));
    ck_assert(slice_equal(buf_slice(&all), buf_slice(&got)));
    unit_slice_is(spool_read(spool, 5, 3), "0\nl");
    spool_close(spool);
}
END_TEST

START_TEST(a_few_bytes_are_read_again)
{
    struct spool *spool = spool_open();

    spool_write(spool, SLICE("abc"));
    unit_slice_is(spool_read(spool, 1, 2), "bc");
    spool_close(spool);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("spool");

    tcase_add_test(tests, what_is_written_is_read_again);
    tcase_add_test(tests, a_few_bytes_are_read_again);
    return unit_run(tests);
}
