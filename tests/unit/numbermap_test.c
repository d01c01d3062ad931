#include "numbermap.h"

#include "hash.h"
#include "unit.h"

static void
expect(const struct numbermap *map, int64_t key, int64_t value)
{
    int64_t found;

    ck_assert_msg(numbermap_get(map, key, &found), "%lld", (long long)key);
    ck_assert_int_eq(found, value);
}

static void
expect_none(const struct numbermap *map, int64_t key)
{
    int64_t found;

    ck_assert_msg(!numbermap_get(map, key, &found), "%lld", (long long)key);
}

START_TEST(an_empty_map_holds_nothing)
{
    struct numbermap map = {0};
    int64_t key, value;
    size_t at = 0;

    expect_none(&map, 0);
    expect_none(&map, -1);
    expect_none(&map, INT64_MAX);
    numbermap_prefetch(&map, 5);
    ck_assert(!numbermap_next(&map, &at, &key, &value));
    ck_assert_uint_eq(numbermap_count(&map), 0);
    numbermap_release(&map);
}
END_TEST

START_TEST(ids_of_a_sequence_stand_in_the_array)
{
    struct numbermap map = {.seed = 7};

    for (int64_t i = 1; i <= 100000; i++)
        numbermap_put(&map, i, -i);
    ck_assert_uint_eq(map.rest.count, 1); /* -1: its place would look free */
    for (int64_t i = 1; i <= 100000; i++)
        expect(&map, i, -i);
    expect_none(&map, 0);
    expect_none(&map, 100001);
    ck_assert_uint_eq(numbermap_count(&map), 100000);
    numbermap_release(&map);
}
END_TEST

START_TEST(sparse_keys_take_no_more_memory_than_entries)
{
    struct numbermap map = {.seed = 7};
    static const int64_t far[] = {INT64_MAX, INT64_MIN, -1, 1LL << 40, 5000000};

    for (size_t i = 0; i < 5; i++)
        numbermap_put(&map, far[i], (int64_t)i);
    for (size_t i = 0; i < 5; i++)
        expect(&map, far[i], (int64_t)i);
    for (int64_t i = 0; i < 50000; i++)
        numbermap_put(&map, i * 10, i);
    ck_assert_uint_lt(map.n_dense, 10000);
    for (int64_t i = 0; i < 50000; i++)
        expect(&map, i * 10, i);
    numbermap_release(&map);
}
END_TEST

START_TEST(a_key_is_replaced_wherever_it_stands)
{
    struct numbermap map = {.seed = 7};

    numbermap_put(&map, 9000, 1); /* too far yet */
    ck_assert_uint_eq(map.rest.count, 1);
    for (int64_t i = 0; i < 8000; i++)
        numbermap_put(&map, i, i);
    numbermap_put(&map, 9000, 2);
    expect(&map, 9000, 2);
    ck_assert_uint_eq(numbermap_count(&map), 8001);
    numbermap_put(&map, 5, -1);
    expect(&map, 5, -1);
    numbermap_put(&map, 5, 6);
    expect(&map, 5, 6);
    numbermap_put(&map, 5, -1);
    expect(&map, 5, -1);
    ck_assert_uint_eq(numbermap_count(&map), 8001);
    numbermap_release(&map);
}
END_TEST

/* Against a plain list: random keys, close together and far apart, put again and again. */
START_TEST(random_puts_are_found_and_walked_once)
{
    enum { N = 3000 };
    static int64_t keys[N], values[N];
    struct numbermap map = {.seed = 3};
    size_t n = 0, seen = 0, at = 0;
    int64_t key, value;

    for (size_t step = 0; step < 20000; step++) {
        uint64_t random = hash_number(step);
        size_t i = 0;

        key = random % 3 == 0 ? (int64_t)(random >> 2) % 20000 - 10000
                              : (int64_t)(random >> 2) % 1500;
        value = (int64_t)(random >> 20) % 5 - 2;
        while (i < n && keys[i] != key)
            i++;
        if (i == N)
            continue;
        keys[i] = key, values[i] = value;
        n += i == n;
        numbermap_put(&map, key, value);
    }
    ck_assert_uint_eq(numbermap_count(&map), n);
    for (size_t i = 0; i < n; i++)
        expect(&map, keys[i], values[i]);
    while (numbermap_next(&map, &at, &key, &value)) {
        expect(&map, key, value);
        seen++;
    }
    ck_assert_uint_eq(seen, n);
    numbermap_release(&map);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("numbermap");

    tcase_add_test(tests, an_empty_map_holds_nothing);
    tcase_add_test(tests, ids_of_a_sequence_stand_in_the_array);
    tcase_add_test(tests, sparse_keys_take_no_more_memory_than_entries);
    tcase_add_test(tests, a_key_is_replaced_wherever_it_stands);
    tcase_add_test(tests, random_puts_are_found_and_walked_once);
    return unit_run(tests);
}
