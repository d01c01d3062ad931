#include "idmap.h"

#include <stdio.h>

#include "buf.h"
#include "unit.h"

static void
expect(struct idmap *map, const char *old, const char *live)
{
    struct slice found;
    bool there = idmap_get(map, slice_string(old), &found);

    ck_assert_msg(there == (live != NULL), "'%s'", old);
    if (live != NULL)
        unit_slice_is(found, live);
}

START_TEST(numbers_are_found)
{
    struct idmap *map = idmap_new("bigint");

    ck_assert_uint_eq(idmap_count(map), 0);
    expect(map, "1", NULL);
    ck_assert(idmap_put(map, SLICE("1"), SLICE("10")));
    ck_assert(idmap_put(map, SLICE("-9223372036854775808"), SLICE("9223372036854775807")));
    ck_assert(idmap_put(map, SLICE("0"), SLICE("-1")));
    expect(map, "1", "10");
    expect(map, "-9223372036854775808", "9223372036854775807");
    expect(map, "0", "-1");
    expect(map, "2", NULL);
    expect(map, "", NULL);
    expect(map, "x", NULL);
    ck_assert_uint_eq(idmap_count(map), 3);
    idmap_free(map);
}
END_TEST

START_TEST(what_is_no_number_does_not_enter_a_map_of_numbers)
{
    struct idmap *map = idmap_new("integer");

    ck_assert(!idmap_put(map, SLICE("x"), SLICE("1")));
    ck_assert(!idmap_put(map, SLICE("1"), SLICE("")));
    ck_assert(!idmap_put(map, SLICE("99999999999999999999"), SLICE("1")));
    ck_assert_uint_eq(idmap_count(map), 0);
    idmap_free(map);
}
END_TEST

START_TEST(texts_are_found_whatever_their_bytes)
{
    struct idmap *map = idmap_new("text");

    ck_assert(idmap_put(map, SLICE(""), SLICE("empty")));
    ck_assert(idmap_put(map, SLICE("a\0b"), SLICE("zero")));
    ck_assert(idmap_put(map, SLICE("1"), SLICE("")));
    expect(map, "", "empty");
    expect(map, "1", "");
    expect(map, "a", NULL);
    expect(map, "01", NULL);
    idmap_free(map);
}
END_TEST

static const char *const types[] = {"smallint", "integer", "bigint", "uuid", "text"};

START_TEST(a_later_put_replaces_an_earlier_one)
{
    struct idmap *map = idmap_new(types[_i]);

    ck_assert(idmap_put(map, SLICE("5"), SLICE("6")));
    ck_assert(idmap_put(map, SLICE("5"), SLICE("7")));
    expect(map, "5", "7");
    ck_assert_uint_eq(idmap_count(map), 1);
    idmap_free(map);
}
END_TEST

START_TEST(a_hundred_thousand_are_kept)
{
    struct idmap *map = idmap_new(types[_i]);
    char old[24], live[24];

    for (int i = 0; i < 100000; i++) {
        snprintf(old, sizeof old, "%d", i * 7 - 1000);
        snprintf(live, sizeof live, "%d", i);
        ck_assert(idmap_put(map, slice_string(old), slice_string(live)));
    }
    ck_assert_uint_eq(idmap_count(map), 100000);
    for (int i = 0; i < 100000; i++) {
        snprintf(old, sizeof old, "%d", i * 7 - 1000);
        snprintf(live, sizeof live, "%d", i);
        expect(map, old, live);
    }
    expect(map, "2", NULL);
    idmap_free(map);
}
END_TEST

static void
sum(void *context, struct slice old, struct slice live)
{
    long *sums = context;
    char text[2][24];

    snprintf(text[0], sizeof text[0], "%.*s", (int)old.length, old.data);
    snprintf(text[1], sizeof text[1], "%.*s", (int)live.length, live.data);
    sums[0] += strtol(text[0], NULL, 10);
    sums[1] += strtol(text[1], NULL, 10);
    sums[2]++;
}

START_TEST(each_entry_is_visited_once)
{
    struct idmap *map = idmap_new(types[_i]);
    long sums[3] = {0};
    char old[24], live[24];

    for (int i = 1; i <= 1000; i++) {
        snprintf(old, sizeof old, "%d", -i);
        snprintf(live, sizeof live, "%d", 2 * i);
        ck_assert(idmap_put(map, slice_string(old), slice_string(live)));
    }
    idmap_each(map, sum, sums);
    ck_assert_int_eq(sums[0], -500500);
    ck_assert_int_eq(sums[1], 1001000);
    ck_assert_int_eq(sums[2], 1000);
    idmap_free(map);
}
END_TEST

START_TEST(a_map_without_some_ids_has_all_others_as_they_are)
{
    struct idmap *map = idmap_new_without(types[_i]);
    struct slice live;

    ck_assert(idmap_put(map, SLICE("7"), SLICE("7")));
    ck_assert(!idmap_get(map, SLICE("7"), &live));
    ck_assert(idmap_get(map, SLICE("8"), &live));
    ck_assert(slice_is(live, "8"));
    idmap_free(map);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("idmap");

    tcase_add_test(tests, numbers_are_found);
    tcase_add_test(tests, what_is_no_number_does_not_enter_a_map_of_numbers);
    tcase_add_test(tests, texts_are_found_whatever_their_bytes);
    tcase_add_loop_test(tests, a_later_put_replaces_an_earlier_one, 0, 5);
    tcase_add_loop_test(tests, a_hundred_thousand_are_kept, 2, 5);
    tcase_add_loop_test(tests, each_entry_is_visited_once, 2, 5);
    tcase_add_loop_test(tests, a_map_without_some_ids_has_all_others_as_they_are, 2, 5);
    return unit_run(tests);
}
