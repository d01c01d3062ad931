#include "blockrows.h"

#include <string.h>

#include "copyscan.h"

void
blockrows_start(
    struct blockrows *rows, struct backup *backup, struct input *input, struct backup_block *block)
{
    rows->backup = backup;
    rows->input = input;
    rows->block = block;
    rows->rows = rows->bytes = 0;
}

void
blockrows_release(struct blockrows *rows)
{
    buf_release(&rows->buffer);
}

/* Refuses the row that comes next. */
static void __attribute__((noreturn)) refuse_row(const struct blockrows *rows, const char *why)
{
    const struct backup_block *block = rows->block;

    if (block->line > 0)
        backup_refuse(rows->backup, block->line + rows->rows, "%s", why);
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

bool
blockrows_read(struct blockrows *rows, struct backup_rows *out)
{
    struct input *input = rows->input;

    while (rows->block != NULL) {
        struct slice window = slice_make(input->data + input->start, input->end - input->start);
        struct copyscan scan = copyscan_rows(window, input->eof ? COPYSCAN_WHOLE : COPYSCAN_PART);

        if (scan.rows > 0) {
            *out =
                (struct backup_rows){.text = slice_make(window.data, scan.length), .n = scan.rows};
            if (rows->block->carriage)
                out->text = without_carriage(rows, out->text);
            input->start += scan.length;
            rows->rows += scan.rows;
            rows->bytes += scan.length;
            return true;
        }
        if (scan.state != COPYSCAN_MORE)
            end_rows(rows, &scan);
        else if (input->eof)
            backup_refuse(rows->backup, rows->block->line > 0 ? rows->block->line + rows->rows : 0,
                "the data of %s does not end: the backup is cut", rows->block->table);
        else
            fill_to_newline(input);
    }
    return false;
}
