#include "archived.h"

#include "unitbackup.h"

/* All compressions, with and without offsets, from a file and a pipe, in old and new versions. */
static struct unitarchive
variant(int i)
{
    static const unsigned minors[] = {10, 13, 15, 16};

    return (struct unitarchive){.minor = minors[i % 4],
        .size = 4,
        .format = ARCHIVE_CUSTOM,
        .compression = i % 4 < 2 ? (enum archive_compression)(i / 4 % 2)
                                 : (enum archive_compression)(i / 4 % 4),
        .place = i / 16 % 2 == 0 ? ARCHIVE_PLACE_KNOWN : ARCHIVE_PLACE_UNKNOWN};
}
#define VARIANTS 64

static enum backup_access
access_of(int i)
{
    return i / 32 == 0 ? BACKUP_RANDOM : BACKUP_ONCE;
}

static bool
can_pack(const struct unitarchive *how)
{
    return (how->compression != ARCHIVE_LZ4 || codec_missing(CODEC_LZ4) == NULL) &&
           (how->compression != ARCHIVE_ZSTD || codec_missing(CODEC_ZSTD) == NULL);
}

START_TEST(every_archive_declares_and_holds_the_same)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0};
    struct backup *backup;

    if (!can_pack(&how))
        return;
    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    backup = unitbackup_open(buf_slice(&bytes), access_of(_i));
    ck_assert_int_eq(backup->access, access_of(_i));
    unitbackup_is_whole(backup);
    backup_close(backup);
}
END_TEST

START_TEST(blocks_are_read_in_any_order)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0}, rows = {0};
    struct backup *backup;

    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    backup = unitbackup_open(buf_slice(&bytes), BACKUP_RANDOM);
    while (backup_next(backup))
        ck_assert(backup_block(backup)->rows == -1 && backup_block(backup)->bytes > 0);
    for (int i = 0; i < 4; i++) {
        buf_clear(&rows);
        backup_reread(backup, i % 2 == 0);
        unitbackup_rows(backup, &rows);
        unit_slice_is(buf_slice(&rows), i % 2 == 0 ? "" : "1\tLyon\n2\t\\\\.\n3\t\\N\n");
    }
    backup_close(backup);
}
END_TEST

/* Blocks that are not read are stepped over. */
START_TEST(rows_need_not_be_read)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0};
    struct backup *backup;
    int n = 0;

    if (!can_pack(&how))
        return;
    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    backup = unitbackup_open(buf_slice(&bytes), access_of(_i));
    for (; backup_next(backup); n++)
        continue;
    ck_assert_int_eq(n, 2);
    backup_close(backup);
}
END_TEST

/* Names without a schema are those of the entry's, before 1.13. */
START_TEST(old_archives_name_the_schema_beside)
{
    static const struct unitarchive_entry old[] = {
        {1, "TABLE", "s", "t", "CREATE TABLE t (x integer);\n", NULL, NULL},
        {2, "TABLE", "u", "t", "CREATE TABLE t (y integer);\n", NULL, NULL},
        {3, "TABLE DATA", "s", "t", "", "COPY t (x) FROM stdin;\n", "1\n\\.\n"},
        {4, "TABLE DATA", "u", "t", "", "COPY t (y) FROM stdin;\n", "2\n\\.\n"},
    };
    struct unitarchive how = {
        .minor = 12, .size = 4, .format = ARCHIVE_CUSTOM, .place = ARCHIVE_PLACE_KNOWN};
    struct buf bytes = {0};
    struct backup *backup;

    unitarchive_custom(&bytes, &how, old, 4);
    backup = unitbackup_open(buf_slice(&bytes), BACKUP_RANDOM);
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "s.t");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "u.t");
    ck_assert_str_eq(backup_block(backup)->columns.names[0], "y");
    backup_close(backup);
}
END_TEST

/*
 * Before 9.0 the comments were data (1.10, 1.11); until 16 each object had an entry, BLOB, then
 * many share one, BLOB METADATA, whose definition is a list of their numbers, and BLOBS is there
 * many times.
 */
static const struct {
    unsigned minor;
    struct unitarchive_entry first, second, third;
    int status;
    uint64_t n;
} large_objects[] = {
    {10, {8, "BLOBS", NULL, "BLOBS", "", NULL, "bytes"},
        {9, "BLOB COMMENTS", NULL, "BLOB COMMENTS", "", NULL, "COMMENT ON LARGE OBJECT 1 IS 'x';"},
        {10, "COMMENT", NULL, "SCHEMA s", "COMMENT ON SCHEMA s IS 'x';\n", NULL, NULL}, STATUS_OK,
        0},
    {12, {8, "BLOB", NULL, "16500", "SELECT pg_catalog.lo_create('16500');\n", NULL, NULL},
        {9, "BLOBS", NULL, "BLOBS", "", NULL, "bytes"},
        {10, "COMMENT", NULL, "LARGE OBJECT 16500", "COMMENT ON LARGE OBJECT 16500 IS 'x';\n", NULL,
            NULL},
        STATUS_OK, 1},
    {16, {8, "BLOB METADATA", NULL, "16500..16501", "16500\n16501\n", NULL, NULL},
        {9, "BLOBS", NULL, "16500..16501", "", NULL, "bytes"},
        {10, "BLOBS", NULL, "16502", "", NULL, "more"}, STATUS_OK, 2},
    {12, {8, "BLOBS", NULL, "BLOBS", "", NULL, "bytes"},
        {9, "BLOB COMMENTS", NULL, "BLOB COMMENTS", "", NULL, "COMMENT ON LARGE OBJECT 1 IS 'x';"},
        {10, "COMMENT", NULL, "SCHEMA s", "COMMENT ON SCHEMA s IS 'x';\n", NULL, NULL},
        STATUS_INPUT, 0},
};

START_TEST(large_objects_are_stepped_over_as_each_version_has_them)
{
    struct unitarchive how = {
        .minor = large_objects[_i / 4].minor, .size = 4, .format = ARCHIVE_CUSTOM};
    struct unitarchive_entry entries[] = {large_objects[_i / 4].first, large_objects[_i / 4].second,
        large_objects[_i / 4].third,
        {1, "TABLE", "s", "t", "CREATE TABLE s.t (x integer);\n", NULL, NULL},
        {2, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "1\n\\.\n"}};
    enum backup_access access = _i / 2 % 2 == 0 ? BACKUP_RANDOM : BACKUP_ONCE;
    struct buf bytes = {0};
    struct backup *backup;

    how.place = _i % 2 == 0 ? ARCHIVE_PLACE_KNOWN : ARCHIVE_PLACE_UNKNOWN;
    unitarchive_custom(&bytes, &how, entries, 5);
    ck_assert_int_eq(unitbackup_status(buf_slice(&bytes), access), large_objects[_i / 4].status);
    if (large_objects[_i / 4].status != STATUS_OK)
        return;
    backup = unitbackup_open(buf_slice(&bytes), access);
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "s.t");
    ck_assert(!backup_next(backup));
    ck_assert(backup->large_objects);
    ck_assert_uint_eq(backup->n_large_objects, large_objects[_i / 4].n);
    backup_close(backup);
}
END_TEST

/* What pg_dump writes behind INSERT statements tells that none is missing, where nothing else does.
 */
START_TEST(inserts_without_their_end_are_refused)
{
    static const char *const texts[] = {"INSERT INTO s.t VALUES (1);\n\n\n", "\n\n",
        "INSERT INTO s.t VALUES (1);\n", "INSERT INTO s.t VALUES (1);\n\n", "", "\n"};
    const struct unitarchive_entry inserts[] = {
        {1, "TABLE", "s", "t", "CREATE TABLE s.t (x integer);\n", NULL, NULL},
        {2, "TABLE DATA", "s", "t", "", NULL, texts[_i]},
    };
    struct unitarchive how = {
        .minor = 14, .size = 4, .format = ARCHIVE_CUSTOM, .place = ARCHIVE_PLACE_KNOWN};
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, inserts, 2);
    ck_assert_int_eq(
        unitbackup_status(buf_slice(&bytes), BACKUP_RANDOM), _i < 2 ? STATUS_OK : STATUS_INPUT);
}
END_TEST

/* Without a COPY statement the data is INSERT statements; before 1.13 names have no schema there.
 */
START_TEST(inserts_are_read_in_any_order)
{
    static const struct unitarchive_entry inserts[] = {
        {1, "TABLE", "s", "t", "CREATE TABLE t (x integer, y text);\n", NULL, NULL},
        {2, "TABLE", "u", "t", "CREATE TABLE t (y text);\n", NULL, NULL},
        {3, "TABLE DATA", "s", "t", "", NULL,
            "INSERT INTO t VALUES (1, 'a;b');\nINSERT INTO t VALUES (2, NULL);\n\n\n"},
        {4, "TABLE DATA", "u", "t", "", NULL, "INSERT INTO t (y) VALUES ('c'), ('d');\n\n\n"},
        {5, "TABLE DATA", "u", "empty", "", NULL, "\n\n"},
    };
    struct unitarchive how = variant(_i);
    struct buf bytes = {0}, rows = {0};
    struct backup *backup;

    how.minor = 12;
    how.compression = ARCHIVE_GZIP;
    unitarchive_custom(&bytes, &how, inserts, 5);
    backup = unitbackup_open(buf_slice(&bytes), access_of(_i));
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "s.t");
    ck_assert_int_eq(backup_block(backup)->form, SCHEMA_FORM_INSERT);
    if (access_of(_i) == BACKUP_ONCE)
        unitbackup_rows(backup, &rows);
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "u.t");
    unitbackup_rows(backup, &rows);
    ck_assert(!backup_next(backup));
    ck_assert_int_eq(schema_find_table(&backup->schema, "u.t")->data.rows, 2);
    if (access_of(_i) == BACKUP_RANDOM) {
        unit_slice_is(buf_slice(&rows), "c\nd\n");
        buf_clear(&rows);
        backup_reread(backup, 0);
        unitbackup_rows(backup, &rows);
        backup_reread(backup, 1);
        unitbackup_rows(backup, &rows);
    }
    unit_slice_is(buf_slice(&rows), "1\ta;b\n2\t\\N\nc\nd\n");
    backup_close(backup);
}
END_TEST

/* Every 29th place, from another one in each variant: all of them in the end. */
START_TEST(an_archive_that_is_cut_is_refused)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0};

    if (!can_pack(&how))
        return;
    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    for (size_t n = 5 + (size_t)_i % 29; n < bytes.length; n += 29) {
        int status = unitbackup_status(slice_make(bytes.data, n), access_of(_i));

        ck_assert_msg(status == STATUS_INPUT, "cut at %zu of %zu: %d", n, bytes.length, status);
    }
}
END_TEST

static const struct {
    struct unitarchive_entry entry;
    enum archive_format format;
} refused[] = {
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM '/etc/passwd';\n", "\\.\n"},
        ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "SELECT 1;\n", "\\.\n"}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "1\n"}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "\\.\n\nmore"}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", ""}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", NULL, "INSERT INTO s.t (x) VALUES (1"}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", NULL,
         "INSERT INTO s.t (x) VALUES (1); INSERT INTO s.u (x) VALUES (2);"},
        ARCHIVE_CUSTOM},
    {{7, "TABLE", "s", "t", "CREATE TABLE s.t (x text DEFAULT 'a);\n", NULL, NULL}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "\\.\n"}, ARCHIVE_TAR},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", NULL}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATB", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "\\.\n"}, ARCHIVE_CUSTOM},
    {{7, "", "s", "t", "", NULL, "\\.\n"}, ARCHIVE_CUSTOM},
};

START_TEST(what_is_no_archive_of_pg_dump_is_refused)
{
    struct unitarchive how = {
        .minor = 14, .size = 4, .format = refused[_i].format, .place = ARCHIVE_PLACE_KNOWN};
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, &refused[_i].entry, 1);
    unitbackup_read(buf_slice(&bytes), BACKUP_RANDOM);
}
END_TEST

/* Fewer entries than there are would be fewer tables. */
START_TEST(a_smaller_number_of_entries_is_refused)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0}, header = {0};

    if (!can_pack(&how))
        return;
    unitarchive_header(&header, &how);
    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    ck_assert_int_eq(bytes.data[header.length + 1], UNITBACKUP_ENTRIES);
    for (size_t n = 0; n < UNITBACKUP_ENTRIES; n++) {
        bytes.data[header.length + 1] = (char)n;
        ck_assert_int_eq(unitbackup_status(buf_slice(&bytes), access_of(_i)), STATUS_INPUT);
    }
}
END_TEST

START_TEST(two_entries_of_one_number_are_refused)
{
    struct unitarchive_entry twice[] = {unitbackup_entries[6], unitbackup_entries[6]};
    struct unitarchive how = variant(0);
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, twice, 2);
    unitbackup_read(buf_slice(&bytes), BACKUP_RANDOM);
}
END_TEST

/* The second one might be other rows for the same table. */
START_TEST(two_blocks_of_one_entry_are_refused)
{
    struct unitarchive how = variant(32);
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, unitbackup_entries, UNITBACKUP_ENTRIES);
    ck_assert_int_eq(unitbackup_status(buf_slice(&bytes), BACKUP_ONCE), STATUS_OK);
    unitarchive_block(&bytes, &how, &unitbackup_entries[6]);
    ck_assert_int_eq(unitbackup_status(buf_slice(&bytes), BACKUP_ONCE), STATUS_INPUT);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("archived");
    int n = sizeof refused / sizeof refused[0];

    tcase_add_loop_test(tests, every_archive_declares_and_holds_the_same, 0, VARIANTS);
    tcase_add_loop_test(tests, blocks_are_read_in_any_order, 0, 32);
    tcase_add_loop_test(tests, rows_need_not_be_read, 0, VARIANTS);
    tcase_add_test(tests, old_archives_name_the_schema_beside);
    tcase_add_loop_test(tests, large_objects_are_stepped_over_as_each_version_has_them, 0, 16);
    tcase_add_loop_test(tests, inserts_without_their_end_are_refused, 0, 6);
    tcase_add_loop_test(tests, inserts_are_read_in_any_order, 0, VARIANTS);
    tcase_add_loop_test(tests, an_archive_that_is_cut_is_refused, 0, VARIANTS);
    tcase_add_loop_test(tests, a_smaller_number_of_entries_is_refused, 0, VARIANTS);
    tcase_add_loop_exit_test(tests, what_is_no_archive_of_pg_dump_is_refused, STATUS_INPUT, 0, n);
    tcase_add_test(tests, two_blocks_of_one_entry_are_refused);
    tcase_add_exit_test(tests, two_entries_of_one_number_are_refused, STATUS_INPUT);
    return unit_run(tests);
}
