#include "pairmap.h"

#include "hash.h"
#include "unit.h"

START_TEST(an_empty_map_holds_nothing)
{
    struct pairmap map = {0};
    struct pairmap_entry entry;
    size_t at = 0;

    ck_assert_ptr_null(pairmap_find(&map, 0));
    ck_assert_ptr_null(pairmap_find(&map, UINT64_MAX));
    ck_assert(!pairmap_next(&map, &at, &entry));
    pairmap_release(&map);
}
END_TEST

START_TEST(an_added_key_is_found_and_added_once)
{
    struct pairmap map = {0};
    bool added = false;

    *pairmap_add(&map, 5, &added) = 50;
    ck_assert(added);
    ck_assert_uint_eq(*pairmap_add(&map, 5, &added), 50);
    ck_assert(!added);
    ck_assert_uint_eq(map.count, 1);
    ck_assert_ptr_null(pairmap_find(&map, 6));
    pairmap_release(&map);
}
END_TEST

START_TEST(two_values_of_a_key_stay_together_while_the_map_grows)
{
    struct pairmap map = {.values = PAIRMAP_TWO_VALUES};
    bool added;

    for (uint64_t i = 1; i <= 50000; i++) {
        uint64_t *values = pairmap_add(&map, hash_number(i), &added);

        values[0] = i;
        values[1] = ~i;
    }
    for (uint64_t i = 1; i <= 50000; i++) {
        uint64_t *values = pairmap_find(&map, hash_number(i));

        ck_assert_uint_eq(values[0], i);
        ck_assert_uint_eq(values[1], ~i);
    }
    pairmap_release(&map);
}
END_TEST

/* Keys of hash_number() are spread; the extremes 0 and UINT64_MAX belong to them too. */
START_TEST(a_hundred_thousand_keys_are_found_again)
{
    struct pairmap map = {0};
    struct pairmap_entry entry;
    size_t at = 0, n = 0;
    bool added;

    *pairmap_add(&map, 0, &added) = 1;
    *pairmap_add(&map, UINT64_MAX, &added) = 2;
    for (uint64_t i = 1; i <= 100000; i++)
        *pairmap_add(&map, hash_number(i), &added) = i;
    for (uint64_t i = 1; i <= 100000; i++) {
        uint64_t *value = pairmap_find(&map, hash_number(i));

        ck_assert_ptr_nonnull(value);
        ck_assert(*value == i || *value <= 2);
    }
    ck_assert_ptr_nonnull(pairmap_find(&map, UINT64_MAX));
    ck_assert_ptr_null(pairmap_find(&map, hash_number(100001)));
    while (pairmap_next(&map, &at, &entry))
        n++;
    ck_assert_uint_eq(n, map.count);
    ck_assert_uint_ge(map.count, 100000);
    pairmap_release(&map);
}
END_TEST

START_TEST(keys_all_at_one_end_still_work)
{
    struct pairmap map = {0};
    bool added;

    for (uint64_t i = 0; i < 300; i++)
        *pairmap_add(&map, UINT64_MAX - i, &added) = i;
    for (uint64_t i = 0; i < 300; i++)
        ck_assert_uint_eq(*pairmap_find(&map, UINT64_MAX - i), i);
    pairmap_release(&map);
}
END_TEST

START_TEST(room_made_at_once_loses_nothing_and_a_wild_guess_is_bounded)
{
    struct pairmap map = {0};
    size_t capacity;
    bool added;

    for (uint64_t i = 1; i <= 1000; i++)
        *pairmap_add(&map, hash_number(i), &added) = i;
    pairmap_reserve(&map, 300000);
    capacity = map.capacity;
    pairmap_prefetch(&map, hash_number(7));
    for (uint64_t i = 1001; i <= 300000; i++)
        *pairmap_add(&map, hash_number(i), &added) = i;
    ck_assert_uint_eq(map.capacity, capacity);
    for (uint64_t i = 1; i <= 300000; i++)
        ck_assert_uint_eq(*pairmap_find(&map, hash_number(i)), i);
    pairmap_reserve(&map, 10);
    ck_assert_uint_eq(map.capacity, capacity);
    pairmap_reserve(&map, SIZE_MAX);
    ck_assert_uint_lt(map.capacity, (size_t)1 << 27);
    ck_assert_uint_eq(*pairmap_find(&map, hash_number(300000)), 300000);
    pairmap_release(&map);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("pairmap");

    tcase_add_test(tests, an_empty_map_holds_nothing);
    tcase_add_test(tests, an_added_key_is_found_and_added_once);
    tcase_add_test(tests, two_values_of_a_key_stay_together_while_the_map_grows);
    tcase_add_test(tests, a_hundred_thousand_keys_are_found_again);
    tcase_add_test(tests, keys_all_at_one_end_still_work);
    tcase_add_test(tests, room_made_at_once_loses_nothing_and_a_wild_guess_is_bounded);
    return unit_run(tests);
}
