#include "utf8.h"

#include "unit.h"

static const struct {
    uint32_t code;
    const char *bytes;
} points[] = {
    {0x41, "A"},
    {0x7f, "\x7f"},
    {0x80, "\xc2\x80"},
    {0x7ff, "\xdf\xbf"},
    {0x800, "\xe0\xa0\x80"},
    {0xffff, "\xef\xbf\xbf"},
    {0x1f600, "\xf0\x9f\x98\x80"},
    {0x10ffff, "\xf4\x8f\xbf\xbf"},
};

START_TEST(code_points_become_one_to_four_bytes)
{
    char bytes[4];
    size_t n = utf8_encode(points[_i].code, bytes);

    unit_slice_is(slice_make(bytes, n), points[_i].bytes);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("utf8");

    tcase_add_loop_test(
        tests, code_points_become_one_to_four_bytes, 0, (int)(sizeof points / sizeof points[0]));
    return unit_run(tests);
}
