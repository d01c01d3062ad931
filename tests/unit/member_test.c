#include "member.h"

#include "unit.h"

static const struct {
    const char *name;
    int64_t id;
    enum member_packing packing;
} names[] = {
    {"toc.dat", MEMBER_TOC, MEMBER_PLAIN},
    {"toc.dat.gz", MEMBER_TOC, MEMBER_GZIP},
    {"1.dat", 1, MEMBER_PLAIN},
    {"3422.dat.lz4", 3422, MEMBER_LZ4},
    {"9223372036854775807.dat.zst", INT64_MAX, MEMBER_ZSTD},
};

START_TEST(names_are_read_and_written)
{
    char written[MEMBER_NAME];
    enum member_packing packing;
    int64_t id;

    ck_assert(member_parse(slice_string(names[_i].name), &id, &packing));
    ck_assert_int_eq(id, names[_i].id);
    ck_assert_int_eq(packing, names[_i].packing);
    member_format(id, packing, written);
    ck_assert_str_eq(written, names[_i].name);
}
END_TEST

static const char *const others[] = {"", "toc", ".dat", "0.dat", "-1.dat", "01.dat", "1.dat.xz",
    "1.dat.gz.gz", "1.datx", "x1.dat", "blob_1.dat", "blobs.toc", "restore.sql", "._1.dat",
    "../1.dat", "/1.dat", " 1.dat", "1 .dat", "9223372036854775808.dat", "toc.dat "};

START_TEST(other_names_are_none)
{
    enum member_packing packing;
    int64_t id;

    ck_assert(!member_parse(slice_string(others[_i]), &id, &packing));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("member");

    tcase_add_loop_test(tests, names_are_read_and_written, 0, sizeof names / sizeof names[0]);
    tcase_add_loop_test(tests, other_names_are_none, 0, sizeof others / sizeof others[0]);
    return unit_run(tests);
}
