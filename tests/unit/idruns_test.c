#include "idruns.h"

#include <stdlib.h>

#include "unit.h"

START_TEST(an_empty_set_has_nothing)
{
    struct idruns runs = {0};

    ck_assert(!idruns_has(&runs, 0));
    idruns_add(&runs, NULL, 0);
    ck_assert(!idruns_has(&runs, INT64_MIN));
    idruns_release(&runs);
}
END_TEST

START_TEST(neighbours_become_one_run_in_whatever_order_they_come)
{
    struct idruns runs = {0};
    int64_t first[] = {12, 10, 11, 10}, second[] = {3, 2, 14}, third[] = {13, 4, 9, 8};

    idruns_add(&runs, first, 4);
    ck_assert_uint_eq(runs.n, 1);
    idruns_add(&runs, second, 3);
    ck_assert_uint_eq(runs.n, 3);
    idruns_add(&runs, third, 4);
    ck_assert_uint_eq(runs.n, 2);
    for (int64_t id = 0; id < 20; id++)
        ck_assert_msg(idruns_has(&runs, id) == ((id >= 2 && id <= 4) || (id >= 8 && id <= 14)),
            "%d", (int)id);
    idruns_release(&runs);
}
END_TEST

START_TEST(the_least_and_the_greatest_numbers_are_ids_too)
{
    struct idruns runs = {0};
    int64_t ids[] = {INT64_MAX, INT64_MIN, INT64_MAX - 1}, more[] = {INT64_MAX, INT64_MIN + 1};

    idruns_add(&runs, ids, 3);
    idruns_add(&runs, more, 2);
    ck_assert_uint_eq(runs.n, 2);
    ck_assert(idruns_has(&runs, INT64_MIN) && idruns_has(&runs, INT64_MIN + 1));
    ck_assert(idruns_has(&runs, INT64_MAX) && !idruns_has(&runs, INT64_MAX - 2));
    idruns_release(&runs);
}
END_TEST

/* Beside an array of flags, in batches as a merge brings them. */
START_TEST(a_set_of_random_ids_knows_them_and_no_others)
{
    struct idruns runs = {0};
    static bool there[5000];
    unsigned seed = (unsigned)_i + 1;

    for (int batch = 0; batch < 40; batch++) {
        int64_t ids[60];

        for (size_t i = 0; i < 60; i++) {
            seed = seed * 1103515245u + 12345u;
            ids[i] = seed / 65536u % 5000;
            there[ids[i]] = true;
        }
        idruns_add(&runs, ids, 60);
    }
    for (int64_t id = 0; id < 5000; id++)
        ck_assert_msg(idruns_has(&runs, id) == there[id], "%d", (int)id);
    for (size_t i = 0; i < 5000; i++)
        there[i] = false;
    idruns_release(&runs);
}
END_TEST

START_TEST(a_set_that_grew_too_large_forgets_what_comes_later_but_makes_nothing_up)
{
    struct idruns runs = {0};
    int64_t *ids = malloc((IDRUNS_MOST + 10) * sizeof *ids), late[] = {5};

    for (int64_t i = 0; i < IDRUNS_MOST + 10; i++)
        ids[i] = i * 10;
    idruns_add(&runs, ids, IDRUNS_MOST + 10);
    ck_assert_uint_eq(runs.n, IDRUNS_MOST);
    ck_assert(idruns_has(&runs, 10) && !idruns_has(&runs, 11));
    ck_assert(!idruns_has(&runs, IDRUNS_MOST * INT64_C(10)));
    idruns_add(&runs, late, 1);
    ck_assert(!idruns_has(&runs, 5));
    free(ids);
    idruns_release(&runs);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("idruns");

    tcase_add_test(tests, an_empty_set_has_nothing);
    tcase_add_test(tests, neighbours_become_one_run_in_whatever_order_they_come);
    tcase_add_test(tests, the_least_and_the_greatest_numbers_are_ids_too);
    tcase_add_loop_test(tests, a_set_of_random_ids_knows_them_and_no_others, 0, 20);
    tcase_add_test(tests, a_set_that_grew_too_large_forgets_what_comes_later_but_makes_nothing_up);
    return unit_run(tests);
}
