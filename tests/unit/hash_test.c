#include "hash.h"

#include "unit.h"

START_TEST(equal_bytes_hash_alike_wherever_they_stand)
{
    char one[64], two[64];

    for (size_t length = 0; length < 40; length++) {
        memset(one, 'x', sizeof one);
        memset(two, 'y', sizeof two);
        memset(one + 1, 'a', length);
        memset(two + 8, 'a', length);
        ck_assert_uint_eq(
            hash_bytes(1, slice_make(one + 1, length)), hash_bytes(1, slice_make(two + 8, length)));
    }
}
END_TEST

START_TEST(every_bit_counts)
{
    char text[33] = {0};
    uint64_t plain = hash_bytes(7, slice_make(text, 33));

    for (int i = 0; i < 33 * 8; i++) {
        text[i / 8] = (char)(1 << i % 8);
        ck_assert_uint_ne(hash_bytes(7, slice_make(text, 33)), plain);
        text[i / 8] = 0;
    }
}
END_TEST

START_TEST(the_length_counts)
{
    static const char zeros[40];
    uint64_t seen[40];

    for (size_t length = 0; length < 40; length++) {
        seen[length] = hash_bytes(3, slice_make(zeros, length));
        for (size_t other = 0; other < length; other++)
            ck_assert_uint_ne(seen[length], seen[other]);
    }
}
END_TEST

START_TEST(another_seed_is_another_hash)
{
    ck_assert_uint_ne(hash_bytes(1, SLICE("abc")), hash_bytes(2, SLICE("abc")));
}
END_TEST

START_TEST(numbers_stay_apart)
{
    for (uint64_t i = 0; i < 1000; i++)
        ck_assert_uint_ne(hash_number(i), hash_number(i + 1));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("hash");

    tcase_add_test(tests, equal_bytes_hash_alike_wherever_they_stand);
    tcase_add_test(tests, every_bit_counts);
    tcase_add_test(tests, the_length_counts);
    tcase_add_test(tests, another_seed_is_another_hash);
    tcase_add_test(tests, numbers_stay_apart);
    return unit_run(tests);
}
