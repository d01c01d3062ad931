#include "archive.h"

#include "unitarchive.h"

static const struct unitarchive_entry thing = {.id = 3422,
    .kind = "TABLE DATA",
    .schema = "public",
    .name = "thing",
    .definition = "",
    .copy = "COPY public.thing (id) FROM stdin;\n",
    .data = "1\n\\.\n"};

/* Every version, with integers of 4 and 8 bytes and of an odd size, custom and tar. */
static const unsigned sizes[] = {4, 8, 12};

static struct unitarchive
variant(int i)
{
    return (struct unitarchive){.minor = 10 + (unsigned)i % 7,
        .size = sizes[i / 7 % 3],
        .format = i / 21 == 0 ? ARCHIVE_CUSTOM : ARCHIVE_TAR,
        .compression = ARCHIVE_GZIP,
        .place = ARCHIVE_PLACE_KNOWN};
}
#define VARIANTS (7 * 3 * 2)

START_TEST(every_version_gives_the_same)
{
    struct buf bytes = {0};
    struct archive_header header;
    struct archive_entry entry;
    struct archive_fault fault;
    struct slice rest;
    struct unitarchive how = variant(_i);

    unitarchive_header(&bytes, &how);
    unitarchive_entry(&bytes, &how, &thing, 12345);
    buf_add_string(&bytes, "next");
    rest = buf_slice(&bytes);
    ck_assert_int_eq(archive_take_header(&rest, &header, &fault), ARCHIVE_DONE);
    ck_assert_uint_eq(header.minor, how.minor);
    ck_assert_int_eq(header.compression, ARCHIVE_GZIP);
    ck_assert_int_eq(header.format, how.format);
    unit_slice_is(header.database, "shop");
    unit_slice_is(header.server_version, "15.20");
    unit_slice_is(header.pg_dump_version, "16.1");
    ck_assert_int_eq(archive_take_entry(&header, &rest, &entry, &fault), ARCHIVE_DONE);
    unit_slice_is(rest, "next");
    ck_assert_int_eq(entry.id, 3422);
    ck_assert(entry.has_data);
    unit_slice_is(entry.name, "thing");
    unit_slice_is(entry.kind, "TABLE DATA");
    unit_slice_is(entry.copy, "COPY public.thing (id) FROM stdin;\n");
    unit_slice_is(entry.schema, "public");
    if (how.format == ARCHIVE_CUSTOM) {
        ck_assert_int_eq(entry.place, ARCHIVE_PLACE_KNOWN);
        ck_assert_uint_eq(entry.offset, 12345);
    } else {
        unit_slice_is(entry.file, "3422.dat");
    }
    buf_release(&bytes);
}
END_TEST

/* A part of an item asks for more, and takes nothing. */
START_TEST(a_part_of_an_item_is_not_taken)
{
    struct buf head = {0}, bytes = {0};
    struct archive_header header;
    struct archive_entry entry;
    struct archive_fault fault;
    struct slice rest;
    struct unitarchive how = variant(_i);

    unitarchive_header(&head, &how);
    for (size_t n = 0; n < head.length; n++) {
        rest = slice_make(head.data, n);
        ck_assert_int_eq(archive_take_header(&rest, &header, &fault), ARCHIVE_MORE);
        ck_assert_uint_eq(rest.length, n);
    }
    rest = buf_slice(&head);
    ck_assert_int_eq(archive_take_header(&rest, &header, &fault), ARCHIVE_DONE);
    unitarchive_entry(&bytes, &how, &thing, 12345);
    for (size_t n = 0; n < bytes.length; n++) {
        rest = slice_make(bytes.data, n);
        ck_assert_int_eq(archive_take_entry(&header, &rest, &entry, &fault), ARCHIVE_MORE);
        ck_assert_uint_eq(rest.length, n);
    }
    buf_release(&head);
    buf_release(&bytes);
}
END_TEST

static const struct {
    struct slice bytes;
    const char *reason;
    size_t at;
} bad_headers[] = {
    {{"PGDMX\1\16\0\4\10\1", 11}, "it does not begin as an archive", 0},
    {{"PGDMP\2\0\0\4\10\1", 11}, "a version of the archive that is not 1.10 to 1.16", 5},
    {{"PGDMP\1\11\0\4\10\1", 11}, "a version of the archive that is not 1.10 to 1.16", 5},
    {{"PGDMP\1\21\0\4\10\1", 11}, "a version of the archive that is not 1.10 to 1.16", 5},
    {{"PGDMP\1\16\0\0\10\1", 11}, "an impossible size of integers", 8},
    {{"PGDMP\1\16\0\4\41\1", 11}, "an impossible size of integers", 9},
    {{"PGDMP\1\16\0\4\10\4", 11}, "an unknown format of archive", 10},
    {{"PGDMP\1\20\0\4\10\1\4", 12}, "an unknown algorithm of compression", 11},
};

START_TEST(bad_headers_are_refused)
{
    struct slice rest = bad_headers[_i].bytes;
    struct archive_header header;
    struct archive_fault fault;

    ck_assert_int_eq(archive_take_header(&rest, &header, &fault), ARCHIVE_BAD);
    ck_assert_str_eq(fault.reason, bad_headers[_i].reason);
    ck_assert_uint_eq(fault.at, bad_headers[_i].at);
    ck_assert_uint_eq(rest.length, bad_headers[_i].bytes.length);
}
END_TEST

static const struct archive_header four = {
    .minor = 14, .int_size = 4, .offset_size = 8, .format = ARCHIVE_CUSTOM};
static const struct archive_header twelve = {
    .minor = 14, .int_size = 12, .offset_size = 8, .format = ARCHIVE_CUSTOM};

static const struct {
    const struct archive_header *header;
    struct slice bytes;
    const char *reason;
    size_t at;
} bad_entries[] = {
    {&four, {"\0\0\0\0\0", 5}, "an impossible number of an entry", 0},
    {&four, {"\1\1\0\0\0", 5}, "an impossible number of an entry", 0},
    {&twelve, {"\0\0\0\0\0\1\0\0\0\0\0\0\0", 13}, "an impossible number of an entry", 0},
    {&twelve, {"\0\1\0\0\0\0\0\0\x80\0\0\0\0", 13}, "a number is too large", 1},
    {&twelve, {"\0\1\0\0\0\0\0\0\0\0\0\0\1", 13}, "a number is too large", 1},
    {&four, {"\0\1\0\0\0\0\1\0\0\0\0\1\0\0\4", 15}, "a string is longer than 64 MB", 10},
    {&four, {"\0\1\0\0\0\0\1\0\0\0\0\1\0\0\0\0", 16}, "a string holds a zero byte", 10},
};

START_TEST(bad_entries_are_refused)
{
    struct slice rest = bad_entries[_i].bytes;
    struct archive_entry entry;
    struct archive_fault fault;

    ck_assert_int_eq(
        archive_take_entry(bad_entries[_i].header, &rest, &entry, &fault), ARCHIVE_BAD);
    ck_assert_str_eq(fault.reason, bad_entries[_i].reason);
    ck_assert_uint_eq(fault.at, bad_entries[_i].at);
}
END_TEST

START_TEST(blocks_have_a_type_and_an_entry)
{
    struct slice rest = {"\1\0\x5e\x0d\0\0\0\x07\0\0\0", 11}, odd = {"\2\0\1\0\0\0", 6};
    struct archive_fault fault;
    enum archive_block type;
    int64_t value;

    ck_assert_int_eq(archive_take_block(&four, &rest, &type, &value, &fault), ARCHIVE_DONE);
    ck_assert_int_eq(type, ARCHIVE_BLOCK_ROWS);
    ck_assert_int_eq(value, 3422);
    ck_assert_int_eq(archive_take_number(&four, &rest, &value, &fault), ARCHIVE_DONE);
    ck_assert_int_eq(value, 7);
    ck_assert_int_eq(archive_take_block(&four, &rest, &type, &value, &fault), ARCHIVE_MORE);
    ck_assert_int_eq(archive_take_block(&four, &odd, &type, &value, &fault), ARCHIVE_BAD);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("archive");

    tcase_add_loop_test(tests, every_version_gives_the_same, 0, VARIANTS);
    tcase_add_loop_test(tests, a_part_of_an_item_is_not_taken, 0, VARIANTS);
    tcase_add_loop_test(
        tests, bad_headers_are_refused, 0, sizeof bad_headers / sizeof bad_headers[0]);
    tcase_add_loop_test(
        tests, bad_entries_are_refused, 0, sizeof bad_entries / sizeof bad_entries[0]);
    tcase_add_test(tests, blocks_have_a_type_and_an_entry);
    return unit_run(tests);
}
