#include "rowmap.h"

#include "unit.h"

static struct schema_names
names(const char *letters)
{
    struct schema_names made = {0};

    for (; *letters != '\0'; letters++)
        schema_add_name(&made, (char[]){*letters, '\0'});
    return made;
}

static const struct {
    const char *old, *columns, *rows, *out;
} maps[] = {
    {"ab", "ab", "1\t2\n3\n", "1\t2\n3\n"}, /* nothing to do: not looked at */
    {"abc", "ca", "1\t2\t3\n\\N\t\t\\\\\n", "3\t1\n\\\\\t\\N\n"},
    {"ab", "bxa", "1\t2\n", "2\t\\N\t1\n"},
    {"ab", "", "1\t2\n", "\n"},
    {"", "a", "\n\n", "\\N\n\\N\n"},
};

START_TEST(columns_are_chosen_and_put_in_order)
{
    struct schema_names old = names(maps[_i].old), columns = names(maps[_i].columns);
    struct rowmap map;
    struct slice out;
    uint64_t bad;

    rowmap_init(&map, &old, &columns);
    ck_assert(rowmap_take(&map, slice_string(maps[_i].rows), &out, &bad));
    unit_slice_is(out, maps[_i].out);
    rowmap_release(&map);
}
END_TEST

START_TEST(a_row_of_another_width_is_named)
{
    struct schema_names old = names("ab"), columns = names("b");
    struct rowmap map;
    struct slice out;
    uint64_t bad;

    rowmap_init(&map, &old, &columns);
    ck_assert(!rowmap_take(&map, SLICE("1\t2\n3\t4\t5\n"), &out, &bad));
    ck_assert_uint_eq(bad, 1);
    ck_assert(!rowmap_take(&map, SLICE("1\n"), &out, &bad));
    ck_assert_uint_eq(bad, 0);
    rowmap_release(&map);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("rowmap");

    tcase_add_loop_test(
        tests, columns_are_chosen_and_put_in_order, 0, (int)(sizeof maps / sizeof maps[0]));
    tcase_add_test(tests, a_row_of_another_width_is_named);
    return unit_run(tests);
}
