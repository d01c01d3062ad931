#include "idmap.h"

#include <stdio.h>

#include "unit.h"

static const char *const types[] = {"smallint", "integer", "bigint", "text", "uuid"};

START_TEST(what_was_put_is_got)
{
    struct idmap *map = idmap_new(types[_i]);
    struct slice live;

    ck_assert(!idmap_get(map, SLICE("1"), &live));
    ck_assert(idmap_put(map, SLICE("1"), SLICE("201")));
    ck_assert(idmap_put(map, SLICE("2"), SLICE("1")));
    ck_assert(idmap_get(map, SLICE("1"), &live));
    unit_slice_is(live, "201");
    ck_assert(idmap_get(map, SLICE("2"), &live));
    unit_slice_is(live, "1");
    ck_assert(!idmap_get(map, SLICE("3"), &live));
    ck_assert_uint_eq(idmap_count(map), 2);
    idmap_free(map);
}
END_TEST

START_TEST(a_later_put_replaces)
{
    struct idmap *map = idmap_new(types[_i]);
    struct slice live;

    ck_assert(idmap_put(map, SLICE("7"), SLICE("8")));
    ck_assert(idmap_put(map, SLICE("7"), SLICE("9")));
    ck_assert(idmap_get(map, SLICE("7"), &live));
    unit_slice_is(live, "9");
    ck_assert_uint_eq(idmap_count(map), 1);
    idmap_free(map);
}
END_TEST

START_TEST(a_map_of_integers_refuses_text)
{
    struct idmap *map = idmap_new("bigint");
    struct slice live;

    ck_assert(!idmap_put(map, SLICE("x"), SLICE("1")));
    ck_assert(!idmap_put(map, SLICE("1"), SLICE("x")));
    ck_assert(!idmap_get(map, SLICE("x"), &live));
    ck_assert(idmap_put(map, SLICE("-9223372036854775808"), SLICE("9223372036854775807")));
    ck_assert(idmap_get(map, SLICE("-9223372036854775808"), &live));
    unit_slice_is(live, "9223372036854775807");
    idmap_free(map);
}
END_TEST

static void
count_entry(void *context, struct slice old, struct slice live)
{
    ck_assert_uint_gt(old.length, 0);
    ck_assert_uint_gt(live.length, 0);
    ++*(size_t *)context;
}

START_TEST(many_entries_are_all_there)
{
    struct idmap *map = idmap_new(types[_i]);
    struct slice live;
    char old[24], new[24];
    size_t n = 0;

    for (int i = 0; i < 20000; i++) {
        snprintf(old, sizeof old, "%d", i);
        snprintf(new, sizeof new, "%d", i + 1000000);
        ck_assert(idmap_put(map, slice_string(old), slice_string(new)));
    }
    for (int i = 0; i < 20000; i++) {
        snprintf(old, sizeof old, "%d", i);
        snprintf(new, sizeof new, "%d", i + 1000000);
        ck_assert(idmap_get(map, slice_string(old), &live));
        unit_slice_is(live, new);
    }
    idmap_each(map, count_entry, &n);
    ck_assert_uint_eq(n, 20000);
    idmap_free(map);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("idmap");
    int n = sizeof types / sizeof *types;

    tcase_add_loop_test(tests, what_was_put_is_got, 0, n);
    tcase_add_loop_test(tests, a_later_put_replaces, 0, n);
    tcase_add_test(tests, a_map_of_integers_refuses_text);
    tcase_add_loop_test(tests, many_entries_are_all_there, 0, n);
    return unit_run(tests);
}
