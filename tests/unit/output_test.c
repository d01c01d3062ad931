#include "output.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "msg.h"
#include "unit.h"

static char folder[] = "/tmp/pgbraid-output.XXXXXX";
static char path[64];

static void
set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
}

static void
tear_down(void)
{
    unlink(path);
    rmdir(folder);
}

START_TEST(what_is_written_stands_in_the_file)
{
    struct output output;
    char *back = malloc(3000000);
    FILE *file;
    size_t n = 0;

    set_up();
    output_create(&output, path);
    for (int i = 0; i < 200000; i++)
        output_slice(&output, SLICE("0123456789\n"));
    output_write(&output, "end", 3);
    ck_assert_uint_eq(output.written, 2200003);
    output_close(&output);
    file = fopen(path, "rb");
    n = fread(back, 1, 3000000, file);
    fclose(file);
    ck_assert_uint_eq(n, 2200003);
    ck_assert_int_eq(memcmp(back, "0123456789\n0123", 15), 0);
    ck_assert_int_eq(memcmp(back + 2199998, "9\nend", 5), 0);
    free(back);
    tear_down();
}
END_TEST

START_TEST(the_checksum_is_that_of_all_bytes_at_any_moment)
{
    struct output output;
    char text[1000];
    uLong crc = crc32(0, NULL, 0);

    memset(text, 'a', sizeof text);
    set_up();
    output_create(&output, path);
    ck_assert_uint_eq(output_crc(&output), crc);
    for (int i = 0; i < 1000; i++) {
        output_write(&output, text, sizeof text);
        crc = crc32(crc, (const Bytef *)text, sizeof text);
        if (i % 97 == 0)
            ck_assert_uint_eq(output_crc(&output), crc);
    }
    ck_assert_uint_eq(output_crc(&output), crc);
    output_close(&output);
    tear_down();
}
END_TEST

START_TEST(a_full_disk_is_an_output_error)
{
    struct output output;

    output_init(&output, open("/dev/full", O_WRONLY), "standard output");
    output_write(&output, "x", 1);
    output_close(&output);
}
END_TEST

START_TEST(a_closed_descriptor_is_an_output_error)
{
    struct output output;
    int fd = open("/dev/null", O_WRONLY);

    close(fd);
    output_init(&output, fd, "standard output");
    output_write(&output, "x", 1);
    output_close(&output);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_output_error)
{
    struct output output;

    output_create(&output, "/nonexistent/folder/file");
}
END_TEST

START_TEST(what_is_taken_back_leaves_no_trace)
{
    struct output output;
    struct output_mark mark;
    char back[64];
    FILE *file;
    size_t n;

    set_up();
    output_create(&output, path);
    output_write(&output, "kept,", 5);
    mark = output_mark(&output);
    for (int i = 0; i < 100000; i++)
        output_slice(&output, SLICE("taken back"));
    output_rewind(&output, &mark);
    output_write(&output, "too", 3);
    output_sync(&output);
    ck_assert_uint_eq(output.written, 8);
    ck_assert_uint_eq(output_crc(&output), crc32(0, (const Bytef *)"kept,too", 8));
    output_close(&output);
    file = fopen(path, "rb");
    n = fread(back, 1, sizeof back, file);
    fclose(file);
    ck_assert_uint_eq(n, 8);
    ck_assert_int_eq(memcmp(back, "kept,too", 8), 0);
    tear_down();
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("output");

    tcase_add_test(tests, what_is_written_stands_in_the_file);
    tcase_add_test(tests, what_is_taken_back_leaves_no_trace);
    tcase_add_test(tests, the_checksum_is_that_of_all_bytes_at_any_moment);
    tcase_add_exit_test(tests, a_full_disk_is_an_output_error, STATUS_OUTPUT);
    tcase_add_exit_test(tests, a_closed_descriptor_is_an_output_error, STATUS_OUTPUT);
    tcase_add_exit_test(tests, a_folder_that_is_not_there_is_an_output_error, STATUS_OUTPUT);
    return unit_run(tests);
}
