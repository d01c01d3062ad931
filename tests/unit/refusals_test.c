#include "refusals.h"

#include "mem.h"
#include "plan.h"
#include "unit.h"

static struct plan *
plan_of(const char *unresolved)
{
    struct plan *plan = mem_alloc(sizeof *plan);
    struct plan_table *parent = plan_add_table(plan, "public.p"), *child;
    struct plan_column *column = plan_add_column(parent, "id");

    column->action = PLAN_COLUMN_ID;
    column->type = mem_string("integer");
    child = plan_add_table(plan, "public.c");
    column = plan_add_column(child, "k");
    column->type = mem_string("text");
    column = plan_add_column(child, "p");
    column->action = PLAN_COLUMN_REFERENCE;
    column->type = mem_string("integer");
    column->target = mem_string("public.p");
    column = plan_add_column(child, "ps");
    column->action = PLAN_COLUMN_ARRAY;
    column->type = mem_string("integer[]");
    column->target = mem_string("public.p");
    column->unresolved = unresolved[0] == 'd' ? PLAN_UNRESOLVED_DROP : PLAN_UNRESOLVED_REJECT;
    return plan;
}

static const struct {
    const char *unresolved, *row;
    enum refusals_result result;
    const char *text; /* the row, or the reason */
} rows[] = {
    {"reject", "x\t1\t{1,3}", REFUSALS_NONE, NULL},
    {"reject", "x\t\\N\t\\N", REFUSALS_NONE, NULL},
    {"drop", "x\t1\t{1,2,3}", REFUSALS_LEFT_OUT, "x\t1\t{1,3}"},
    {"reject", "x\t1\t{1,2,3}", REFUSALS_REJECTED,
        "element 2 of ps has no row of public.p: the row that was to get this id was refused"},
    {"drop", "x\t2\t{}", REFUSALS_REJECTED,
        "p 2 has no row of public.p: the row that was to get this id was refused"},
};

START_TEST(a_row_that_names_a_refused_one)
{
    struct plan *plan = plan_of(rows[_i].unresolved);
    struct refusals refusals;
    struct layout parent, child;
    char id[] = "id", k[] = "k", p[] = "p", ps[] = "ps";
    char *reason, *of_parent[] = {id}, *of_child[] = {k, p, ps};
    struct slice row = slice_string(rows[_i].row);

    ck_assert(layout_init(&parent, plan, "public.p", of_parent, 1, &reason));
    ck_assert(layout_init(&child, plan, "public.c", of_child, 3, &reason));
    refusals_init(&refusals, plan);
    ck_assert_int_eq(refusals_row(&refusals, &child, row), REFUSALS_NONE);
    refusals_note(&refusals, &parent, SLICE("2"));
    ck_assert_int_eq(refusals_row(&refusals, &child, row), rows[_i].result);
    if (rows[_i].result == REFUSALS_LEFT_OUT)
        ck_assert_str_eq(buf_string(&refusals.row), rows[_i].text);
    else if (rows[_i].result == REFUSALS_REJECTED)
        ck_assert_str_eq(buf_string(&refusals.reason), rows[_i].text);
    refusals_release(&refusals);
    layout_release(&parent);
    layout_release(&child);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("refusals");

    tcase_add_loop_test(tests, a_row_that_names_a_refused_one, 0, sizeof rows / sizeof *rows);
    return unit_run(tests);
}
