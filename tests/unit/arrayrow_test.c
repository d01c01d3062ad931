#include "arrayrow.h"

#include "unit.h"

static enum arrayfix_result
fix(struct arrayrow *work, const char *row)
{
    struct idmap *map = idmap_new("integer");
    struct arrayrow_column columns[] = {
        {.position = 0,
            .name = "a",
            .target = "s.t",
            .unresolved = PLAN_UNRESOLVED_DROP,
            .map = map},
        {.position = 2,
            .name = "b",
            .target = "s.t",
            .unresolved = PLAN_UNRESOLVED_REJECT,
            .map = map},
    };
    enum arrayfix_result result;

    idmap_put(map, SLICE("1"), SLICE("11"));
    idmap_put(map, SLICE("2"), SLICE("2"));
    result = arrayrow_fix(work, slice_string(row), 4, columns, 2);
    idmap_free(map);
    return result;
}

START_TEST(only_the_named_columns_change)
{
    struct arrayrow work = {0};

    ck_assert(fix(&work, "{1,9}\t{1}\t{2,1}\t{1}") == ARRAYFIX_CHANGED);
    unit_slice_is(buf_slice(&work.row), "{11}\t{1}\t{2,11}\t{1}");
    ck_assert(fix(&work, "\\N\t\\N\t{1}\t") == ARRAYFIX_CHANGED);
    unit_slice_is(buf_slice(&work.row), "\\N\t\\N\t{11}\t");
    arrayrow_release(&work);
}
END_TEST

START_TEST(a_row_whose_ids_stay_is_kept)
{
    struct arrayrow work = {0};

    ck_assert(fix(&work, "{2}\t{1}\t\\N\tx") == ARRAYFIX_KEPT);
    arrayrow_release(&work);
}
END_TEST

START_TEST(a_reject_says_which_column_and_why)
{
    struct arrayrow work = {0};

    ck_assert(fix(&work, "{1}\t{1}\t{1,9}\tx") == ARRAYFIX_REJECTED);
    ck_assert_str_eq(work.sqlstate, "23503");
    unit_slice_is(buf_slice(&work.reason), "element 2 of b has no row of s.t");
    ck_assert(fix(&work, "{1}\t{1}\t{1}\tx") == ARRAYFIX_CHANGED);
    arrayrow_release(&work);
}
END_TEST

START_TEST(a_row_of_another_width_is_rejected)
{
    static const char *const rows[] = {"", "{1}\t{1}\t{1}", "{1}\t{1}\t{1}\tx\ty"};
    struct arrayrow work = {0};

    ck_assert(fix(&work, rows[_i]) == ARRAYFIX_REJECTED);
    ck_assert_str_eq(work.sqlstate, "22P04");
    arrayrow_release(&work);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("arrayrow");

    tcase_add_test(tests, only_the_named_columns_change);
    tcase_add_test(tests, a_row_whose_ids_stay_is_kept);
    tcase_add_test(tests, a_reject_says_which_column_and_why);
    tcase_add_loop_test(tests, a_row_of_another_width_is_rejected, 0, 3);
    return unit_run(tests);
}
