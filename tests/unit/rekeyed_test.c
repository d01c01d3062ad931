#include "rekeyed.h"

#include <stdlib.h>

#include "mem.h"
#include "unit.h"

static uint64_t
count(const struct rekeyed *rekeyed, const char *ids)
{
    struct buf text = {0};
    uint64_t n = rekeyed_count(rekeyed, &text);

    ck_assert_str_eq(buf_string(&text), ids);
    buf_release(&text);
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
    ck_assert_uint_eq(count(&rekeyed, "7, -30"), 2);
    rekeyed_pair(&rekeyed, SLICE("16"));
    ck_assert_uint_eq(count(&rekeyed, "15, 7, -30"), 3);
    rekeyed_release(&rekeyed);
}
END_TEST

START_TEST(ids_that_are_no_numbers_all_count)
{
    struct rekeyed rekeyed = {0};

    rekeyed_pair(&rekeyed, SLICE("ckq1"));
    rekeyed_taken(&rekeyed, SLICE("ckq2"));
    rekeyed_taken(&rekeyed, SLICE("ckq0"));
    ck_assert_uint_eq(count(&rekeyed, "ckq2, ckq0"), 2);
    rekeyed_release(&rekeyed);
}
END_TEST

START_TEST(a_few_are_named)
{
    static const char *const ids[] = {"1", "2", "3", "4", "5", "6", "7"};
    struct rekeyed numbers = {0}, texts = {0};

    rekeyed_pair(&numbers, SLICE("9"));
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char *text = mem_format("ckq%s", ids[i]);

        rekeyed_taken(&numbers, slice_string(ids[i]));
        rekeyed_taken(&texts, slice_string(text));
        free(text);
    }
    ck_assert_uint_eq(count(&numbers, "1, 2, 3, 4, 5, ..."), 7);
    ck_assert_uint_eq(count(&texts, "ckq1, ckq2, ckq3, ckq4, ckq5, ..."), 7);
    rekeyed_release(&numbers);
    rekeyed_release(&texts);
}
END_TEST

START_TEST(those_that_were_found_are_counted_apart)
{
    struct rekeyed rekeyed = {0};

    rekeyed_pair(&rekeyed, SLICE("9"));
    for (char id = '1'; id < '8'; id++)
        rekeyed_found(&rekeyed, slice_make(&id, 1));
    ck_assert_uint_eq(count(&rekeyed, ""), 0);
    ck_assert_uint_eq(rekeyed.found, 7);
    ck_assert_str_eq(buf_string(&rekeyed.found_named), "1, 2, 3, 4, 5, ...");
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
    tcase_add_test(tests, a_few_are_named);
    tcase_add_test(tests, those_that_were_found_are_counted_apart);
    return unit_run(tests);
}
