#include "dump.h"

#include <string.h>

#include "copyscan.h"

/* What stands behind `COPY ... FROM stdin;` on its line must be blank. */
void
dump_rows_start(struct dump *dump, struct dump_block *block)
{
    struct slice line;
    bool terminated;

    if (!input_line(dump->input, &line, &terminated) || !terminated)
        dump_refuse(dump, dump->statement_line, "COPY data is missing: the dump is cut");
    block->carriage = line.length > 0 && line.data[line.length - 1] == '\r';
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            dump_refuse(
                dump, dump->lex.line, "text stands behind COPY ... FROM stdin; on its line");
    dump->lex.line++;
    block->line = dump->lex.line;
    block->offset = input_tell(dump->input);
    dump->row_block = block;
    dump->in_rows = true;
}

/* Copies the rows without the carriage returns at their lines' ends. */
static struct slice
without_carriage(struct dump *dump, const struct dump_block *block, struct slice rows)
{
    const char *p = rows.data, *end = p + rows.length;

    buf_clear(&dump->row_buffer);
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));

        if (newline == p || newline[-1] != '\r')
            dump_refuse(
                dump, block->line, "COPY data whose lines end in CR LF, but not all of them");
        buf_add(&dump->row_buffer, p, (size_t)(newline - p) - 1);
        buf_add_char(&dump->row_buffer, '\n');
        p = newline + 1;
    }
    return buf_slice(&dump->row_buffer);
}

static void
end_rows(struct dump *dump, const struct dump_block *block, const struct copyscan *scan)
{
    if (scan->state == COPYSCAN_BAD)
        dump_refuse(dump, block->line + (uint64_t)block->rows,
            "a row of COPY data starts with \\. : the dump is damaged");
    dump->input->start += scan->marker;
    dump->lex.line += 1;
    dump->in_rows = false;
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
dump_rows(struct dump *dump, struct slice *rows, uint64_t *n)
{
    struct dump_block *block = dump->row_block;
    struct input *input = dump->input;

    while (dump->in_rows) {
        struct slice window = slice_make(input->data + input->start, input->end - input->start);
        struct copyscan scan = copyscan_rows(window, input->eof ? COPYSCAN_WHOLE : COPYSCAN_PART);

        if (scan.rows > 0) {
            *rows = slice_make(window.data, scan.length);
            *n = scan.rows;
            input->start += scan.length;
            block->rows += (int64_t)scan.rows;
            block->bytes += scan.length;
            dump->lex.line += scan.rows;
            if (block->carriage)
                *rows = without_carriage(dump, block, *rows);
            return true;
        }
        if (scan.state != COPYSCAN_MORE)
            end_rows(dump, block, &scan);
        else if (input->eof)
            dump_refuse(dump, block->line + (uint64_t)block->rows,
                "the data of %s does not end: the dump is cut", block->table);
        else
            fill_to_newline(input);
    }
    return false;
}

void
dump_reread(struct dump *dump, const struct dump_block *block)
{
    dump->again = *block;
    dump->again.rows = 0;
    dump->again.bytes = 0;
    dump->row_block = &dump->again;
    input_seek(dump->input, block->offset);
    dump->in_rows = true;
}
