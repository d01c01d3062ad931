/* Columns that tell a row from strangers of its id. */
#include "tellers.h"

#include <stdlib.h>

#include "mem.h"
#include "unit.h"

/* `n` rows in another order than that of their ids: texts around the row's number, or a random one.
 */
static bool
tell(const char *before, const char *behind, int n, bool random)
{
    struct tellers tellers = {0};
    bool result;

    for (int i = 0; i < n; i++) {
        int row = (i * 7) % n;
        char *value =
            mem_format("%s%d%s", before, random ? (row * 7919 + 4711) % 9973 : row + 40, behind);

        tellers_add(&tellers, row + 1, slice_string(value));
        free(value);
    }
    result = tellers_tell(&tellers);
    tellers_release(&tellers);
    return result;
}

START_TEST(what_hardly_two_rows_have_tells)
{
    ck_assert(tell("555-", "", 60, true));
    ck_assert(!tell("555-", "", 2, true));
}
END_TEST

START_TEST(what_counts_up_with_the_ids_does_not)
{
    ck_assert(!tell("C-", "", 60, false));
    ck_assert(!tell("/avatars/", ".png", 60, false));
    ck_assert(!tell("{\"package_ids\": [", "]}", 60, false));
}
END_TEST

START_TEST(one_pair_of_a_hundred_may_be_equal)
{
    struct tellers tellers = {0};

    for (int i = 0; i < 16; i++) { /* 120 pairs */
        char name[] = {(char)('a' + (i * 5) % 16), 'x', '\0'};

        tellers_add(&tellers, i, slice_string(name));
    }
    ck_assert(tellers_tell(&tellers));
    tellers_add(&tellers, 16, SLICE("ax"));
    ck_assert(tellers_tell(&tellers));
    tellers_add(&tellers, 17, SLICE("bx"));
    ck_assert(!tellers_tell(&tellers));
    tellers_release(&tellers);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("tellers");

    tcase_add_test(tests, what_hardly_two_rows_have_tells);
    tcase_add_test(tests, what_counts_up_with_the_ids_does_not);
    tcase_add_test(tests, one_pair_of_a_hundred_may_be_equal);
    return unit_run(tests);
}
