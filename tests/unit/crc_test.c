#include "crc.h"

#include <string.h>
#include <zlib.h>

#include "unit.h"

/* The check value of CRC-32 in every catalogue of such sums. */
START_TEST(the_sum_is_the_one_of_gzip)
{
    ck_assert_uint_eq(crc_add(0, "123456789", 9), 0xcbf43926);
    ck_assert_uint_eq(crc_add(0, "", 0), 0);
}
END_TEST

START_TEST(parts_of_any_length_and_place_give_the_sum_of_all)
{
    char bytes[600];
    uint32_t whole;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 3);
    whole = (uint32_t)crc32(0, (const unsigned char *)bytes, sizeof bytes);
    for (size_t i = 0; i <= sizeof bytes; i++)
        ck_assert_uint_eq(crc_add(crc_add(0, bytes, i), bytes + i, sizeof bytes - i), whole);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("crc");

    tcase_add_test(tests, the_sum_is_the_one_of_gzip);
    tcase_add_test(tests, parts_of_any_length_and_place_give_the_sum_of_all);
    return unit_run(tests);
}
