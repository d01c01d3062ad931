#include "archived.h"

#include <sys/wait.h>
#include <unistd.h>

#include "facts.h"
#include "msg.h"
#include "unitarchive.h"

static const struct unitarchive_entry entries[] = {
    {1, "ENCODING", NULL, "ENCODING", "SET client_encoding = 'LATIN1';\n", NULL, NULL},
    {2, "STDSTRINGS", NULL, "STDSTRINGS", "SET standard_conforming_strings = 'on';\n", NULL, NULL},
    {3, "SEARCHPATH", NULL, "SEARCHPATH",
        "SELECT pg_catalog.set_config('search_path', '', false);\n", NULL, NULL},
    {4, "FUNCTION", "public", "f()",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC\n SELECT 1;\n"
        " SELECT CASE WHEN true THEN 2 END;\nEND;\n",
        NULL, NULL},
    {5, "TABLE", "public", "city",
        "CREATE TABLE public.city (\n    id integer NOT NULL,\n    name text DEFAULT ';'\n);\n\n\n"
        "ALTER TABLE public.city OWNER TO me;\n",
        NULL, NULL},
    {6, "TABLE", "odd", "T b", "CREATE TABLE odd.\"T b\" (\n    x integer\n);\n", NULL, NULL},
    {7, "TABLE DATA", "public", "city", "", "COPY public.city (id, name) FROM stdin;\n",
        "1\tLyon\n2\t\\\\.\n3\t\\N\n\\.\n\n\n"},
    {8, "BLOBS", NULL, "BLOBS", "", NULL, "bytes of an object \\.\n"},
    {9, "TABLE DATA", "odd", "T b", "", "COPY odd.\"T b\" (x) FROM stdin;\n", "\\.\n\n\n"},
    {10, "CONSTRAINT", "public", "city city_pkey",
        "ALTER TABLE ONLY public.city\n    ADD CONSTRAINT city_pkey PRIMARY KEY (id);\n", NULL,
        NULL},
};
#define ENTRIES (sizeof entries / sizeof entries[0])

static const char facts[] = "table\tpublic.city\ttable\n"
                            "column\tpublic.city\tid\tinteger\tyes\t\\N\tno\tno\t\\N\n"
                            "column\tpublic.city\tname\ttext\tno\t';'\tno\tno\t\\N\n"
                            "key\tpublic.city\tcity_pkey\tprimary\t(id)\tno\tno\n"
                            "table\todd.\"T b\"\ttable\n"
                            "column\todd.\"T b\"\tx\tinteger\tno\t\\N\tno\tno\t\\N\n"
                            "data\tpublic.city\tcopy\t3\t18\tid\tname\n"
                            "data\todd.\"T b\"\tcopy\t0\t0\tx\n";

/* Opens the bytes as standard input: a file, or a pipe that holds them all. */
static struct backup *
open_bytes(struct slice bytes, enum backup_access access)
{
    char path[] = "/tmp/pgbraid-archived-test.XXXXXX";
    int ends[2] = {-1, -1};

    if (access == BACKUP_ONCE) {
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_uint_lt(bytes.length, 65536);
    } else {
        ends[0] = ends[1] = mkstemp(path);
        unlink(path);
    }
    ck_assert_int_eq(write(ends[1], bytes.data, bytes.length), (ssize_t)bytes.length);
    if (access == BACKUP_ONCE)
        close(ends[1]);
    else
        ck_assert_int_eq((int)lseek(ends[0], 0, SEEK_SET), 0);
    if (ends[0] != STDIN_FILENO) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
    }
    return backup_open("-");
}

static void
read_rows(struct backup *backup, struct buf *out)
{
    struct backup_rows rows;

    while (backup_rows(backup, &rows))
        buf_add_slice(out, rows.text);
}

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
    struct buf bytes = {0}, got = {0}, rows = {0};
    struct backup *backup;

    if (!can_pack(&how))
        return;
    unitarchive_custom(&bytes, &how, entries, ENTRIES);
    backup = open_bytes(buf_slice(&bytes), access_of(_i));
    ck_assert_int_eq(backup->access, access_of(_i));
    ck_assert_str_eq(backup->server_version, "15.20");
    ck_assert_str_eq(backup->ddl.client_encoding, "LATIN1");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "public.city");
    read_rows(backup, &rows);
    unit_slice_is(buf_slice(&rows), "1\tLyon\n2\t\\\\.\n3\t\\N\n");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "odd.\"T b\"");
    read_rows(backup, &rows);
    ck_assert(!backup_next(backup));
    ck_assert(backup_is_complete(backup));
    facts_format(&backup->schema, &got);
    unit_slice_is(buf_slice(&got), facts);
    backup_close(backup);
}
END_TEST

START_TEST(blocks_are_read_in_any_order)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0}, rows = {0};
    struct backup *backup;

    unitarchive_custom(&bytes, &how, entries, ENTRIES);
    backup = open_bytes(buf_slice(&bytes), BACKUP_RANDOM);
    while (backup_next(backup))
        ck_assert(backup_block(backup)->rows == -1 && backup_block(backup)->bytes > 0);
    for (int i = 0; i < 4; i++) {
        buf_clear(&rows);
        backup_reread(backup, i % 2 == 0);
        read_rows(backup, &rows);
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
    unitarchive_custom(&bytes, &how, entries, ENTRIES);
    backup = open_bytes(buf_slice(&bytes), access_of(_i));
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
    backup = open_bytes(buf_slice(&bytes), BACKUP_RANDOM);
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "s.t");
    ck_assert(backup_next(backup));
    ck_assert_str_eq(backup_block(backup)->table, "u.t");
    ck_assert_str_eq(backup_block(backup)->columns.names[0], "y");
    backup_close(backup);
}
END_TEST

/* Reads all of it; ends the process when it is damaged. */
static void
read_whole(struct slice bytes, enum backup_access access)
{
    struct backup *backup = open_bytes(bytes, access);
    struct buf rows = {0};

    while (backup_next(backup))
        read_rows(backup, &rows);
    if (!backup_is_complete(backup))
        _exit(STATUS_INPUT);
    backup_close(backup);
    _exit(STATUS_OK);
}

/* Every 29th place, from another one in each variant: all of them in the end. */
START_TEST(an_archive_that_is_cut_is_refused)
{
    struct unitarchive how = variant(_i);
    struct buf bytes = {0};

    if (!can_pack(&how))
        return;
    unitarchive_custom(&bytes, &how, entries, ENTRIES);
    for (size_t n = 5 + (size_t)_i % 29; n < bytes.length; n += 29) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            close(STDERR_FILENO);
            read_whole(slice_make(bytes.data, n), access_of(_i));
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == STATUS_INPUT,
            "cut at %zu of %zu: status %x", n, bytes.length, (unsigned)status);
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
    {{7, "TABLE", "s", "t", "CREATE TABLE s.t (x text DEFAULT 'a);\n", NULL, NULL}, ARCHIVE_CUSTOM},
    {{7, "TABLE DATA", "s", "t", "", "COPY s.t (x) FROM stdin;\n", "\\.\n"}, ARCHIVE_TAR},
};

START_TEST(what_is_no_archive_of_pg_dump_is_refused)
{
    struct unitarchive how = {
        .minor = 14, .size = 4, .format = refused[_i].format, .place = ARCHIVE_PLACE_KNOWN};
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, &refused[_i].entry, 1);
    read_whole(buf_slice(&bytes), BACKUP_RANDOM);
}
END_TEST

START_TEST(two_entries_of_one_number_are_refused)
{
    struct unitarchive_entry twice[] = {entries[6], entries[6]};
    struct unitarchive how = variant(0);
    struct buf bytes = {0};

    unitarchive_custom(&bytes, &how, twice, 2);
    read_whole(buf_slice(&bytes), BACKUP_RANDOM);
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
    tcase_add_loop_test(tests, an_archive_that_is_cut_is_refused, 0, VARIANTS);
    tcase_add_loop_exit_test(tests, what_is_no_archive_of_pg_dump_is_refused, STATUS_INPUT, 0, n);
    tcase_add_exit_test(tests, two_entries_of_one_number_are_refused, STATUS_INPUT);
    return unit_run(tests);
}
