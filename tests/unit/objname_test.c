#include "objname.h"

#include "unit.h"

#define LONG60 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh"

static const struct {
    const char *name1, *name2, *label, *made;
} cases[] = {
    {"t", NULL, "pkey", "t_pkey"},
    {"t", "a", "seq", "t_a_seq"},
    {LONG60, NULL, "pkey", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef_pkey"},
    {LONG60, "id", "seq", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcd_id_seq"},
    {"id", LONG60, "seq", "id_abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcd_seq"},
    {LONG60, LONG60, "seq", "abcdefghijklmnopqrstuvwxyzabc_abcdefghijklmnopqrstuvwxyzabc_seq"},
};

START_TEST(names_are_those_of_postgresql)
{
    char *made = objname_make(cases[_i].name1, cases[_i].name2, cases[_i].label);

    ck_assert_str_eq(made, cases[_i].made);
    free(made);
}
END_TEST

START_TEST(a_taken_name_gets_a_number)
{
    struct schema schema = {0};
    struct schema_table *table = schema_add_table(&schema, "public.\"T t\"");
    struct schema_names columns = {0};

    schema_add_name(&columns, "a");
    schema_add_name(&columns, "b");
    for (int i = 0; i < 2; i++)
        schema_add_reference(table, objname_constraint(table, &columns, "fkey"));
    ck_assert_str_eq(table->references[0].name, "T t_a_b_fkey");
    ck_assert_str_eq(table->references[1].name, "T t_a_b_fkey1");
    ck_assert_str_eq(objname_bare(table), "T t");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("objname");

    tcase_add_loop_test(tests, names_are_those_of_postgresql, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, a_taken_name_gets_a_number);
    return unit_run(tests);
}
