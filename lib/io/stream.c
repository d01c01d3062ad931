#include "stream.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "copyrow.h"
#include "crc.h"
#include "mem.h"
#include "msg.h"

const char *const stream_kind_names[] = {
    [STREAM_ROWS] = "rows", [STREAM_SCHEMA] = "schema", [STREAM_UNDO] = "undo"};
#define KINDS (sizeof stream_kind_names / sizeof stream_kind_names[0])

static const struct keyword {
    struct slice name;
    enum stream_event event;
    size_t min_fields; /* keyword included */
} keywords[] = {
    {{"table", 5}, STREAM_TABLE, 2},
    {{"end", 3}, STREAM_END, 2},
    {{"map", 3}, STREAM_MAP, 3},
    {{"inserted", 8}, STREAM_INSERTED, 4},
    {{"updated", 7}, STREAM_UPDATED, 4},
    {{"reject", 6}, STREAM_REJECT, 3},
    {{"unchanged", 9}, STREAM_UNCHANGED, 2},
    {{"mark", 4}, STREAM_MARK, 2},
    {{"plan", 4}, STREAM_PLAN, 2},
    {{"fact", 4}, STREAM_FACT, 2},
    {{"source", 6}, STREAM_SOURCE, 3},
    {{"sample", 6}, STREAM_SAMPLE, 2},
    {{"trailer", 7}, STREAM_TRAILER, 4},
};

/* Adds what was consumed of the window to the checksum, up to position `end`. */
static void
sum_up_to(struct stream_reader *reader, size_t end)
{
    const char *from = reader->input->data + reader->summed;

    reader->crc = crc_add(reader->crc, from, end - reader->summed);
    reader->summed = end;
}

/* True when there is a whole line; false at the end of input. */
static bool
next_line(struct stream_reader *reader)
{
    struct input *input = reader->input;
    size_t searched = 0;

    for (;;) {
        char *from = input->data + input->start;
        size_t length = input->end - input->start;
        char *newline = length > searched ? memchr(from + searched, '\n', length - searched) : NULL;

        if (newline != NULL) {
            reader->line = slice_make(from, (size_t)(newline - from));
            input->start += reader->line.length + 1;
            return true;
        }
        searched = length;
        sum_up_to(reader, input->start);
        if (!input_fill(input))
            return false;
        reader->summed = input->start;
    }
}

static void __attribute__((noreturn, format(printf, 2, 3)))
broken(const struct stream_reader *reader, const char *format, ...)
{
    va_list arguments;
    char text[1024];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    msg_fatal(STATUS_INPUT, "%s: %s", reader->input->name, text);
}

/* The tool before said why it failed: hand that on, or say it. */
static void __attribute__((noreturn)) error_record(struct stream_reader *reader)
{
    char *tool = stream_field(reader, 1), *status = stream_field(reader, 2);
    char *message = stream_field(reader, 3);
    int code = status != NULL ? (int)strtol(status, NULL, 10) : 0;

    if (code <= 0 || code > 255)
        code = STATUS_INPUT;
    if (reader->follower != NULL) {
        struct output *output = &reader->follower->output;

        output_write(output, reader->line.data, reader->line.length + 1);
        output_flush(output);
        _exit(code);
    }
    msg_fatal((enum msg_status)code, "%s failed: %s",
        tool != NULL ? tool : "a tool before this one",
        message != NULL ? message : "no reason given");
}

char *
stream_field(const struct stream_reader *reader, size_t field)
{
    struct buf value = {0};

    if (field >= reader->n_fields || copyrow_is_null(reader->fields[field]))
        return NULL;
    if (!copyrow_unescape(reader->fields[field], &value))
        broken(reader, "a control line has a field that ends in a backslash");
    buf_string(&value);
    return value.data;
}

/* A count or, in base 16, a checksum. */
static uint64_t
number(const struct stream_reader *reader, size_t field, int base)
{
    struct slice digits = reader->fields[field];
    char text[32] = "", *end = text;
    uint64_t value = 0;

    if (digits.length < sizeof text)
        memcpy(text, digits.data, digits.length);
    if (isxdigit((unsigned char)text[0]))
        value = strtoull(text, &end, base);
    if (end == text || end != text + digits.length)
        broken(reader, "has a control line with \"%.*s\" where a number belongs",
            (int)digits.length, digits.data);
    return value;
}

/* An unknown control line between blocks may start one of its own, or not. */
static bool
is_in_block(const struct stream_reader *reader)
{
    if (reader->block == STREAM_UNKNOWN)
        return reader->block_rows > 0;
    return reader->block != STREAM_END;
}

/* `expected` is NULL where any kind is welcome. */
static enum stream_kind
kind_of(const struct stream_reader *reader, const enum stream_kind *expected)
{
    size_t kind = 0;

    while (kind < KINDS && !slice_is(reader->fields[2], stream_kind_names[kind]))
        kind++;
    if (kind == KINDS || (expected != NULL && kind != (size_t)*expected))
        broken(reader, "is a merge stream of kind %.*s; this tool reads kind %s",
            (int)reader->fields[2].length, reader->fields[2].data,
            expected != NULL ? stream_kind_names[*expected] : "rows, schema or undo");
    return (enum stream_kind)kind;
}

static void
first_line(struct stream_reader *reader, const enum stream_kind *expected)
{
    if (!next_line(reader)) {
        if (reader->input->end == reader->input->start)
            broken(reader, "is empty: a merge stream was expected");
        broken(reader, "is not a merge stream: its first line does not end");
    }
    reader->n_fields = copyrow_split(reader->line, reader->fields, STREAM_MAX_COLUMNS + 2);
    if (!slice_is(reader->fields[0], "\\.merge-stream")) {
        if (slice_is(reader->fields[0], "\\.error"))
            error_record(reader);
        broken(reader, "is not a merge stream: it does not start with \\.merge-stream");
    }
    if (reader->n_fields < 3 || !slice_is(reader->fields[1], STREAM_VERSION))
        broken(reader,
            "is a merge stream of another version; this tool reads version " STREAM_VERSION);
    reader->kind = kind_of(reader, expected);
}

void
stream_start(struct stream_reader *reader, struct input *input, enum stream_kind expected)
{
    *reader = (struct stream_reader){.input = input, .block = STREAM_END, .summed = input->start};
    first_line(reader, &expected);
}

struct stream_reader *
stream_open(const char *path, enum stream_kind expected)
{
    struct stream_reader *reader = mem_alloc(sizeof *reader);

    stream_start(reader, input_open_plain(path), expected);
    return reader;
}

struct stream_reader *
stream_open_unsealed(const char *path)
{
    struct stream_reader *reader = mem_alloc(sizeof *reader);

    reader->input = input_open_plain(path);
    reader->block = STREAM_END;
    reader->unsealed = true;
    first_line(reader, NULL);
    return reader;
}

/* What the trailer says of the stream before it. */
static void
verify_seal(const struct stream_reader *reader, uint32_t crc)
{
    if (number(reader, 1, 10) != reader->blocks || number(reader, 2, 10) != reader->rows)
        broken(reader,
            "holds %llu blocks and %llu rows, its trailer says otherwise; behind a filter "
            "such as grep put stream-sealer",
            (unsigned long long)reader->blocks, (unsigned long long)reader->rows);
    if (number(reader, 3, 16) != crc)
        broken(reader,
            "was changed on its way: checksum %08x, its trailer says %.*s; behind a "
            "filter such as sed put stream-sealer",
            (unsigned)crc, (int)reader->fields[3].length, reader->fields[3].data);
}

static void
read_trailer(struct stream_reader *reader)
{
    struct input *input = reader->input;

    sum_up_to(reader, input->start - reader->line.length - 1);
    if (is_in_block(reader))
        broken(reader, "has its trailer inside a block");
    if (!reader->unsealed)
        verify_seal(reader, reader->crc);
    reader->summed = input->start;
    if (input->start < input->end || input_fill(input))
        broken(reader, "goes on behind its trailer");
    reader->ended = true;
}

static void
start_block(struct stream_reader *reader, enum stream_event event)
{
    if (is_in_block(reader))
        broken(reader, "starts a block inside a block");
    reader->block = event;
    reader->block_rows = 0;
}

static void
end_block(struct stream_reader *reader)
{
    if (reader->block == STREAM_END)
        broken(reader, "ends a block that did not start");
    if (!reader->unsealed && number(reader, 1, 10) != reader->block_rows)
        broken(reader,
            "has a block of %llu rows that says it has %.*s; behind a filter such as grep "
            "put stream-sealer",
            (unsigned long long)reader->block_rows, (int)reader->fields[1].length,
            reader->fields[1].data);
    reader->blocks++;
    reader->block = STREAM_END;
    reader->block_rows = 0;
}

static const struct keyword *
find_keyword(struct slice name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (slice_equal(keywords[i].name, name))
            return &keywords[i];
    return NULL;
}

/* What follows the first `skip` fields and their tabs. */
static struct slice
after_fields(const struct stream_reader *reader, size_t skip)
{
    const char *end = reader->line.data + reader->line.length, *from = end;

    if (reader->n_fields > skip)
        from = reader->fields[skip].data;
    return slice_make(from, (size_t)(end - from));
}

static enum stream_event
control_line(struct stream_reader *reader)
{
    const struct keyword *keyword;
    struct slice name;

    reader->n_fields = copyrow_split(reader->line, reader->fields, STREAM_MAX_COLUMNS + 2);
    if (reader->n_fields > STREAM_MAX_COLUMNS + 2)
        broken(reader, "has a control line of %zu fields", reader->n_fields);
    name = slice_make(reader->fields[0].data + 2, reader->fields[0].length - 2);
    if (slice_is(name, "error"))
        error_record(reader);
    keyword = find_keyword(name);
    if (keyword == NULL) {
        if (reader->block == STREAM_END)
            start_block(reader, STREAM_UNKNOWN);
        return STREAM_UNKNOWN;
    }
    if (reader->n_fields < keyword->min_fields)
        broken(
            reader, "has a control line \\.%.*s with too few fields", (int)name.length, name.data);
    switch (keyword->event) {
    case STREAM_TABLE:
    case STREAM_SAMPLE:
    case STREAM_MAP:
    case STREAM_INSERTED:
    case STREAM_UPDATED:
        start_block(reader, keyword->event);
        break;
    case STREAM_REJECT:
    case STREAM_UNCHANGED:
    case STREAM_MARK:
        if (reader->block != STREAM_TABLE)
            broken(
                reader, "has a control line \\.%.*s outside a table", (int)name.length, name.data);
        if (keyword->event == STREAM_UNCHANGED)
            number(reader, 1, 10);
        reader->rest = after_fields(reader, 3);
        break;
    case STREAM_END:
        end_block(reader);
        break;
    case STREAM_TRAILER:
        read_trailer(reader);
        break;
    default:
        reader->rest = after_fields(reader, 1);
        break;
    }
    return keyword->event;
}

enum stream_event
stream_read(struct stream_reader *reader)
{
    if (!next_line(reader)) {
        if (reader->input->end > reader->input->start)
            broken(reader, "breaks off in the middle of a line: the tool before this one died");
        broken(reader, "ends without its trailer: the tool before this one died");
    }
    if (slice_starts(reader->line, SLICE("\\.")))
        return control_line(reader);
    if (reader->block == STREAM_END)
        broken(reader, "has a row outside a block");
    reader->rows++;
    reader->block_rows++;
    return STREAM_ROW;
}

void
stream_close(struct stream_reader *reader)
{
    input_close(reader->input);
    free(reader);
}
