#include "input.h"

#include <stdio.h>

#include <unistd.h>
#include <zlib.h>

#include "buf.h"
#include "unit.h"

/* A file with those bytes, already without a name; its path works while the process lives. */
static const char *
file_of(struct slice bytes)
{
    static char path[64];
    char made[] = "/tmp/pgbraid-input-test.XXXXXX";
    int fd = mkstemp(made);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes.data, bytes.length), (ssize_t)bytes.length);
    unlink(made);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

/* One gzip member. */
static void
compress_to(struct slice bytes, struct buf *out)
{
    z_stream z = {0};

    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    buf_reserve(out, bytes.length + 1000);
    z.next_in = (unsigned char *)bytes.data;
    z.avail_in = (unsigned)bytes.length;
    z.next_out = (unsigned char *)out->data + out->length;
    z.avail_out = (unsigned)bytes.length + 1000;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->length += z.total_out;
    deflateEnd(&z);
}

static void
read_all(struct input *input, struct buf *out)
{
    do {
        buf_add(out, input->data + input->start, input->end - input->start);
        input->start = input->end;
    } while (input_fill(input));
}

START_TEST(lines_come_whole)
{
    struct input *input = input_open(file_of(SLICE("a\n\nbc")));
    struct slice line;
    bool terminated;

    ck_assert(input_line(input, &line, &terminated) && terminated);
    unit_slice_is(line, "a");
    ck_assert(input_line(input, &line, &terminated) && terminated);
    unit_slice_is(line, "");
    ck_assert_uint_eq(input_tell(input), 3);
    ck_assert(input_line(input, &line, &terminated) && !terminated);
    unit_slice_is(line, "bc");
    ck_assert(!input_line(input, &line, &terminated));
    ck_assert(input_can_seek(input));
    input_seek(input, 3);
    ck_assert(input_line(input, &line, &terminated));
    unit_slice_is(line, "bc");
    input_close(input);
}
END_TEST

START_TEST(all_gzip_members_are_read)
{
    struct buf packed = {0}, all = {0}, got = {0};
    struct input *input;

    for (int i = 0; i < 100000; i++)
        buf_add_format(&all, "%d\n", i);
    compress_to(buf_slice(&all), &packed);
    compress_to(SLICE("second"), &packed);
    compress_to(SLICE(""), &packed);
    for (int i = 0; i < 512 * _i; i++)
        buf_add_char(&packed, '\0');
    buf_add_string(&all, "second");
    input = input_open(file_of(buf_slice(&packed)));
    ck_assert(!input_can_seek(input));
    read_all(input, &got);
    ck_assert(slice_equal(buf_slice(&all), buf_slice(&got)));
    input_close(input);
}
END_TEST

/* Cut, changed or followed by garbage: the loop's number says how. */
START_TEST(damaged_gzip_data_end_the_process)
{
    struct buf packed = {0}, got = {0};

    compress_to(SLICE("some text, some text"), &packed);
    if (_i == 0)
        buf_add_string(&packed, "x");
    else if (_i == 1)
        buf_add(&packed, "\0\0x", 3);
    else if (_i == 2)
        packed.data[packed.length - 1] ^= 1; /* the length */
    else if (_i == 3)
        packed.data[packed.length - 5] ^= 1; /* the checksum */
    else
        packed.length -= (size_t)_i - 3;
    read_all(input_open(file_of(buf_slice(&packed))), &got);
    _exit(0);
}
END_TEST

START_TEST(streams_are_never_decompressed)
{
    struct buf packed = {0}, got = {0};

    compress_to(SLICE("text"), &packed);
    read_all(input_open_plain(file_of(buf_slice(&packed))), &got);
    ck_assert(slice_equal(buf_slice(&packed), buf_slice(&got)));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("input");

    tcase_add_test(tests, lines_come_whole);
    tcase_add_loop_test(tests, all_gzip_members_are_read, 0, 2);
    tcase_add_loop_exit_test(tests, damaged_gzip_data_end_the_process, 4, 0, 20);
    tcase_add_test(tests, streams_are_never_decompressed);
    return unit_run(tests);
}
