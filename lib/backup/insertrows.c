#include "insertrows.h"

#include <stdlib.h>

#include "mem.h"
#include "sqlliteral.h"

#define CHUNK ((size_t)128 * 1024)
#define HEAD_LIMIT ((size_t)64 * 1024)

/* ---- blocks and statements */

static void
add_column(struct insertrows *rows, const struct schema_table *table, const char *name,
    struct schema_names *columns)
{
    const struct schema_column *column = table != NULL ? schema_find_column(table, name) : NULL;
    struct insertrow_column *added = &rows->columns[rows->row.n++];

    *added = (struct insertrow_column){.name = name};
    if (column != NULL) {
        added->type = column->type;
        added->generated = column->generated;
    }
    if (!added->generated)
        schema_add_name(columns, name);
}

void
insertrows_start(struct insertrows *rows, struct backup *backup, struct input *input,
    const char *table, const struct schema_names *listed, struct schema_names *columns)
{
    const struct schema_table *declared = schema_find_table(&backup->schema, table);
    size_t n = listed != NULL ? listed->n : declared != NULL ? declared->n_columns : 0;
    const char *encoding = backup->ddl.client_encoding;

    free(rows->columns);
    buf_clear(&rows->head);
    buf_clear(&rows->tail);
    rows->backup = backup;
    rows->input = input;
    rows->rows = 0;
    rows->columns = mem_alloc((n + 1) * sizeof *rows->columns);
    insertrow_release(&rows->row);
    insertrow_init(&rows->row, rows->columns, 0);
    rows->row.schema = ddl_own_schema(&backup->ddl);
    rows->row.utf8 = encoding == NULL || strcasecmp(encoding, "UTF8") == 0;
    for (size_t i = 0; i < n; i++)
        add_column(
            rows, declared, listed != NULL ? listed->names[i] : declared->columns[i].name, columns);
}

/* The bytes from that offset up to where the input stands, where they are still in the window. */
static void
remember(const struct insertrows *rows, struct buf *text, uint64_t begun)
{
    const struct input *input = rows->input;
    uint64_t length = input_tell(input) - begun;

    buf_clear(text);
    if (begun >= input->offset && length < HEAD_LIMIT)
        buf_add(text, input->data + (begun - input->offset), (size_t)length);
}

void
insertrows_statement(struct insertrows *rows, const struct sqllex *lex, uint64_t begun)
{
    remember(rows, &rows->head, begun);
    rows->line = lex->line;
    rows->row.standard_strings = lex->standard_strings;
    rows->state = INSERTROWS_AT_ROW;
}

void
insertrows_unread(struct insertrows *rows, struct slice text, uint64_t line, uint64_t now)
{
    buf_clear(&rows->out);
    rows->reported = 0;
    insertrow_unread(&rows->row, text, &rows->out);
    buf_clear(&rows->reason);
    buf_add_format(&rows->reason, "line %llu: INSERT without a list of VALUES is not evaluated",
        (unsigned long long)line);
    rows->rejected = true;
    rows->line = now;
    rows->behind = input_tell(rows->input);
    rows->state = INSERTROWS_ENDED;
}

void
insertrows_defaults(struct insertrows *rows, struct slice text, uint64_t line, uint64_t now)
{
    bool some = false;

    for (size_t i = 0; i < rows->row.n; i++)
        some = some || !rows->row.columns[i].generated;
    insertrows_unread(rows, some ? text : slice_make(text.data, 0), line, now);
    if (!some)
        buf_clear(&rows->reason); /* an empty row, as pg_dump writes it of tables without columns */
}

void
insertrows_release(struct insertrows *rows)
{
    insertrow_release(&rows->row);
    free(rows->columns);
    buf_release(&rows->head);
    buf_release(&rows->tail);
    buf_release(&rows->out);
    buf_release(&rows->reason);
}

/* ---- the window */

static struct slice
window_of(const struct insertrows *rows)
{
    const struct input *input = rows->input;

    return slice_make(input->data + input->start, input->end - input->start);
}

/* Moves the input to `to`, which is in its window. */
static void
consume(struct insertrows *rows, const char *to)
{
    struct input *input = rows->input;
    const char *p = input->data + input->start;

    input->start += (size_t)(to - p);
    while ((p = memchr(p, '\n', (size_t)(to - p))) != NULL) {
        rows->line++;
        p++;
    }
}

/* Doubles what is in the window, so that a huge row is looked at not much more than twice. */
static void
fill(struct input *input)
{
    size_t wanted = (input->end - input->start) * 2;

    while (input_fill(input) && input->end - input->start < wanted)
        continue;
}

/* Steps to what follows white space and comments. */
static void
skip_space(struct insertrows *rows)
{
    for (;;) {
        struct slice window = window_of(rows);
        struct sqlliteral at = {
            .p = window.data, .end = window.data + window.length, .whole = rows->input->eof};
        bool newline = false;

        if (sqlliteral_space(&at, &newline) == SQLLITERAL_DONE &&
            (at.p < at.end || rows->input->eof)) {
            consume(rows, at.p);
            return;
        }
        if (rows->input->eof)
            backup_refuse(rows->backup, rows->line, "a comment is not closed: the backup is cut");
        fill(rows->input);
    }
}

/* Steps over `text` when it comes next. */
static bool
accept(struct insertrows *rows, const struct buf *text)
{
    struct slice window = window_of(rows);

    while (window.length < text->length && input_fill(rows->input))
        window = window_of(rows);
    if (text->length == 0 || !slice_starts(window, buf_slice(text)))
        return false;
    consume(rows, window.data + text->length);
    return true;
}

/* Steps over white space and the head of a statement like the last one. */
static bool
accept_head(struct insertrows *rows)
{
    struct slice window = window_of(rows);
    const char *p = window.data;

    while ((size_t)(p - window.data) < window.length && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    consume(rows, p);
    return accept(rows, &rows->head);
}

/* ---- rows */

static void __attribute__((noreturn)) refuse_row(const struct insertrows *rows)
{
    backup_refuse(rows->backup, rows->line,
        "no row of VALUES stands here, or it does not end: the backup is cut or damaged");
}

/* Appends the row that comes next to `out`. */
static void
take_row(struct insertrows *rows)
{
    enum insertrow_result result;
    struct slice window;

    for (;;) {
        window = window_of(rows);
        result = insertrow_take(
            &rows->row, &window, rows->input->eof ? INSERTROW_WHOLE : INSERTROW_PART, &rows->out);
        if (result != INSERTROW_MORE)
            break;
        fill(rows->input);
    }
    if (result == INSERTROW_BAD)
        refuse_row(rows);
    if (result == INSERTROW_REJECT) {
        rows->rejected = true;
        buf_clear(&rows->reason);
        buf_add_format(&rows->reason, "line %llu: %s", (unsigned long long)rows->line,
            buf_string(&rows->row.reason));
    }
    consume(rows, window.data);
    rows->behind = input_tell(rows->input);
    rows->state = INSERTROWS_BEHIND_ROW;
}

/* Behind a row: a comma and another one, the end, or a tail. False at a tail. */
static bool
pass_comma(struct insertrows *rows)
{
    struct slice window;

    if (accept(rows, &rows->tail)) {
        rows->state = INSERTROWS_ENDED;
        rows->behind = input_tell(rows->input);
        return true;
    }
    skip_space(rows);
    window = window_of(rows);
    if (window.length == 0)
        refuse_row(rows);
    if (*window.data != ',' && *window.data != ';')
        return false;
    rows->state = *window.data == ',' ? INSERTROWS_AT_ROW : INSERTROWS_ENDED;
    consume(rows, window.data + 1);
    rows->behind = input_tell(rows->input);
    return true;
}

/* Hands out what is in `out`: rows up to a rejected one, then that. */
static void
hand_out(struct insertrows *rows, struct backup_rows *out, uint64_t n, size_t length)
{
    *out = (struct backup_rows){.n = n};
    out->text = slice_make(rows->out.data + rows->reported, length - rows->reported);
    rows->reported = length;
    rows->rows += n;
}

static void
hand_out_rejected(struct insertrows *rows, struct backup_rows *out)
{
    hand_out(rows, out, 1, rows->out.length);
    out->reason = rows->reason.length > 0 ? buf_string(&rows->reason) : NULL;
    rows->rejected = false;
}

/* Reads rows into `out` until there are enough, one is rejected, or the statement does not go on.
 */
static enum insertrows_event
gather(struct insertrows *rows, uint64_t *n, size_t *length)
{
    while (rows->out.length < CHUNK && !rows->rejected) {
        if (rows->state == INSERTROWS_ENDED) {
            if (!accept_head(rows))
                return INSERTROWS_STATEMENT;
            rows->state = INSERTROWS_AT_ROW;
        }
        if (rows->state == INSERTROWS_AT_ROW) {
            skip_space(rows);
            *length = rows->out.length;
            take_row(rows);
            *n += !rows->rejected;
            if (!rows->rejected)
                *length = rows->out.length;
        }
        if (!pass_comma(rows))
            return INSERTROWS_TAIL;
    }
    return INSERTROWS_ROWS;
}

enum insertrows_event
insertrows_read(struct insertrows *rows, struct backup_rows *out)
{
    enum insertrows_event event;
    size_t length = 0;
    uint64_t n = 0;

    if (!rows->rejected) {
        buf_clear(&rows->out);
        rows->reported = 0;
        event = gather(rows, &n, &length);
        if (n > 0)
            hand_out(rows, out, n, length);
        if (n > 0 || event != INSERTROWS_ROWS)
            return n > 0 ? INSERTROWS_ROWS : event;
    }
    hand_out_rejected(rows, out);
    return INSERTROWS_ROWS;
}

void
insertrows_tail(struct insertrows *rows, uint64_t line)
{
    remember(rows, &rows->tail, rows->behind);
    rows->behind = input_tell(rows->input);
    rows->line = line;
    rows->state = INSERTROWS_ENDED;
}
