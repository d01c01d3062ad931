/* Which rows get the unique values that move among the rows of a table. */
#include "moves.h"

#include "hash.h"
#include "unit.h"

#define MOST 6

/* Of one key: the values before and after, 0 for none; which rows are refused, which hand over. */
static const struct {
    size_t n;
    uint64_t before[MOST], after[MOST];
    const char *refused, *hands_over;
} cases[] = {
    {2, {1, 2}, {2, 1}, "--", "++"},                 /* two rows exchange theirs */
    {3, {1, 2, 3}, {2, 3, 1}, "---", "+++"},         /* three rotate */
    {4, {1, 2, 3, 0}, {2, 3, 4, 1}, "----", "+++-"}, /* all go down, a new one comes first */
    {2, {1, 2}, {0, 1}, "--", "+-"},                 /* one gives its value up */
    {2, {1, 2}, {1, 1}, "-r", "--"},                 /* who has a value keeps it */
    {3, {1, 2, 3}, {2, 3, 3}, "rr-", "---"},         /* the last one keeps its value */
    {4, {1, 2, 3, 4}, {9, 9, 2, 1}, "-rr-", "+---"}, /* the first one gets it */
    {5, {1, 2, 3, 4, 5}, {2, 1, 4, 5, 5}, "--rr-", "++---"}, /* others do not suffer */
    {3, {0, 0, 0}, {0, 0, 0}, "---", "---"},                 /* nulls do not clash */
    {3, {0, 0, 1}, {1, 1, 2}, "-r-", "--+"},                 /* two new rows */
    {2, {1, 2}, {3, 4}, "--", "--"},                         /* nobody wants the old ones */
};

START_TEST(a_row_is_refused_whose_value_is_still_taken)
{
    struct moves moves = {.keys = 1};
    char refused[MOST + 1] = "", hands_over[MOST + 1] = "";

    for (size_t i = 0; i < cases[_i].n; i++)
        moves_add(
            &moves, cases[_i].before[i] != 0 ? &cases[_i].before[i] : NULL, &cases[_i].after[i]);
    moves_settle(&moves, NULL);
    for (size_t i = 0; i < cases[_i].n; i++) {
        refused[i] = moves_refused_by(&moves, i) == MOVES_NO_KEY ? '-' : 'r';
        hands_over[i] = moves_hands_over(&moves, i, 0) ? '+' : '-';
    }
    ck_assert_str_eq(refused, cases[_i].refused);
    ck_assert_str_eq(hands_over, cases[_i].hands_over);
    moves_release(&moves);
}
END_TEST

START_TEST(a_row_that_stays_refuses_who_wants_its_values)
{
    static const uint64_t before[][2] = {{1, 11}, {2, 12}, {3, 13}, {4, 14}},
                          after[][2] = {{2, 12}, {9, 11}, {5, 12}, {6, 16}};
    static const bool stays[] = {false, true, false, false};
    struct moves moves = {.keys = 2};

    for (size_t i = 0; i < 4; i++)
        moves_add(&moves, before[i], after[i]);
    moves_settle(&moves, stays);
    ck_assert_uint_eq(moves_refused_by(&moves, 0), 0);
    ck_assert_uint_eq(moves_refused_by(&moves, 1), MOVES_NO_KEY); /* the caller knows why */
    ck_assert_uint_eq(moves_refused_by(&moves, 2), 1);
    ck_assert_uint_eq(moves_refused_by(&moves, 3), MOVES_NO_KEY);
    ck_assert(!moves_hands_over(&moves, 1, 1));
    moves_release(&moves);
}
END_TEST

/* A row at the end of a long chain stays: all before it have to. */
START_TEST(a_long_chain_is_refused_in_one_go)
{
    struct moves moves = {.keys = 1};
    const uint64_t last = 20000;
    size_t refused = 0;

    for (uint64_t number = 1; number <= last; number++) {
        uint64_t before = hash_number(number),
                 after = hash_number(number < last ? number + 1 : number);

        moves_add(&moves, &before, &after);
    }
    moves_settle(&moves, NULL);
    for (size_t row = 0; row < last; row++)
        refused += moves_refused_by(&moves, row) == 0;
    ck_assert_uint_eq(refused, last - 1);
    moves_release(&moves);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("moves");

    tcase_add_loop_test(
        tests, a_row_is_refused_whose_value_is_still_taken, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, a_row_that_stays_refuses_who_wants_its_values);
    tcase_add_test(tests, a_long_chain_is_refused_in_one_go);
    return unit_run(tests);
}
