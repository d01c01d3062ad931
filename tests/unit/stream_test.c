#include "stream.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "unit.h"

#define WHOLE                                                                                      \
    "\\.merge-stream\t1\trows\n"                                                                   \
    "\\.source\tname\ta\\tb\n"                                                                     \
    "\\.table\tpublic.t\tid\tname\n"                                                               \
    "1\ta\n"                                                                                       \
    "\\\\.\t\\N\n"                                                                                 \
    "\\.reject\t23503\tno\\tparent\t3\tc\n"                                                        \
    "\\.unchanged\t7\n"                                                                            \
    "\\.end\t2\n"                                                                                  \
    "\\.map\tpublic.t\tbigint\n"                                                                   \
    "1\t2\n"                                                                                       \
    "\\.end\t1\n"

/* An input over bytes in memory, as if all had been read already. */
static struct input *
input_of(struct slice bytes)
{
    struct input *input = mem_alloc(sizeof *input);

    input->data = mem_copy(bytes.data, bytes.length);
    input->capacity = input->end = bytes.length;
    input->eof = true;
    input->name = "test";
    input->fd = -1;
    return input;
}

/* Adds the trailer that belongs to the bytes. */
static void
seal(struct buf *bytes, unsigned blocks, unsigned rows)
{
    unsigned long crc = crc32(0, (const unsigned char *)bytes->data, (unsigned)bytes->length);

    buf_add_format(bytes, "\\.trailer\t%u\t%u\t%08lx\n", blocks, rows, crc);
}

/* Reads all of a stream of rows in this process, which ends when it is bad. */
static void
read_all(struct slice bytes)
{
    struct stream_reader reader;

    stream_start(&reader, input_of(bytes), STREAM_ROWS);
    while (stream_read(&reader) != STREAM_TRAILER)
        continue;
}

/* The exit status of a child that reads the stream; 0: it is good. */
static int
status_of(struct slice bytes)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        close(STDERR_FILENO);
        read_all(bytes);
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct buf
whole(void)
{
    struct buf bytes = {0};

    buf_add_string(&bytes, WHOLE);
    seal(&bytes, 2, 3);
    return bytes;
}

START_TEST(each_line_is_an_event)
{
    static const enum stream_event events[] = {STREAM_SOURCE, STREAM_TABLE, STREAM_ROW, STREAM_ROW,
        STREAM_REJECT, STREAM_UNCHANGED, STREAM_END, STREAM_MAP, STREAM_ROW, STREAM_END,
        STREAM_TRAILER};
    struct stream_reader reader;
    struct buf bytes = whole();
    char *name;

    stream_start(&reader, input_of(buf_slice(&bytes)), STREAM_ROWS);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        ck_assert_int_eq(stream_read(&reader), events[i]);
        if (events[i] == STREAM_REJECT)
            unit_slice_is(reader.rest, "3\tc");
        if (events[i] == STREAM_SOURCE) {
            name = stream_field(&reader, 2);
            ck_assert_str_eq(name, "a\tb");
            free(name);
        }
    }
    ck_assert(reader.ended);
    ck_assert_uint_eq(reader.blocks, 2);
    ck_assert_uint_eq(reader.rows, 3);
    buf_release(&bytes);
}
END_TEST

START_TEST(a_stream_cut_anywhere_is_refused)
{
    struct buf bytes = whole();

    ck_assert_int_eq(status_of(buf_slice(&bytes)), 0);
    for (size_t i = 0; i < bytes.length; i++)
        ck_assert_msg(status_of(slice_make(bytes.data, i)) == STATUS_INPUT, "cut at byte %zu", i);
    buf_release(&bytes);
}
END_TEST

START_TEST(a_stream_with_a_changed_byte_is_refused)
{
    struct buf bytes = whole();

    for (size_t i = 0; i < bytes.length; i++) {
        char before = bytes.data[i];

        bytes.data[i] = (char)(before ^ 1);
        ck_assert_msg(status_of(buf_slice(&bytes)) == STATUS_INPUT, "changed at byte %zu", i);
        bytes.data[i] = before;
    }
    buf_release(&bytes);
}
END_TEST

static const struct {
    const char *before, *after; /* of a trailer that fits what is before */
    unsigned blocks, rows;
    int status;
} streams[] = {
    {"\\.merge-stream\t1\trows\n", "", 0, 0, 0},
    {WHOLE, "x\n", 2, 3, 4},
    {WHOLE, "\n", 2, 3, 4},
    {WHOLE, "\\.trailer\t2\t3\t00000000\n", 2, 3, 4},
    {WHOLE, "", 1, 3, 4},
    {WHOLE, "", 2, 2, 4},
    {"\\.merge-stream\t2\trows\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\tschema\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\n", "", 0, 0, 4},
    {"", "", 0, 0, 4},
    {"\\.merge-stream\t1\trows\nrow\n", "", 0, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.end\t0\n", "", 1, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\n", "", 1, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\n\\.table\tt\ta\n\\.end\t0\n", "", 1, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\nx\n\\.end\t2\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\nx\n\\.end\t\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\nx\n\\.end\t1x\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\nx\n\\.end\t-1\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\nx\n\\.end\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\n\\.end\t0\n", "", 1, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.reject\t1\tx\ty\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.unchanged\t1\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.error\tdump-splitter\t5\tno server\n", "", 0, 0, 5},
    {"\\.merge-stream\t1\trows\n\\.error\tdump-splitter\t0\tlies\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.error\n", "", 0, 0, 4},
    {"\\.error\tdump-splitter\t4\tno file\n", "", 0, 0, 4},
    {"\\.merge-stream\t1\trows\n\\.later\tx\n", "", 0, 0, 0},
    {"\\.merge-stream\t1\trows\n\\.later\tx\nrow\n\\.end\t1\n", "", 1, 1, 0},
    {"\\.merge-stream\t1\trows\n\\.later\tx\nrow\n", "", 0, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.later\tx\nrow\n\\.table\tt\ta\n\\.end\t0\n", "", 1, 1, 4},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\n\\.later\tx\ny\n\\.end\t1\n", "", 1, 1, 0},
    {"\\.merge-stream\t1\trows\n\\.table\tt\ta\n\n\n\\.end\t2\n", "", 1, 2, 0},
};

START_TEST(only_whole_streams_are_good)
{
    struct buf bytes = {0};

    buf_add_string(&bytes, streams[_i].before);
    if (bytes.length > 0)
        seal(&bytes, streams[_i].blocks, streams[_i].rows);
    buf_add_string(&bytes, streams[_i].after);
    ck_assert_int_eq(status_of(buf_slice(&bytes)), streams[_i].status);
    buf_release(&bytes);
}
END_TEST

START_TEST(a_last_line_without_newline_is_refused)
{
    struct buf bytes = whole();

    ck_assert_int_eq(status_of(slice_make(bytes.data, bytes.length - 1)), STATUS_INPUT);
    buf_release(&bytes);
}
END_TEST

/* Gives a reader and a writer whose output goes to `file`. */
static void
connect(struct stream_reader *reader, struct stream_writer *writer, FILE *file, struct slice bytes)
{
    ck_assert_int_eq(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    stream_start(reader, input_of(bytes), STREAM_ROWS);
    stream_writer_init(writer, STREAM_ROWS);
    stream_connect(reader, writer);
}

static struct buf
content(FILE *file)
{
    struct buf bytes = {0};
    int c;

    rewind(file);
    while ((c = getc(file)) != EOF)
        buf_add_char(&bytes, (char)c);
    return bytes;
}

enum way { BY_LINE, IN_BULK };

START_TEST(what_is_passed_comes_out_byte_for_byte)
{
    FILE *file = tmpfile();
    struct stream_reader reader;
    struct stream_writer writer;
    struct buf bytes = whole(), passed;

    connect(&reader, &writer, file, buf_slice(&bytes));
    for (;;) {
        if ((enum way)_i == IN_BULK)
            stream_pass_rows(&writer, &reader);
        if (stream_read(&reader) == STREAM_TRAILER)
            break;
        stream_pass(&writer, &reader);
    }
    stream_writer_close(&writer);
    passed = content(file);
    ck_assert(slice_equal(buf_slice(&passed), buf_slice(&bytes)));
    buf_release(&bytes);
    buf_release(&passed);
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
    FILE *file = tmpfile();
    struct stream_writer writer;
    struct buf written;
    struct stream_reader reader;
    char *reason;

    ck_assert_int_eq(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    stream_writer_init(&writer, STREAM_ROWS);
    stream_write_escaped(&writer, "plan", SLICE("a\tb"));
    stream_write_control(&writer, "table", (struct slice[]){SLICE("public.t"), SLICE("a\tb")}, 2);
    stream_write_row(&writer, SLICE("1"));
    stream_write_reject(&writer, "23503", "a\nb", SLICE("2"));
    stream_write_row(&writer, SLICE(""));
    stream_write_end(&writer);
    stream_writer_close(&writer);
    written = content(file);
    stream_start(&reader, input_of(buf_slice(&written)), STREAM_ROWS);
    ck_assert_int_eq(stream_read(&reader), STREAM_PLAN);
    unit_slice_is(reader.rest, "a\tb");
    ck_assert_int_eq(stream_read(&reader), STREAM_TABLE);
    unit_slice_is(reader.fields[2], "a\\tb");
    ck_assert_int_eq(stream_read(&reader), STREAM_ROW);
    ck_assert_int_eq(stream_read(&reader), STREAM_REJECT);
    reason = stream_field(&reader, 2);
    ck_assert_str_eq(reason, "a\nb");
    ck_assert_int_eq(stream_read(&reader), STREAM_ROW);
    ck_assert_int_eq(stream_read(&reader), STREAM_END);
    ck_assert_int_eq(stream_read(&reader), STREAM_TRAILER);
    free(reason);
    buf_release(&written);
}
END_TEST

START_TEST(an_undo_stream_has_blocks_of_its_own)
{
    static const char bytes[] = "\\.merge-stream\t1\tundo\n\\.source\tdatabase\tlive\n"
                                "\\.inserted\tpublic.t\t0\t(id)\tid\n1\n\\.end\t1\n"
                                "\\.updated\tpublic.t\t0\t(id)\tv\n2\told\tnew\n\\.end\t1\n";
    struct buf whole_stream = {0};
    struct stream_reader reader;

    buf_add_string(&whole_stream, bytes);
    buf_add_format(&whole_stream, "\\.trailer\t2\t2\t%08x\n",
        (unsigned)crc32(0, (const Bytef *)bytes, sizeof bytes - 1));
    stream_start(&reader, input_of(buf_slice(&whole_stream)), STREAM_UNDO);
    ck_assert_int_eq(stream_read(&reader), STREAM_SOURCE);
    ck_assert_int_eq(stream_read(&reader), STREAM_INSERTED);
    unit_slice_is(reader.fields[3], "(id)");
    ck_assert_int_eq(stream_read(&reader), STREAM_ROW);
    ck_assert_int_eq(stream_read(&reader), STREAM_END);
    ck_assert_int_eq(stream_read(&reader), STREAM_UPDATED);
    ck_assert_int_eq(stream_read(&reader), STREAM_ROW);
    ck_assert_int_eq(stream_read(&reader), STREAM_END);
    ck_assert_int_eq(stream_read(&reader), STREAM_TRAILER);
    ck_assert_int_eq(status_of(buf_slice(&whole_stream)), STATUS_INPUT); /* not a kind of rows */
    buf_release(&whole_stream);
}
END_TEST

START_TEST(a_failure_leaves_an_error_record_behind)
{
    FILE *file = tmpfile();
    struct buf written;
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct stream_writer writer;

        dup2(fileno(file), STDOUT_FILENO);
        close(STDERR_FILENO);
        msg_init("tool");
        stream_writer_init(&writer, STREAM_ROWS);
        msg_fatal(STATUS_TEMPORARY, "a lock\tis held");
    }
    waitpid(child, &status, 0);
    ck_assert_int_eq(WEXITSTATUS(status), STATUS_TEMPORARY);
    written = content(file);
    unit_slice_is(
        buf_slice(&written), "\\.merge-stream\t1\trows\n\\.error\ttool\t6\ta lock\\tis held\n");
    ck_assert_int_eq(status_of(buf_slice(&written)), STATUS_TEMPORARY);
    buf_release(&written);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int
main(void)
{
    TCase *tests = unit_case("stream");

    tcase_add_test(tests, each_line_is_an_event);
    tcase_add_test(tests, an_undo_stream_has_blocks_of_its_own);
    tcase_add_test(tests, a_stream_cut_anywhere_is_refused);
    tcase_add_test(tests, a_stream_with_a_changed_byte_is_refused);
    tcase_add_loop_test(tests, only_whole_streams_are_good, 0, COUNT(streams));
    tcase_add_test(tests, a_last_line_without_newline_is_refused);
    tcase_add_loop_test(tests, what_is_passed_comes_out_byte_for_byte, BY_LINE, IN_BULK + 1);
    tcase_add_test(tests, what_is_written_is_read_back);
    tcase_add_test(tests, a_failure_leaves_an_error_record_behind);
    return unit_run(tests);
}
