/*
 * Rows of COPY in other formats: whatever stands there, what comes out are rows of COPY TEXT with
 * as many fields as there are columns, and they are the same when the lines come one by one.
 */
#include "copyconvert.h"
#include "copyrow.h"
#include "fuzz.h"

#define REQUIRE(condition) ((condition) ? (void)0 : abort())
#define COLUMNS 3

static void
check_rows(struct slice rows, uint64_t n)
{
    struct slice fields[COLUMNS];
    struct buf value = {0};

    for (; rows.length > 0; n--) {
        REQUIRE(copyrow_split(copyrow_next(&rows), fields, COLUMNS) == COLUMNS);
        for (size_t i = 0; i < COLUMNS; i++)
            REQUIRE(copyrow_is_null(fields[i]) || copyrow_unescape(fields[i], &value));
    }
    REQUIRE(n == 0);
    buf_release(&value);
}

/* Takes the lines one by one. */
static bool
take_lines(const struct copyconvert_format *format, struct slice lines, struct buf *rows)
{
    struct copyconvert convert = {0};
    struct buf out = {0};
    size_t length;
    uint64_t n;
    bool good = true;

    copyconvert_init(&convert, format, COLUMNS);
    while (good && lines.length > 0) {
        const char *end = (const char *)memchr(lines.data, '\n', lines.length) + 1;

        good = copyconvert_take(
            &convert, slice_make(lines.data, (size_t)(end - lines.data)), &out, &length, &n);
        if (length > 0) {
            buf_add(rows, out.data, length);
            memmove(out.data, out.data + length, out.length - length);
            out.length -= length;
        }
        lines = slice_make(end, lines.length - (size_t)(end - lines.data));
    }
    buf_release(&out);
    copyconvert_release(&convert);
    return good;
}

/* The first bytes say the format. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct copyconvert_format format = {0};
    struct copyconvert convert = {0};
    struct buf out = {0}, again = {0};
    struct slice lines;
    size_t length;
    uint64_t n;
    bool good;
    char null[2] = {0};

    if (size < 6 || data[size - 1] != '\n')
        return 0;
    format = (struct copyconvert_format){.csv = (data[0] & 1) != 0,
        .header = (data[0] & 2) != 0,
        .delimiter = (char)data[1],
        .quote = (char)data[2],
        .escape = (char)data[3],
        .null = null};
    null[0] = (char)data[4];
    lines = slice_make((const char *)data + 5, size - 5);
    if (copyconvert_check(&format) != NULL)
        return 0;
    copyconvert_init(&convert, &format, COLUMNS);
    good = copyconvert_take(&convert, lines, &out, &length, &n);
    check_rows(slice_make(out.data, length), n);
    REQUIRE(take_lines(&format, lines, &again) == good);
    if (good)
        REQUIRE(slice_equal(slice_make(out.data, length), buf_slice(&again)));
    buf_release(&out);
    buf_release(&again);
    copyconvert_release(&convert);
    return 0;
}
