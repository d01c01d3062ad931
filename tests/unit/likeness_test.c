/* Whether rows of equal ids are the same rows, by what their columns say. */
#include "unit.h"

#include "likeness.h"

/* Columns: text that no two rows share, one of two texts, a constant. The last `strangers` pairs
 * have other texts in the live row. */
static void
fill(struct likeness *likeness, int n, int strangers)
{
    *likeness = (struct likeness){.n_columns = 3};
    for (int i = 0; i < n; i++) {
        uint64_t *values = likeness_add(likeness);
        bool stranger = i >= n - strangers;

        values[0] = 100u + (uint64_t)i;
        values[3] = values[0] + (stranger ? 1000 : 0);
        values[1] = 1u + (uint64_t)i % 2;
        values[4] = stranger ? 1u + (uint64_t)(i / 2) % 2 : values[1];
        values[2] = values[5] = 5;
    }
    likeness_weigh(likeness);
}

START_TEST(what_agrees_by_surprise_weighs_more)
{
    struct likeness likeness;

    fill(&likeness, 40, 8);
    for (int i = 0; i < 40; i++)
        if (i < 32)
            ck_assert_double_gt(likeness.pairs[i].sum, 3);
        else
            ck_assert_double_lt(likeness.pairs[i].sum, 0);
    ck_assert_double_lt(likeness.chance, 0.05);
    ck_assert_double_lt(likeness.most, 0);
    likeness_release(&likeness);
    ck_assert_uint_eq(likeness.n, 0);
}
END_TEST

START_TEST(a_constant_says_nothing)
{
    struct likeness likeness = {.n_columns = 1};

    for (int i = 0; i < 9; i++) {
        uint64_t *values = likeness_add(&likeness);

        values[0] = values[1] = 3;
    }
    likeness_weigh(&likeness);
    ck_assert_double_eq(likeness.pairs[0].sum, 0);
    ck_assert_double_lt(likeness.chance, 0); /* of no pair that says something */
    likeness_release(&likeness);
}
END_TEST

/* Columns: a moment that no two rows share, and a job, one of seven, that runs in turn. The live
 * moments are others from the row `part` on; every row `changed` is another moment, too. */
static void
fill_in_turn(struct likeness *likeness, int n, int part, int changed)
{
    *likeness = (struct likeness){.n_columns = 2};
    for (int i = 0; i < n; i++) {
        uint64_t *values = likeness_add(likeness);

        values[0] = 100u + (uint64_t)i;
        values[2] = values[0] + (i >= part || i == changed ? 1000 : 0);
        values[1] = values[3] = 1u + (uint64_t)i % 7;
    }
    likeness_weigh(likeness);
}

START_TEST(rows_that_go_on_alike_are_others_where_what_tells_them_apart_parts)
{
    struct likeness likeness;

    fill_in_turn(&likeness, 40, 30, -1);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(likeness.pairs[i].rest < 0, i >= 30);
    likeness_release(&likeness);
    fill_in_turn(&likeness, 40, 38, -1); /* too few to say so */
    ck_assert_double_gt(likeness.pairs[39].rest, 0);
    likeness_release(&likeness);
    fill_in_turn(&likeness, 40, 30, 5); /* so it changes elsewhere too */
    ck_assert_double_gt(likeness.pairs[35].rest, 0);
    likeness_release(&likeness);
}
END_TEST

START_TEST(rows_that_agree_by_much_are_the_same_whatever_parts)
{
    struct likeness likeness = {.n_columns = 2};

    for (int i = 0; i < 40; i++) {
        uint64_t *values = likeness_add(&likeness);

        values[0] = 100u + (uint64_t)i;
        values[2] = values[0] + (i >= 30 ? 1000 : 0);
        values[1] = values[3] = 300u + (uint64_t)i;
    }
    likeness_weigh(&likeness);
    ck_assert_double_gt(likeness.pairs[35].rest, 0);
    likeness_release(&likeness);
}
END_TEST

START_TEST(what_strangers_have_in_common_is_not_enough)
{
    struct likeness likeness = {.n_columns = 2};

    for (int i = 0; i < 100; i++) { /* half of the strangers agree in one column, none in two */
        uint64_t *values = likeness_add(&likeness);
        bool stranger = i >= 60;

        values[0] = values[2] = 1u + (uint64_t)(i * 7) % 3;
        values[1] = 1u + (uint64_t)i;
        values[3] = values[1] + (stranger ? 500 : 0);
    }
    likeness_weigh(&likeness);
    ck_assert_double_gt(likeness.pairs[0].sum, likeness.most);
    ck_assert_double_le(likeness.pairs[99].sum, likeness.most);
    likeness_release(&likeness);
}
END_TEST

START_TEST(columns_of_the_key_are_no_part_of_the_rest)
{
    struct likeness likeness = {.n_columns = 2, .n_key = 1};

    for (int i = 0; i < 30; i++) { /* the key agrees, all else does not */
        uint64_t *values = likeness_add(&likeness);

        values[0] = values[1] = values[2] = 1u + (uint64_t)i;
        values[3] = values[1] + 100;
    }
    likeness_weigh(&likeness);
    ck_assert_double_gt(likeness.pairs[7].sum, 0);
    ck_assert_double_lt(likeness.pairs[7].rest, 0);
    likeness_release(&likeness);
}
END_TEST

/* Rows that are young in both databases have no end yet, say. */
START_TEST(that_both_have_no_value_says_nothing)
{
    struct likeness likeness = {.n_columns = 2};

    for (int i = 0; i < 100; i++) {
        uint64_t *values = likeness_add(&likeness);
        bool young = i >= 95;

        values[0] = 1000u + (uint64_t)i;
        values[2] = values[0] + (young ? 500 : 0);
        values[1] = values[3] = young ? LIKENESS_NULL : 2000u + (uint64_t)i;
    }
    likeness_weigh(&likeness);
    ck_assert_double_gt(likeness.pairs[94].sum, 5);
    ck_assert_double_lt(likeness.pairs[95].sum, 0);
    likeness_release(&likeness);
}
END_TEST

START_TEST(any_two_rows_are_weighed_as_the_pairs_are)
{
    struct likeness likeness;

    fill(&likeness, 40, 8);
    for (int i = 0; i < 32; i++) { /* behind them the text parts */
        const struct likeness_pair *pair = &likeness.pairs[i];

        ck_assert_double_eq(likeness_of(&likeness, pair->values, pair->values + 3), pair->sum);
    }
    ck_assert_double_lt(
        likeness_of(&likeness, likeness.pairs[1].values, likeness.pairs[2].values + 3), 0);
    likeness_release(&likeness);
}
END_TEST

/* Pairs that are others may share no value with their live rows, as long as nobody else has it. */
START_TEST(a_column_tells_rows_apart_that_each_row_has_its_own_value_of)
{
    struct likeness likeness;

    fill(&likeness, 40, 8);
    ck_assert(likeness_tells_apart(&likeness, 0));
    ck_assert(!likeness_tells_apart(&likeness, 1)); /* one of two texts */
    ck_assert(!likeness_differs(&likeness, 31));
    ck_assert(likeness_differs(&likeness, 32));
    likeness.pairs[35].values[3] = likeness.pairs[2].values[0]; /* some other row has it */
    ck_assert(!likeness_tells_apart(&likeness, 0));
    likeness.pairs[35].values[3] = LIKENESS_NULL;
    ck_assert(!likeness_tells_apart(&likeness, 0));
    likeness.pairs[35].values[3] = 5000;
    likeness.pairs[2].values[3] = 6000; /* the same row, changed */
    likeness.pairs[2].rest = likeness.most + 1;
    ck_assert(!likeness_tells_apart(&likeness, 0));
    likeness_release(&likeness);
}
END_TEST

/* Shipments of orders that both databases added, and sent on the same day. */
START_TEST(what_belongs_to_strangers_is_one_but_for_what_tells_it_apart)
{
    struct likeness likeness = {.n_columns = 3, .telling = (bool[]){false, true, false}};

    for (int i = 0; i < 40; i++) {
        uint64_t *values = likeness_add(&likeness);

        values[0] = values[3] = 100 + (uint64_t)(i < 36 ? i : 36);    /* the day */
        values[1] = values[4] = i == 39 ? 700 : LIKENESS_NULL;        /* a tracking number */
        values[2] = i < 36 ? 1000 + (uint64_t)i : 2000 + (uint64_t)i; /* the order */
        values[5] = i < 36 ? values[2] : 3000 + (uint64_t)i;
        likeness.pairs[i].apart = i >= 36;
    }
    likeness_weigh(&likeness);
    for (size_t i = 0; i < likeness.n; i++)
        ck_assert_int_eq(likeness.pairs[i].rest < 0, i >= 36 && i < 39);
    likeness_release(&likeness);
}
END_TEST

START_TEST(few_pairs_are_no_error)
{
    struct likeness likeness = {.n_columns = 1};
    uint64_t *values;

    likeness_weigh(&likeness);
    values = likeness_add(&likeness);
    values[0] = values[1] = 1;
    likeness_weigh(&likeness);
    ck_assert_double_gt(likeness.pairs[0].sum, 0);
    ck_assert_double_lt(likeness.chance, 0);
    likeness_release(&likeness);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("likeness");

    tcase_add_test(tests, what_agrees_by_surprise_weighs_more);
    tcase_add_test(tests, a_constant_says_nothing);
    tcase_add_test(tests, rows_that_go_on_alike_are_others_where_what_tells_them_apart_parts);
    tcase_add_test(tests, rows_that_agree_by_much_are_the_same_whatever_parts);
    tcase_add_test(tests, what_strangers_have_in_common_is_not_enough);
    tcase_add_test(tests, columns_of_the_key_are_no_part_of_the_rest);
    tcase_add_test(tests, that_both_have_no_value_says_nothing);
    tcase_add_test(tests, any_two_rows_are_weighed_as_the_pairs_are);
    tcase_add_test(tests, a_column_tells_rows_apart_that_each_row_has_its_own_value_of);
    tcase_add_test(tests, what_belongs_to_strangers_is_one_but_for_what_tells_it_apart);
    tcase_add_test(tests, few_pairs_are_no_error);
    return unit_run(tests);
}
