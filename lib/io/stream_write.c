#include "stream.h"

#include <stdio.h>

#include "copyrow.h"
#include "msg.h"

/* The hook of msg_fatal(): tell the next tool. Its own failure must not hide the first one. */
static void
leave_error(void *context, enum msg_status status, const char *message)
{
    struct stream_writer *writer = context;
    struct buf line = {0};

    buf_add_format(&line, "\\.error\t%s\t%d\t", msg_program(), (int)status);
    copyrow_escape(slice_string(message), &line);
    buf_add_char(&line, '\n');
    if (status != STATUS_OUTPUT) {
        output_slice(&writer->output, buf_slice(&line));
        output_flush(&writer->output);
    }
}

static void
write_first_line(struct stream_writer *writer, enum stream_kind kind)
{
    stream_write_control(writer, "merge-stream",
        (struct slice[]){SLICE(STREAM_VERSION), slice_string(stream_kind_names[kind])}, 2);
}

void
stream_writer_init(struct stream_writer *writer, enum stream_kind kind)
{
    *writer = (struct stream_writer){0};
    output_standard(&writer->output);
    msg_set_hook(leave_error, writer);
    write_first_line(writer, kind);
}

void
stream_writer_create(struct stream_writer *writer, const char *path, enum stream_kind kind)
{
    *writer = (struct stream_writer){0};
    output_create(&writer->output, path);
    write_first_line(writer, kind);
}

void
stream_connect(struct stream_reader *reader, struct stream_writer *writer)
{
    reader->follower = writer;
}

void
stream_write_row(struct stream_writer *writer, struct slice row)
{
    output_write(&writer->output, row.data, row.length);
    output_write(&writer->output, "\n", 1);
    writer->rows++;
    writer->block_rows++;
}

static char *
put(char *to, struct slice bytes)
{
    if (bytes.length > 0)
        memcpy(to, bytes.data, bytes.length);
    return to + bytes.length;
}

void
stream_write_fields(struct stream_writer *writer, const struct slice *fields, size_t n)
{
    size_t length = n == 0 ? 1 : n;
    char *to;

    for (size_t i = 0; i < n; i++)
        length += fields[i].length;
    to = output_room(&writer->output, length);
    writer->rows++;
    writer->block_rows++;
    for (size_t i = 0; i < n; i++) {
        if (to != NULL) {
            to = put(to, fields[i]);
            *to++ = i + 1 < n ? '\t' : '\n';
        } else {
            output_slice(&writer->output, fields[i]);
            output_write(&writer->output, i + 1 < n ? "\t" : "\n", 1);
        }
    }
    if (n == 0)
        *to = '\n';
}

void
stream_write_rows(struct stream_writer *writer, struct slice rows, uint64_t n)
{
    output_slice(&writer->output, rows);
    writer->rows += n;
    writer->block_rows += n;
}

void
stream_write_escaped(struct stream_writer *writer, const char *keyword, struct slice rest)
{
    output_write(&writer->output, "\\.", 2);
    output_write(&writer->output, keyword, strlen(keyword));
    output_write(&writer->output, "\t", 1);
    output_slice(&writer->output, rest);
    output_write(&writer->output, "\n", 1);
}

void
stream_write_lines(struct stream_writer *writer, const char *keyword, struct slice lines)
{
    while (lines.length > 0)
        stream_write_escaped(writer, keyword, copyrow_next(&lines));
}

void
stream_write_control(
    struct stream_writer *writer, const char *keyword, const struct slice *fields, size_t n)
{
    struct buf rest = {0};

    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_char(&rest, '\t');
        if (fields[i].data == NULL)
            buf_add_slice(&rest, COPYROW_NULL);
        else
            copyrow_escape(fields[i], &rest);
    }
    stream_write_escaped(writer, keyword, buf_slice(&rest));
    buf_release(&rest);
}

void
stream_write_reject(
    struct stream_writer *writer, const char *sqlstate, const char *reason, struct slice row)
{
    struct buf rest = {0};

    copyrow_escape(slice_string(sqlstate), &rest);
    buf_add_char(&rest, '\t');
    copyrow_escape(slice_string(reason), &rest);
    buf_add_char(&rest, '\t');
    buf_add_slice(&rest, row);
    stream_write_escaped(writer, "reject", buf_slice(&rest));
    buf_release(&rest);
}

void
stream_write_end(struct stream_writer *writer)
{
    char count[24];
    int n = snprintf(count, sizeof count, "%llu", (unsigned long long)writer->block_rows);

    stream_write_escaped(writer, "end", slice_make(count, (size_t)n));
    writer->blocks++;
    writer->block_rows = 0;
}

void
stream_pass(struct stream_writer *writer, const struct stream_reader *reader)
{
    bool control = slice_starts(reader->line, SLICE("\\."));

    if (control && slice_starts(reader->line, SLICE("\\.end\t"))) {
        stream_write_end(writer);
        return;
    }
    output_write(&writer->output, reader->line.data, reader->line.length + 1);
    if (!control) {
        writer->rows++;
        writer->block_rows++;
    }
}

/* The end of the whole rows at the window's start, which are counted. */
static const char *
find_rows_end(const struct input *input, uint64_t *rows)
{
    const char *p = input->data + input->start, *end = input->data + input->end;

    for (*rows = 0; end - p < 2 || p[0] != '\\' || p[1] != '.'; ++*rows) {
        const char *newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;

        if (newline == NULL)
            break;
        p = newline + 1;
    }
    return p;
}

void
stream_pass_rows(struct stream_writer *writer, struct stream_reader *reader)
{
    struct input *input = reader->input;
    const char *from = input->data + input->start;
    size_t length;
    uint64_t rows;

    if (reader->block == STREAM_END)
        return;
    length = (size_t)(find_rows_end(input, &rows) - from);
    output_write(&writer->output, from, length);
    input->start += length;
    reader->rows += rows;
    reader->block_rows += rows;
    writer->rows += rows;
    writer->block_rows += rows;
}

static void
write_trailer(struct stream_writer *writer)
{
    struct buf line = {0};

    buf_add_format(&line, "%llu\t%llu\t%08x", (unsigned long long)writer->blocks,
        (unsigned long long)writer->rows, (unsigned)output_crc(&writer->output));
    stream_write_escaped(writer, "trailer", buf_slice(&line));
    buf_release(&line);
}

void
stream_writer_close(struct stream_writer *writer)
{
    write_trailer(writer);
    output_close(&writer->output);
    msg_set_hook(NULL, NULL);
}

void
stream_writer_seal(struct stream_writer *writer)
{
    write_trailer(writer);
    output_sync(&writer->output);
    output_close(&writer->output);
}
