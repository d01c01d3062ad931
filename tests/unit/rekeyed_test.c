#include "rekeyed.h"

#include "unit.h"

static uint64_t
count(const struct rekeyed *rekeyed, const char *first)
{
    struct buf id = {0};
    uint64_t n = rekeyed_count(rekeyed, &id);

    ck_assert_str_eq(buf_string(&id), first);
    buf_release(&id);
    return n;
}

START_TEST(without_a_pair_nothing_is_known)
{
    struct rekeyed rekeyed = {0};

    ck_assert_uint_eq(count(&rekeyed, ""), 0);
    rekeyed_taken(&rekeyed, SLICE("7"));
    ck_assert_uint_eq(count(&rekeyed, ""), 0);
    rekeyed_release(&rekeyed);
}
END_TEST

START_TEST(ids_below_the_greatest_of_a_pair_count_whatever_came_first)
{
    struct rekeyed rekeyed = {0};

    rekeyed_pair(&rekeyed, SLICE("-20"));
    rekeyed_taken(&rekeyed, SLICE("15"));
    rekeyed_taken(&rekeyed, SLICE("7"));
    rekeyed_taken(&rekeyed, SLICE("-30"));
    ck_assert_uint_eq(count(&rekeyed, "-30"), 1);
    rekeyed_pair(&rekeyed, SLICE("10"));
    rekeyed_pair(&rekeyed, SLICE("3"));
    ck_assert_uint_eq(count(&rekeyed, "7"), 2);
    rekeyed_pair(&rekeyed, SLICE("16"));
    ck_assert_uint_eq(count(&rekeyed, "15"), 3);
    rekeyed_release(&rekeyed);
}
END_TEST

START_TEST(ids_that_are_no_numbers_all_count)
{
    struct rekeyed rekeyed = {0};

    rekeyed_pair(&rekeyed, SLICE("ckq1"));
    rekeyed_taken(&rekeyed, SLICE("ckq2"));
    rekeyed_taken(&rekeyed, SLICE("ckq0"));
    ck_assert_uint_eq(count(&rekeyed, "ckq2"), 2);
    rekeyed_release(&rekeyed);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("rekeyed");

    tcase_add_test(tests, without_a_pair_nothing_is_known);
    tcase_add_test(tests, ids_below_the_greatest_of_a_pair_count_whatever_came_first);
    tcase_add_test(tests, ids_that_are_no_numbers_all_count);
    return unit_run(tests);
}
