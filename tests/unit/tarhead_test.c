#include "tarhead.h"

#include "unittar.h"

/* Sets the checksum anew after a header was changed. */
static void
seal(char *bytes)
{
    unsigned sum = 0;

    memset(bytes + 148, ' ', 8);
    for (size_t i = 0; i < TARHEAD_SIZE; i++)
        sum += (unsigned char)bytes[i];
    snprintf(bytes + 148, 8, "%06o", sum);
}

START_TEST(headers_are_read)
{
    struct buf bytes = {0};
    struct tarhead head;
    const char *reason;

    unittar_header(&bytes, "dvdrental/3055.dat", '0', 8589934591);
    ck_assert(tarhead_recognizes(buf_slice(&bytes)));
    ck_assert(tarhead_parse(buf_slice(&bytes), &head, &reason));
    ck_assert_str_eq(head.name, "dvdrental/3055.dat");
    ck_assert_uint_eq(head.size, 8589934591);
    ck_assert_int_eq(head.type, TARHEAD_FILE);
}
END_TEST

START_TEST(long_names_have_a_prefix)
{
    struct buf bytes = {0};
    struct tarhead head;
    const char *reason;

    unittar_header(&bytes, "", '0', 1);
    memset(bytes.data, 'n', 100);
    memset(bytes.data + 345, 'p', 155);
    seal(bytes.data);
    ck_assert(tarhead_parse(buf_slice(&bytes), &head, &reason));
    ck_assert_uint_eq(strlen(head.name), 256);
    ck_assert_int_eq(head.name[155], '/');
    memcpy(bytes.data + 257, "ustar  ", 8); /* GNU's format keeps other things there */
    seal(bytes.data);
    ck_assert(tarhead_parse(buf_slice(&bytes), &head, &reason));
    ck_assert_uint_eq(strlen(head.name), 100);
}
END_TEST

static const struct {
    char type;
    enum tarhead_type want;
} types[] = {{'\0', TARHEAD_FILE}, {'0', TARHEAD_FILE}, {'1', TARHEAD_LINK}, {'2', TARHEAD_LINK},
    {'3', TARHEAD_SPECIAL}, {'5', TARHEAD_FOLDER}, {'6', TARHEAD_SPECIAL}, {'7', TARHEAD_FILE},
    {'x', TARHEAD_EXTENDED}, {'g', TARHEAD_SKIPPED}, {'K', TARHEAD_SKIPPED},
    {'L', TARHEAD_LONG_NAME}, {'S', TARHEAD_SPECIAL}};

START_TEST(types_are_told_apart)
{
    struct buf bytes = {0};
    struct tarhead head;
    const char *reason;

    unittar_header(&bytes, "a", types[_i].type, 0);
    ck_assert(tarhead_parse(buf_slice(&bytes), &head, &reason));
    ck_assert_int_eq(head.type, types[_i].want);
}
END_TEST

static const struct {
    struct slice field;
    bool good;
    uint64_t size;
} sizes[] = {
    {{"00000000012", 12}, true, 10},
    {{"         12 ", 12}, true, 10},
    {{"777777777777", 12}, true, 68719476735},
    {{"\x80\0\0\0\0\0\0\2\0\0\0\0", 12}, true, (uint64_t)2 << 32},
    {{"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12}, true, INT64_MAX},
    {{"\x80\0\0\0\x80\0\0\0\0\0\0\0", 12}, false, 0},
    {{"\x80\1\0\0\0\0\0\0\0\0\0\0", 12}, false, 0},
    {{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12}, false, 0},
    {{"00000000008", 12}, false, 0},
    {{"            ", 12}, false, 0},
    {{"-0000000001", 12}, false, 0},
};

START_TEST(sizes_are_octal_or_binary)
{
    struct buf bytes = {0};
    struct tarhead head;
    const char *reason;

    unittar_header(&bytes, "a", '0', 0);
    memcpy(bytes.data + 124, sizes[_i].field.data, 12);
    seal(bytes.data);
    ck_assert_int_eq(tarhead_parse(buf_slice(&bytes), &head, &reason), sizes[_i].good);
    if (sizes[_i].good)
        ck_assert_uint_eq(head.size, sizes[_i].size);
}
END_TEST

START_TEST(a_changed_byte_breaks_the_checksum)
{
    struct buf bytes = {0};
    struct tarhead head;
    const char *reason;

    unittar_header(&bytes, "toc.dat", '0', 100);
    bytes.data[_i] ^= 1;
    ck_assert(!tarhead_parse(buf_slice(&bytes), &head, &reason));
}
END_TEST

START_TEST(zeros_are_the_end)
{
    struct buf bytes = {0};

    unittar_end(&bytes);
    ck_assert(tarhead_is_end(slice_make(bytes.data, TARHEAD_SIZE)));
    ck_assert(!tarhead_recognizes(slice_make(bytes.data, TARHEAD_SIZE)));
    bytes.data[511] = 1;
    ck_assert(!tarhead_is_end(slice_make(bytes.data, TARHEAD_SIZE)));
}
END_TEST

static const struct {
    const char *records;
    bool good;
    const char *name; /* NULL: none */
    uint64_t size;    /* 7: none */
} extended[] = {
    {"", true, NULL, 7},
    {"18 path=a/toc.dat\n", true, "a/toc.dat", 7},
    {"27 mtime=1601623272.123456\n12 size=123\n", true, NULL, 123},
    {"11 path=a=\n9 path=b\n", true, "b", 7},
    {"8 path=\n", true, "", 7},
    {"7 path=\n", false, NULL, 7},
    {"9 path=\n", false, NULL, 7},
    {"18446744073709551616 path=a\n", false, NULL, 7},
    {"-9 path=a\n", false, NULL, 7},
    {"0 path=a\n", false, NULL, 7},
    {"9 path=a ", false, NULL, 7},
    {"6 path\n", false, NULL, 7},
    {"path=a\n", false, NULL, 7},
    {"10 size=-1\n", false, NULL, 7},
};

START_TEST(extended_records_give_name_and_size)
{
    struct slice name;
    uint64_t size = 7;

    ck_assert_int_eq(tarhead_parse_extended(slice_string(extended[_i].records), &name, &size),
        extended[_i].good);
    if (!extended[_i].good)
        return;
    ck_assert_int_eq(name.data == NULL, extended[_i].name == NULL);
    if (extended[_i].name != NULL)
        unit_slice_is(name, extended[_i].name);
    ck_assert_uint_eq(size, extended[_i].size);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("tarhead");

    tcase_add_test(tests, headers_are_read);
    tcase_add_test(tests, long_names_have_a_prefix);
    tcase_add_loop_test(tests, types_are_told_apart, 0, sizeof types / sizeof types[0]);
    tcase_add_loop_test(tests, sizes_are_octal_or_binary, 0, sizeof sizes / sizeof sizes[0]);
    tcase_add_loop_test(tests, a_changed_byte_breaks_the_checksum, 0, 144);
    tcase_add_test(tests, zeros_are_the_end);
    tcase_add_loop_test(
        tests, extended_records_give_name_and_size, 0, sizeof extended / sizeof extended[0]);
    return unit_run(tests);
}
