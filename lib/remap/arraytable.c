#include "arraytable.h"

#include <stdlib.h>

#include "arrayrow.h"
#include "copyrow.h"
#include "input.h"
#include "mem.h"
#include "output.h"

#define MESSAGES 20 /* rejected rows that are named; the others are counted */

struct arraytable {
    const struct arraytable_options *options;
    struct input *input;
    struct output output;
    struct arrayrow_column *columns; /* by position */
    size_t n_fields;
    struct arrayrow row;
    unsigned long long line, rejected;
};

/* The next line with its newline still behind it; false at the end. */
static bool
next_line(struct arraytable *table, struct slice *line)
{
    bool terminated;

    if (!input_line(table->input, line, &terminated))
        return false;
    if (!terminated)
        msg_fatal(STATUS_INPUT, "%s breaks off in the middle of a line", table->input->name);
    table->line++;
    return true;
}

/* The place of a column in the header, which must name it once. */
static size_t
find_position(const struct arraytable *table, const char *name, const struct slice *fields)
{
    struct buf value = {0};
    size_t found = table->n_fields;

    for (size_t i = 0; i < table->n_fields; i++) {
        buf_clear(&value);
        if (!copyrow_unescape(fields[i], &value) || !slice_is(buf_slice(&value), name))
            continue;
        if (found < table->n_fields)
            msg_fatal(STATUS_INPUT, "%s has two columns \"%s\"", table->input->name, name);
        found = i;
    }
    buf_release(&value);
    if (found == table->n_fields)
        msg_fatal(
            STATUS_INPUT, "%s has no column \"%s\" in its header line", table->input->name, name);
    return found;
}

static int
by_position(const void *a, const void *b)
{
    const struct arrayrow_column *left = a, *right = b;

    return (left->position > right->position) - (left->position < right->position);
}

static void
read_header(struct arraytable *table)
{
    const struct arraytable_options *options = table->options;
    struct slice line, *fields;

    if (!next_line(table, &line))
        msg_fatal(STATUS_INPUT, "%s is empty: a header line was expected", table->input->name);
    table->n_fields = copyrow_split(line, NULL, 0);
    fields = mem_alloc(table->n_fields * sizeof *fields);
    copyrow_split(line, fields, table->n_fields);
    table->columns = mem_alloc(options->n_columns * sizeof *table->columns);
    for (size_t i = 0; i < options->n_columns; i++)
        table->columns[i] = (struct arrayrow_column){
            .position = find_position(table, options->columns[i].name, fields),
            .name = options->columns[i].name,
            .target = options->target,
            .unresolved = options->unresolved,
            .map = options->columns[i].map};
    qsort(table->columns, options->n_columns, sizeof *table->columns, by_position);
    free(fields);
    output_write(&table->output, line.data, line.length + 1);
}

static void
reject(struct arraytable *table)
{
    if (++table->rejected <= MESSAGES)
        msg_warning("%s: line %llu is left out: %s", table->input->name, table->line,
            buf_string(&table->row.reason));
}

static void
take_row(struct arraytable *table, struct slice line)
{
    switch (arrayrow_fix(
        &table->row, line, table->n_fields, table->columns, table->options->n_columns)) {
    case ARRAYFIX_KEPT:
        output_write(&table->output, line.data, line.length + 1);
        break;
    case ARRAYFIX_CHANGED:
        buf_add_char(&table->row.row, '\n');
        output_slice(&table->output, buf_slice(&table->row.row));
        break;
    case ARRAYFIX_REJECTED:
        reject(table);
        break;
    }
}

enum msg_status
arraytable_run(const struct arraytable_options *options)
{
    struct arraytable table = {.options = options, .input = input_open(options->path)};
    struct slice line;

    output_standard(&table.output);
    read_header(&table);
    while (next_line(&table, &line))
        take_row(&table, line);
    output_close(&table.output);
    if (table.rejected > 0)
        msg_error("%s: %llu row%s left out", table.input->name, table.rejected,
            table.rejected == 1 ? " is" : "s are");
    arrayrow_release(&table.row);
    free(table.columns);
    input_close(table.input);
    return table.rejected > 0 ? STATUS_PARTIAL : STATUS_OK;
}
