/* What a table of the plan needs; all else works on a live server: tests/server. */
#include "unit.h"

#include "remap.h"

static const struct {
    enum plan_action action;
    enum plan_column_action columns[3];
    enum remap_kind kind;
} tables[] = {
    {PLAN_MERGE, {PLAN_COLUMN_SET, PLAN_COLUMN_SET, PLAN_COLUMN_SKIP}, REMAP_PASS},
    {PLAN_MERGE, {PLAN_COLUMN_SET, PLAN_COLUMN_ARRAY, PLAN_COLUMN_SET}, REMAP_PASS},
    {PLAN_MERGE, {PLAN_COLUMN_SET, PLAN_COLUMN_SET, PLAN_COLUMN_REFERENCE}, REMAP_TRANSLATE},
    {PLAN_MERGE, {PLAN_COLUMN_ID, PLAN_COLUMN_SET, PLAN_COLUMN_SET}, REMAP_MERGE},
    {PLAN_MERGE, {PLAN_COLUMN_REFERENCE, PLAN_COLUMN_ID, PLAN_COLUMN_SET}, REMAP_MERGE},
    {PLAN_APPEND, {PLAN_COLUMN_ID, PLAN_COLUMN_SET, PLAN_COLUMN_SET}, REMAP_APPEND},
    {PLAN_APPEND, {PLAN_COLUMN_SET, PLAN_COLUMN_REFERENCE, PLAN_COLUMN_SET}, REMAP_APPEND},
};

START_TEST(what_a_table_needs_follows_from_its_columns)
{
    struct plan plan = {0};
    struct plan_table *table = plan_add_table(&plan, "public.t");
    const char *const names[] = {"a", "b", "c"};

    table->action = tables[_i].action;
    for (size_t i = 0; i < 3; i++)
        plan_add_column(table, names[i])->action = tables[_i].columns[i];
    ck_assert_int_eq((int)remap_kind_of(table), (int)tables[_i].kind);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("remap");

    tcase_add_loop_test(tests, what_a_table_needs_follows_from_its_columns, 0,
        (int)(sizeof tables / sizeof tables[0]));
    return unit_run(tests);
}
