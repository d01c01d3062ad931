#include "blockrows.h"

#include <string.h>

#include "copyrow.h"
#include "copyscan.h"

void
blockrows_start(
    struct blockrows *rows, struct backup *backup, struct input *input, struct backup_block *block)
{
    rows->backup = backup;
    rows->input = input;
    rows->block = block;
    rows->rows = rows->bytes = rows->lines = 0;
    buf_clear(&rows->converted);
    rows->given = 0;
    if (block->format != NULL)
        copyconvert_init(&rows->convert, block->format, block->columns.n);
}

void
blockrows_release(struct blockrows *rows)
{
    buf_release(&rows->buffer);
    buf_release(&rows->converted);
    copyconvert_release(&rows->convert);
}

/* Refuses the row that comes next. */
static void __attribute__((noreturn)) refuse_row(const struct blockrows *rows, const char *why)
{
    const struct backup_block *block = rows->block;

    if (block->line > 0)
        backup_refuse(rows->backup, block->line + rows->lines, "%s", why);
    backup_refuse(
        rows->backup, 0, "%s, row %llu: %s", block->table, (unsigned long long)rows->rows + 1, why);
}

/* Copies the rows without the carriage returns at their lines' ends. */
static struct slice
without_carriage(struct blockrows *rows, struct slice lines)
{
    const char *p = lines.data, *end = p + lines.length;

    buf_clear(&rows->buffer);
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));

        if (newline == p || newline[-1] != '\r')
            refuse_row(rows, "COPY data whose lines end in CR LF, but not all of them");
        buf_add(&rows->buffer, p, (size_t)(newline - p) - 1);
        buf_add_char(&rows->buffer, '\n');
        p = newline + 1;
    }
    return buf_slice(&rows->buffer);
}

static void
end_rows(struct blockrows *rows, const struct copyscan *scan)
{
    if (scan->state == COPYSCAN_BAD)
        refuse_row(rows, "a row of COPY data starts with \\. : the dump is damaged");
    if (rows->block->format != NULL && !copyconvert_is_whole(&rows->convert))
        refuse_row(rows, "a quoted field of COPY data does not end: the backup is damaged");
    rows->input->start += scan->marker;
    rows->block->rows = (int64_t)rows->rows;
    rows->block->bytes = rows->bytes;
    rows->block = NULL;
}

/* Reads until the window has a newline more; what it has is not searched again for a huge row. */
static void
fill_to_newline(struct input *input)
{
    size_t length;

    do
        length = input->end - input->start;
    while (input_fill(input) && memchr(input->data + input->start + length, '\n',
                                    input->end - input->start - length) == NULL);
}

#define BLOCK 128 /* at most 255: the tabs of a block are counted in a byte */

/* Plain loops over a fixed number of bytes, which compilers turn into vector instructions. */
static uint64_t
count_tabs(struct slice text)
{
    const char *p = text.data, *end = p + text.length;
    uint64_t tabs = 0;

    for (; end - p >= BLOCK; p += BLOCK) {
        unsigned char n = 0;

        for (int i = 0; i < BLOCK; i++)
            n = (unsigned char)(n + (p[i] == '\t'));
        tabs += n;
    }
    for (; p < end; p++)
        tabs += *p == '\t';
    return tabs;
}

/*
 * Refuses rows with more or fewer fields than columns, of which psql would load none. All of them
 * are counted at once; only where that is wrong it is looked for the row.
 */
static void
check_width(struct blockrows *rows, const struct backup_rows *piece)
{
    size_t columns = rows->block->columns.n;
    struct slice text = piece->text;

    if (columns == 0 || count_tabs(text) == piece->n * (columns - 1))
        return;
    while (text.length > 0) {
        struct slice row = copyrow_next(&text);
        size_t fields = copyrow_split(row, NULL, 0);

        if (fields != columns)
            backup_refuse(rows->backup, rows->block->line > 0 ? rows->block->line + rows->lines : 0,
                "a row of %s has %zu fields, its COPY command lists %zu columns",
                rows->block->table, fields, columns);
        rows->lines++;
    }
}

/* Turns lines into rows of COPY TEXT; there may be none yet. */
static void
convert_rows(struct blockrows *rows, struct backup_rows *out)
{
    struct buf *converted = &rows->converted;
    size_t left = converted->length - rows->given, length;

    if (rows->given > 0 && left > 0)
        memmove(converted->data, converted->data + rows->given, left);
    converted->length = left;
    if (!copyconvert_take(&rows->convert, out->text, converted, &length, &out->n)) {
        rows->lines += out->n; /* as many at least */
        refuse_row(rows, rows->convert.reason);
    }
    if (converted->length - length + rows->convert.field.length > INPUT_LIMIT)
        refuse_row(rows, "a row of more than 1024 MB: a quote may be missing");
    rows->given = length;
    out->text = slice_make(converted->data, length);
}

/* The lines at the front of the window, as rows. */
static void
take_lines(struct blockrows *rows, const struct copyscan *scan, struct backup_rows *out)
{
    struct input *input = rows->input;

    *out = (struct backup_rows){
        .text = slice_make(input->data + input->start, scan->length), .n = scan->rows};
    if (rows->block->carriage)
        out->text = without_carriage(rows, out->text);
    if (rows->block->format != NULL)
        convert_rows(rows, out);
    else if (rows->block->columns_known)
        check_width(rows, out);
    input->start += scan->length;
    rows->rows += out->n;
    rows->lines += scan->rows;
    rows->bytes += scan->length;
}

bool
blockrows_read(struct blockrows *rows, struct backup_rows *out)
{
    struct input *input = rows->input;

    while (rows->block != NULL) {
        struct slice window = slice_make(input->data + input->start, input->end - input->start);
        struct copyscan scan = copyscan_rows(window, input->eof ? COPYSCAN_WHOLE : COPYSCAN_PART);

        if (scan.rows > 0) {
            take_lines(rows, &scan, out);
            if (out->n > 0)
                return true;
        } else if (scan.state != COPYSCAN_MORE) {
            end_rows(rows, &scan);
        } else if (input->eof) {
            backup_refuse(rows->backup, rows->block->line > 0 ? rows->block->line + rows->lines : 0,
                "the data of %s does not end: the backup is cut", rows->block->table);
        } else {
            fill_to_newline(input);
        }
    }
    return false;
}
