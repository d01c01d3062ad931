#include "splitplan.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "spool.h"

/* Rows of one COPY command that wait for their turn. */
struct part {
    size_t block;            /* of backup->blocks */
    uint64_t offset, length; /* in the spool */
    uint64_t rows;
    struct part *next;
};

struct turn {
    const struct plan_table *table;
    struct part *first, **last;
    bool written, insert;
};

struct splitplan {
    struct backup *backup;
    const struct plan *plan;
    struct stream_writer writer;
    struct turn *turns;  /* one for each table of the plan, in its order */
    size_t n, next;      /* next: the first that was not written */
    size_t open;         /* the turn whose block was started and not ended, or n */
    struct spool *spool; /* NULL: nothing was kept, or the input can seek */
    struct progress progress;
    uint64_t rows; /* that the plan expects; 0: not known */
    size_t inserts;
    bool said;
};

struct plan *
splitplan_read(const char *path)
{
    struct input *input = input_open_plain(path);
    struct plan *plan = mem_alloc(sizeof *plan);
    struct slice line;
    bool terminated;
    char *reason;

    for (unsigned long n = 1; input_line(input, &line, &terminated); n++)
        if (!plan_parse(plan, line, &reason))
            msg_fatal(STATUS_USAGE, "%s, line %lu: %s", input->name, n, reason);
    if (!plan_check(plan, &reason))
        msg_fatal(STATUS_USAGE, "%s: %s", input->name, reason);
    input_close(input);
    return plan;
}

/* ---- what is written around the rows */

static void
start_stream(struct splitplan *split)
{
    struct buf text = {0};
    const char *p, *end, *newline;

    if (split->said)
        return;
    split->said = true;
    split_sources(&split->writer, split->backup);
    plan_format(split->plan, &text);
    p = memchr(text.data, '\n', text.length); /* the header line is for readers of the file */
    end = text.data + text.length;
    for (p++; p < end; p = newline + 1) {
        newline = memchr(p, '\n', (size_t)(end - p));
        stream_write_escaped(&split->writer, "plan", slice_make(p, (size_t)(newline - p)));
    }
    buf_release(&text);
}

static void __attribute__((noreturn))
other_backup(const struct splitplan *split, const char *table, const char *column)
{
    msg_fatal(STATUS_INPUT,
        "%s has %s%s%s, which the plan does not know: the plan was made for another backup",
        split->backup->name, table, column != NULL ? ", column " : "",
        column != NULL ? column : "");
}

/* The plan's column for one of the backup, by the backup's name. */
static const struct plan_column *
planned(const struct splitplan *split, const struct plan_table *table, const char *name)
{
    const struct plan_column *column = plan_find_backup_column(table, name);

    if (column == NULL)
        other_backup(split, plan_table_backup(table), name);
    return column;
}

/* Starts the block of a table whose rows have those columns; the stream has the live names. */
static void
start_block(
    struct splitplan *split, const struct plan_table *table, const struct schema_names *columns)
{
    struct slice *fields = mem_alloc((columns->n + 1) * sizeof *fields);
    size_t n = 0;

    fields[n++] = slice_string(table->name);
    for (size_t i = 0; i < columns->n; i++) {
        const struct plan_column *column = planned(split, table, columns->names[i]);

        if (column->action != PLAN_COLUMN_SKIP)
            fields[n++] = slice_string(column->name);
    }
    stream_write_control(&split->writer, "table", fields, n);
    free(fields);
}

/* The block of a table of which the backup holds nothing. */
static void
empty_block(struct splitplan *split, const struct plan_table *table)
{
    struct schema_names columns = {0};

    for (size_t i = 0; i < table->n_columns; i++)
        schema_add_name(&columns, plan_column_backup(&table->columns[i]));
    start_block(split, table, &columns);
    stream_write_end(&split->writer);
}

/* ---- rows */

/* Rows of a block on their way out, without the columns that the plan skips. */
struct projection {
    bool *keep; /* NULL: all, and the rows go byte for byte */
    size_t n;
    struct slice *fields;
    struct buf out;
};

static void
projection_init(struct projection *projection, const struct splitplan *split,
    const struct plan_table *table, const struct backup_block *block)
{
    size_t skipped = 0;

    *projection = (struct projection){.n = block->columns.n};
    projection->keep = mem_alloc(projection->n * sizeof *projection->keep);
    for (size_t i = 0; i < projection->n; i++) {
        projection->keep[i] =
            planned(split, table, block->columns.names[i])->action != PLAN_COLUMN_SKIP;
        skipped += !projection->keep[i];
    }
    if (skipped == 0) {
        free(projection->keep);
        projection->keep = NULL;
    } else {
        projection->fields = mem_alloc(projection->n * sizeof *projection->fields);
    }
}

static void
projection_release(struct projection *projection)
{
    free(projection->keep);
    free(projection->fields);
    buf_release(&projection->out);
}

static void
project_row(struct projection *projection, struct slice row, const struct splitplan *split,
    const struct backup_block *block)
{
    bool first = true;
    size_t n = copyrow_split(row, projection->fields, projection->n);

    if (n != projection->n)
        msg_fatal(STATUS_INPUT,
            "%s: a row of %s has %zu fields, its COPY command lists %zu columns",
            split->backup->name, block->table, n, projection->n);
    for (size_t i = 0; i < n; i++) {
        if (!projection->keep[i])
            continue;
        if (!first)
            buf_add_char(&projection->out, '\t');
        first = false;
        buf_add_slice(&projection->out, projection->fields[i]);
    }
    buf_add_char(&projection->out, '\n');
}

static void
show_progress(struct splitplan *split)
{
    struct progress_state state;

    if (!progress_is_due(&split->progress))
        return;
    state.bytes = backup_consumed(split->backup);
    state.bytes_total = backup_size(split->backup);
    state.rows = split->writer.rows;
    state.rows_total = split->rows;
    progress_show(&split->progress, &state);
}

/* Whole rows. */
static void
pass_rows(struct splitplan *split, struct projection *projection, const struct backup_block *block,
    const struct backup_rows *rows)
{
    const char *p = rows->text.data, *end = p + rows->text.length, *newline;
    struct slice out = rows->text;

    if (projection->keep != NULL) {
        buf_clear(&projection->out);
        for (; p < end; p = newline + 1) {
            newline = memchr(p, '\n', (size_t)(end - p));
            project_row(projection, slice_make(p, (size_t)(newline - p)), split, block);
        }
        out = buf_slice(&projection->out);
    }
    stream_write_rows(&split->writer, out, rows->n);
    show_progress(split);
}

/* From the backup, where it stands now. */
static void
pass_from_backup(
    struct splitplan *split, const struct plan_table *table, const struct backup_block *block)
{
    struct projection projection;
    struct backup_rows rows;

    projection_init(&projection, split, table, block);
    while (backup_rows(split->backup, &rows))
        pass_rows(split, &projection, block, &rows);
    projection_release(&projection);
}

/* Each chunk of rows in the spool has its length and its number of rows before it. */
struct chunk {
    uint64_t length, rows;
};

static void
keep_rows(struct splitplan *split, struct part *part)
{
    struct backup_rows rows;

    if (split->spool == NULL)
        split->spool = spool_open();
    part->offset = spool_tell(split->spool);
    while (backup_rows(split->backup, &rows)) {
        struct chunk chunk = {rows.text.length, rows.n};

        spool_write(split->spool, slice_make((const char *)&chunk, sizeof chunk));
        spool_write(split->spool, rows.text);
        show_progress(split);
    }
    part->length = spool_tell(split->spool) - part->offset;
}

/* Reads exactly that many bytes. */
static void
read_spool(struct splitplan *split, uint64_t *offset, uint64_t length, struct buf *out)
{
    buf_clear(out);
    while (length > 0) {
        struct slice bytes = spool_read(split->spool, *offset, length);

        buf_add_slice(out, bytes);
        *offset += bytes.length;
        length -= bytes.length;
    }
}

static void
pass_from_spool(struct splitplan *split, const struct plan_table *table, const struct part *part)
{
    const struct backup_block *block = &split->backup->blocks[part->block];
    uint64_t offset = part->offset;
    struct projection projection;
    struct buf bytes = {0};
    struct backup_rows rows;
    struct chunk chunk;

    projection_init(&projection, split, table, block);
    while (offset < part->offset + part->length) {
        read_spool(split, &offset, sizeof chunk, &bytes);
        memcpy(&chunk, bytes.data, sizeof chunk);
        read_spool(split, &offset, chunk.length, &bytes);
        rows = (struct backup_rows){buf_slice(&bytes), chunk.rows};
        pass_rows(split, &projection, block, &rows);
    }
    buf_release(&bytes);
    projection_release(&projection);
}

/* ---- turns */

/* Ends the block that was left open in case that more rows of its table would follow. */
static void
close_open(struct splitplan *split)
{
    if (split->open < split->n)
        stream_write_end(&split->writer);
    split->open = split->n;
}

static bool
same_columns(struct splitplan *split, const struct part *a, const struct part *b)
{
    return schema_names_equal(
        &split->backup->blocks[a->block].columns, &split->backup->blocks[b->block].columns);
}

/* Writes the block of a table from the parts that were kept of it. */
static void
write_turn(struct splitplan *split, struct turn *turn)
{
    turn->written = true;
    if (turn->first == NULL) {
        empty_block(split, turn->table);
        return;
    }
    start_block(split, turn->table, &split->backup->blocks[turn->first->block].columns);
    for (const struct part *part = turn->first; part != NULL; part = part->next) {
        const struct backup_block *block = &split->backup->blocks[part->block];

        if (!same_columns(split, turn->first, part))
            backup_refuse(
                split->backup, block->line, "%s comes twice, with other columns", block->table);
        if (split->backup->access != BACKUP_ONCE) {
            backup_reread(split->backup, part->block);
            pass_from_backup(split, turn->table, block);
        } else {
            pass_from_spool(split, turn->table, part);
        }
    }
    stream_write_end(&split->writer);
}

/* True when the rows of a block that has passed by are more than none. The block that the backup
 * stands at can be read as before. */
static bool
holds_rows(struct splitplan *split, size_t block)
{
    struct backup_rows rows;
    bool some;

    if (split->backup->blocks[block].rows >= 0)
        return split->backup->blocks[block].rows > 0;
    backup_reread(split->backup, block);
    some = backup_rows(split->backup, &rows);
    backup_reread(split->backup, split->backup->n_blocks - 1);
    return some;
}

/*
 * A table that the plan says is empty, whose block may have been seen already: it can be written
 * while the backup is still being read, for nothing has to be read again.
 */
static void
write_empty_turn(struct splitplan *split, struct turn *turn)
{
    turn->written = true;
    if (turn->first == NULL) {
        empty_block(split, turn->table);
        return;
    }
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        if (holds_rows(split, part->block))
            msg_fatal(STATUS_INPUT,
                "%s has rows of %s, the plan says none: the plan was made for another backup",
                split->backup->name, turn->table->name);
    start_block(split, turn->table, &split->backup->blocks[turn->first->block].columns);
    stream_write_end(&split->writer);
}

/* True when the plan says that the backup holds no rows of the table, so that none need be awaited.
 */
static bool
is_passed_by(const struct turn *turn)
{
    return turn->table->action == PLAN_SKIP || turn->table->rows == 0;
}

/* Moves `next` to the first table that may still come. */
static void
advance(struct splitplan *split)
{
    while (split->next < split->n) {
        struct turn *turn = &split->turns[split->next];

        if (!turn->written && !is_passed_by(turn))
            return;
        if (!turn->written && turn->table->action != PLAN_SKIP) {
            close_open(split);
            write_empty_turn(split, turn);
        }
        split->next++;
    }
}

static void
keep_part(struct splitplan *split, struct turn *turn)
{
    struct part *part = mem_alloc(sizeof *part);

    if (split->backup->access != BACKUP_RANDOM)
        msg_detail("%s: before its turn, %s", turn->table->name,
            split->backup->access == BACKUP_AGAIN ? "will be read again"
                                                  : "is kept in a temporary file");
    part->block = split->backup->n_blocks - 1;
    *turn->last = part;
    turn->last = &part->next;
    if (split->backup->access == BACKUP_ONCE)
        keep_rows(split, part);
}

static void
more_of_written(struct splitplan *split, const struct turn *turn, const struct backup_block *block)
{
    struct backup_rows rows;

    if (split->open < split->n && &split->turns[split->open] == turn) {
        pass_from_backup(split, turn->table, block);
        return;
    }
    while (backup_rows(split->backup, &rows))
        if (turn->table->rows == 0)
            msg_fatal(STATUS_INPUT,
                "%s has rows of %s, the plan says none: the plan was made for another backup",
                split->backup->name, block->table);
        else
            backup_refuse(split->backup, block->line,
                "more rows of %s after those of other tables: this version cannot put them "
                "together",
                block->table);
}

/* The rows of a COPY command: through, or kept for later. */
static void
take_copy(struct splitplan *split, struct turn *turn, const struct backup_block *block)
{
    if (!block->columns_known)
        backup_refuse(split->backup, block->line,
            "COPY without a list of columns, and %s is not declared", block->table);
    if (turn->written) {
        more_of_written(split, turn, block);
        return;
    }
    if (split->backup->access == BACKUP_RANDOM || turn != &split->turns[split->next] ||
        turn->first != NULL) {
        keep_part(split, turn);
        return;
    }
    close_open(split);
    msg_detail("%s: in its turn, passed on as it is read", block->table);
    start_block(split, turn->table, &block->columns);
    pass_from_backup(split, turn->table, block);
    turn->written = true;
    split->open = split->next;
    advance(split);
}

static struct turn *
find_turn(struct splitplan *split, const char *table)
{
    const struct plan_table *found = plan_find_backup_table(split->plan, table);

    return found != NULL ? &split->turns[found - split->plan->tables] : NULL;
}

static void
take_block(struct splitplan *split)
{
    struct backup_block *block = backup_block(split->backup);
    struct turn *turn = find_turn(split, block->table);

    if (turn == NULL)
        other_backup(split, block->table, NULL);
    if (turn->table->action == PLAN_SKIP)
        return;
    if (block->form == SCHEMA_FORM_INSERT)
        split->inserts++;
    else
        take_copy(split, turn, block);
}

static void
check_end(struct splitplan *split, enum split_incomplete incomplete)
{
    if (split->inserts > 0)
        msg_fatal(STATUS_INPUT,
            "%s: the data of %zu table%s is in INSERT statements, which this version cannot read; "
            "make the backup with COPY (pg_dump's default)",
            split->backup->name, split->inserts, split->inserts == 1 ? "" : "s");
    if (!backup_is_complete(split->backup) && incomplete == SPLIT_REFUSE_INCOMPLETE)
        msg_fatal(STATUS_INPUT,
            "%s has %s: it may be incomplete (--allow-incomplete takes it as it is)",
            split->backup->name, backup_missing(split->backup));
}

/* The rows that the plan expects, or 0 when it does not know of one of its tables. */
static uint64_t
expected_rows(const struct plan *plan)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < plan->n_tables; i++) {
        if (plan->tables[i].action == PLAN_SKIP)
            continue;
        if (plan->tables[i].rows < 0)
            return 0;
        rows += (uint64_t)plan->tables[i].rows;
    }
    return rows;
}

void
splitplan_write(struct backup *backup, const struct plan *plan, enum split_incomplete incomplete)
{
    struct splitplan split = {.backup = backup, .plan = plan, .n = plan->n_tables};

    split.turns = mem_alloc((split.n + 1) * sizeof *split.turns);
    split.open = split.n;
    split.rows = expected_rows(plan);
    progress_open(&split.progress);
    for (size_t i = 0; i < split.n; i++)
        split.turns[i] = (struct turn){.table = &plan->tables[i], .last = &split.turns[i].first};
    stream_writer_init(&split.writer, STREAM_ROWS);
    while (backup_next(backup)) {
        start_stream(&split);
        if (backup->access != BACKUP_RANDOM) /* else all are read in their turn, in the end */
            advance(&split);
        take_block(&split);
    }
    check_end(&split, incomplete);
    start_stream(&split);
    close_open(&split);
    for (size_t i = split.next; i < split.n; i++)
        if (!split.turns[i].written && plan->tables[i].action != PLAN_SKIP)
            write_turn(&split, &split.turns[i]);
    stream_writer_close(&split.writer);
    progress_close(&split.progress);
    if (split.spool != NULL)
        spool_close(split.spool);
    free(split.turns);
}
