#ifndef UNIT_H
#define UNIT_H
/*
 * What every unit test needs around libcheck: one suite a program, run and reported.
 *
 *     START_TEST(an_empty_list_has_no_names) { unit_slice_is(x, "..."); } END_TEST
 *     int main(void)
 *     {
 *         TCase *tests = unit_case("list");
 *         tcase_add_test(tests, an_empty_list_has_no_names);
 *         tcase_add_loop_test(tests, lists_round_trip, 0, n);
 *         return unit_run(tests);
 *     }
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slice.h"

static inline TCase *
unit_case(const char *module)
{
    TCase *tests = tcase_create(module);

    tcase_set_timeout(tests, 60); /* seconds; sanitizers and busy machines are slow */
    return tests;
}

/* Runs one test case; the value is main()'s. CK_VERBOSITY, CK_FORK and CK_RUN_CASE work. */
static inline int
unit_run(TCase *tests)
{
    Suite *suite = suite_create("unit");
    SRunner *runner;
    int failed;

    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Fails unless the slice holds exactly the bytes of `text`. */
#define unit_slice_is(got, want)                                                                   \
    do {                                                                                           \
        struct slice unit_got = (got);                                                             \
        struct slice unit_want = slice_string(want);                                               \
        ck_assert_msg(slice_equal(unit_got, unit_want), "got '%.*s', want '%s'",                   \
            (int)unit_got.length, unit_got.data != NULL ? unit_got.data : "", unit_want.data);     \
    } while (0)

#endif
