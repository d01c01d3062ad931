#include "layout.h"

#include "unit.h"

/* A plan of one table: an id, a key of two columns of which one is a reference, an array, one left
 * out. */
static void
make_plan(struct plan *plan)
{
    struct plan_table *table = plan_add_table(plan, "public.finding");

    table->action = PLAN_MERGE;
    plan_add_column(table, "id")->action = PLAN_COLUMN_ID;
    plan_add_column(table, "package_id")->action = PLAN_COLUMN_REFERENCE;
    plan_add_column(table, "identifier")->action = PLAN_COLUMN_SET;
    plan_add_column(table, "others")->action = PLAN_COLUMN_ARRAY;
    plan_add_column(table, "gone")->action = PLAN_COLUMN_SKIP;
    schema_add_name(&table->key, "package_id");
    schema_add_name(&table->key, "identifier");
    plan_add_table(plan, "public.left_out")->action = PLAN_SKIP;
}

START_TEST(every_column_has_its_place_whatever_the_order)
{
    struct plan plan = {0};
    struct layout layout;
    const char *names[] = {"others", "identifier", "id", "package_id"};
    char *reason = NULL;

    make_plan(&plan);
    ck_assert(layout_init(&layout, &plan, "public.finding", (char *const *)names, 4, &reason));
    ck_assert_uint_eq(layout.n, 4);
    ck_assert_uint_eq(layout.id, 2);
    ck_assert_uint_eq(layout.key.n, 2);
    ck_assert_uint_eq(layout.key.at[0], 3);
    ck_assert_uint_eq(layout.key.at[1], 1);
    ck_assert_uint_eq(layout.references.n, 1);
    ck_assert_uint_eq(layout.references.at[0], 3);
    ck_assert_uint_eq(layout.arrays.n, 1);
    ck_assert_uint_eq(layout.arrays.at[0], 0);
    ck_assert_uint_eq(layout.content.n, 3);
    ck_assert_uint_eq(layout.target.n, 1);
    ck_assert_uint_eq(layout.target.at[0], 2);
    ck_assert_str_eq(layout.columns[1]->name, "identifier");
    layout_release(&layout);
}
END_TEST

static const struct {
    const char *table, *names[5], *reason;
} bad[] = {
    {"public.absent", {"id"}, "does not know"},
    {"public.left_out", {"id"}, "skips"},
    {"public.finding", {"id", "package_id", "identifier", "others", "gone"}, "skips"},
    {"public.finding", {"id", "nonsense"}, "does not know"},
    {"public.finding", {"id", "package_id", "others"}, "lack the column identifier"},
};

START_TEST(rows_that_do_not_fit_the_plan_are_refused_with_a_reason)
{
    struct plan plan = {0};
    struct layout layout;
    size_t n = 0;
    char *reason = NULL;

    make_plan(&plan);
    while (n < 5 && bad[_i].names[n] != NULL)
        n++;
    ck_assert(
        !layout_init(&layout, &plan, bad[_i].table, (char *const *)bad[_i].names, n, &reason));
    ck_assert_ptr_nonnull(reason);
    ck_assert_msg(strstr(reason, bad[_i].reason) != NULL, "%s", reason);
    layout_release(&layout);
    free(reason);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("layout");

    tcase_add_test(tests, every_column_has_its_place_whatever_the_order);
    tcase_add_loop_test(tests, rows_that_do_not_fit_the_plan_are_refused_with_a_reason, 0,
        sizeof bad / sizeof *bad);
    return unit_run(tests);
}
