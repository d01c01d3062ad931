#include "schema.h"

#include <stdio.h>

#include "unit.h"

START_TEST(ten_thousand_tables_are_found_by_name)
{
    struct schema schema = {0};
    char name[32];

    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "public.t%d", i);
        schema_add_table(&schema, name);
        schema_add_sequence(&schema, name);
    }
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "public.t%d", i);
        ck_assert_ptr_eq(schema_find_table(&schema, name), &schema.tables[i]);
        ck_assert_ptr_eq(schema_find_sequence(&schema, name), &schema.sequences[i]);
    }
    ck_assert_ptr_null(schema_find_table(&schema, "public.t10000"));
}
END_TEST

START_TEST(adding_what_is_there_finds_it)
{
    struct schema schema = {0};
    struct schema_table *table = schema_add_table(&schema, "public.a");

    ck_assert_ptr_eq(schema_add_column(table, "x"), schema_add_column(table, "x"));
    ck_assert_ptr_eq(schema_add_table(&schema, "public.a"), table);
    ck_assert_uint_eq(schema.n_tables, 1);
    ck_assert_ptr_null(schema_find_domain(&schema, "public.a"));
}
END_TEST

START_TEST(renamed_and_dropped_tables_are_found_no_more)
{
    struct schema schema = {0};

    schema_add_table(&schema, "public.a");
    schema_add_table(&schema, "public.b");
    schema_rename_table(&schema, schema_find_table(&schema, "public.b"), "public.c");
    ck_assert_ptr_null(schema_find_table(&schema, "public.b"));
    schema_drop_table(&schema, schema_find_table(&schema, "public.a"));
    ck_assert_ptr_null(schema_find_table(&schema, "public.a"));
    ck_assert_ptr_eq(schema_find_table(&schema, "public.c"), &schema.tables[0]);
}
END_TEST

START_TEST(names_are_compared_in_order)
{
    struct schema_names a = {0}, b = {0};

    for (int i = 0; i < 9; i++) {
        char name[2] = {(char)('a' + i), '\0'};

        schema_add_name(&a, name);
        schema_add_name(&b, name);
    }
    ck_assert(schema_names_equal(&a, &b));
    ck_assert(schema_has_name(&a, "i"));
    ck_assert(!schema_has_name(&a, "j"));
    schema_add_name(&b, "j");
    ck_assert(!schema_names_equal(&a, &b));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("schema");

    tcase_add_test(tests, ten_thousand_tables_are_found_by_name);
    tcase_add_test(tests, adding_what_is_there_finds_it);
    tcase_add_test(tests, renamed_and_dropped_tables_are_found_no_more);
    tcase_add_test(tests, names_are_compared_in_order);
    return unit_run(tests);
}
