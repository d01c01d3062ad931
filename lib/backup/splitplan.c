#include "splitplan.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "rowmap.h"
#include "rowspool.h"

/* Rows of one block that wait for their turn. */
struct part {
    size_t block; /* of backup->blocks */
    struct rowspool_part kept;
    struct part *next;
};

struct turn {
    const struct plan_table *table;
    struct part *first, **last;
    struct schema_names columns; /* of its block, by the backup's names, once that has begun */
    uint64_t rows;               /* that were written */
    bool begun, written;
};

struct splitplan {
    struct backup *backup;
    const struct plan *plan;
    struct stream_writer writer;
    struct turn *turns; /* one for each table of the plan, in its order */
    size_t n, next;     /* next: the first that was not written */
    size_t open;        /* the turn whose block was started and not ended, or n */
    struct rowspool spool;
    struct progress progress;
    uint64_t rows; /* that the plan expects; 0: not known */
    bool said;
    const struct textstyle *style; /* by which the last rows were to be read, or NULL */
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
    struct slice lines;

    if (split->said)
        return;
    split->said = true;
    split_sources(&split->writer, split->backup);
    plan_format(split->plan, &text);
    lines = buf_slice(&text);
    copyrow_next(&lines); /* the header line is for readers of the file */
    stream_write_lines(&split->writer, "plan", lines);
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

/*
 * Starts the block of a table: its columns are those of the first rows, as far as the plan does not
 * skip them; then of INSERT statements, whose lists may differ, those that only other rows have.
 * The stream has the live names.
 */
static void
start_block(struct splitplan *split, struct turn *turn, const struct backup_block *first)
{
    const struct plan_table *table = turn->table;
    bool open = first == NULL || first->form == SCHEMA_FORM_INSERT;
    struct slice *fields;

    for (size_t i = 0; first != NULL && i < first->columns.n; i++)
        if (planned(split, table, first->columns.names[i])->action != PLAN_COLUMN_SKIP)
            schema_add_name(&turn->columns, first->columns.names[i]);
    for (size_t i = 0; open && i < table->n_columns; i++)
        if (table->columns[i].action != PLAN_COLUMN_SKIP &&
            !schema_has_name(&turn->columns, plan_column_backup(&table->columns[i])))
            schema_add_name(&turn->columns, plan_column_backup(&table->columns[i]));
    fields = mem_alloc((turn->columns.n + 1) * sizeof *fields);
    fields[0] = slice_string(table->name);
    for (size_t i = 0; i < turn->columns.n; i++)
        fields[i + 1] = slice_string(planned(split, table, turn->columns.names[i])->name);
    stream_write_control(&split->writer, "table", fields, turn->columns.n + 1);
    free(fields);
    turn->begun = true;
}

/* ---- rows */

static void
show_progress(void *context)
{
    struct splitplan *split = context;
    struct progress_state state;

    if (!progress_is_due(&split->progress))
        return;
    state.bytes = backup_consumed(split->backup);
    state.bytes_total = backup_size(split->backup);
    state.rows = split->writer.rows;
    state.rows_total = split->rows;
    progress_show(&split->progress, &state);
}

/* Every column of the rows must have its place. */
static void
check_known(
    const struct splitplan *split, const struct backup_block *block, const struct turn *turn)
{
    for (size_t i = 0; i < block->columns.n; i++) {
        const char *name = block->columns.names[i];

        if (planned(split, turn->table, name)->action != PLAN_COLUMN_SKIP &&
            !schema_has_name(&turn->columns, name))
            backup_refuse(split->backup, block->line,
                "rows of %s with column %s, which those before them do not have", block->table,
                name);
    }
}

/* A column that rows of the block lack must be one that INSERT would leave null. */
static void
check_missing(
    const struct splitplan *split, const struct backup_block *block, const struct turn *turn)
{
    const struct schema_table *table = schema_find_table(&split->backup->schema, block->table);

    for (size_t i = 0; i < turn->columns.n; i++) {
        const char *name = turn->columns.names[i];
        const struct schema_column *column = schema_find_column(table, name);

        if (schema_has_name(&block->columns, name))
            continue;
        if (column == NULL || column->default_value != NULL ||
            column->identity != SCHEMA_IDENTITY_NO)
            backup_refuse(split->backup, block->line,
                "rows of %s without column %s, which others have: its default is not evaluated",
                block->table, name);
    }
}

/* Rows of a block on their way out. */
struct passing {
    struct splitplan *split;
    struct turn *turn;
    const struct backup_block *block;
    struct rowmap map;
    uint64_t rows;
};

static void
passing_init(struct passing *passing, struct splitplan *split, struct turn *turn, size_t block)
{
    *passing = (struct passing){split, turn, &split->backup->blocks[block], {0}, 0};
    check_known(split, passing->block, turn);
    check_missing(split, passing->block, turn);
    split_style(&split->writer, &split->style, passing->block->style);
    rowmap_init(&passing->map, &passing->block->columns, &turn->columns);
}

static void
pass_rows(struct passing *passing, const struct backup_rows *rows)
{
    struct splitplan *split = passing->split;
    struct slice out;
    uint64_t bad;

    if (!rowmap_take(&passing->map, rows->text, &out, &bad))
        backup_refuse(split->backup,
            passing->block->line > 0 ? passing->block->line + passing->rows + bad : 0,
            "a row of %s has another number of fields than the %zu columns of its COPY command",
            passing->block->table, passing->block->columns.n);
    if (rows->reason != NULL)
        stream_write_reject(&split->writer, BACKUP_REJECT_SQLSTATE, rows->reason,
            slice_make(out.data, out.length - 1));
    else
        stream_write_rows(&split->writer, out, rows->n);
    passing->rows += rows->n;
    passing->turn->rows += rows->n;
    show_progress(split);
}

/* From the backup, where it stands now; the block is the last one that came. */
static void
pass_from_backup(struct splitplan *split, struct turn *turn, size_t block)
{
    struct passing passing;
    struct backup_rows rows;

    passing_init(&passing, split, turn, block);
    while (backup_rows(split->backup, &rows))
        pass_rows(&passing, &rows);
    rowmap_release(&passing.map);
}

static void
pass_from_spool(struct splitplan *split, struct turn *turn, const struct part *part)
{
    struct rowspool_part kept = part->kept;
    struct passing passing;
    struct backup_rows rows;

    passing_init(&passing, split, turn, part->block);
    while (rowspool_read(&split->spool, &kept, &rows))
        pass_rows(&passing, &rows);
    rowmap_release(&passing.map);
}

/* ---- turns */

/* Ends the block that was left open in case that more rows of its table would follow. */
static void
close_open(struct splitplan *split)
{
    if (split->open < split->n) {
        stream_write_end(&split->writer);
        split->turns[split->open].written = true;
    }
    split->open = split->n;
}

/* The block of the rows that come first, or NULL. */
static const struct backup_block *
first_block(const struct splitplan *split, const struct turn *turn)
{
    return turn->first != NULL ? &split->backup->blocks[turn->first->block] : NULL;
}

/* Writes the block of a table from the parts that were kept of it. */
static void
write_turn(struct splitplan *split, struct turn *turn)
{
    turn->written = true;
    start_block(split, turn, first_block(split, turn));
    for (const struct part *part = turn->first; part != NULL; part = part->next) {
        if (split->backup->access != BACKUP_ONCE) {
            backup_reread(split->backup, part->block);
            pass_from_backup(split, turn, part->block);
        } else {
            pass_from_spool(split, turn, part);
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

static void __attribute__((noreturn))
more_than_planned(const struct splitplan *split, const struct turn *turn)
{
    msg_fatal(STATUS_INPUT,
        "%s has %s of %s, the plan says %lld: the plan was made for another backup",
        split->backup->name, turn->table->rows == 0 ? "rows" : "more rows", turn->table->name,
        (long long)turn->table->rows);
}

/*
 * A table that the plan says is empty, whose block may have been seen already: it can be written
 * while the backup is still being read, for nothing has to be read again.
 */
static void
write_empty_turn(struct splitplan *split, struct turn *turn)
{
    turn->written = true;
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        if (holds_rows(split, part->block))
            more_than_planned(split, turn);
    start_block(split, turn, first_block(split, turn));
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

    if (split->backup->access != BACKUP_RANDOM && turn->first == NULL)
        msg_detail("%s: before its turn, %s", turn->table->name,
            split->backup->access == BACKUP_AGAIN ? "will be read again"
                                                  : "is kept in a temporary file");
    part->block = split->backup->n_blocks - 1;
    *turn->last = part;
    turn->last = &part->next;
    if (split->backup->access == BACKUP_ONCE)
        part->kept = rowspool_keep(&split->spool, split->backup, show_progress, split);
}

/* Rows of a table of which others have been written. */
static void
more_of_written(struct splitplan *split, struct turn *turn)
{
    struct backup_rows rows;

    if (split->open < split->n && &split->turns[split->open] == turn) {
        pass_from_backup(split, turn, split->backup->n_blocks - 1);
        return;
    }
    while (backup_rows(split->backup, &rows))
        if (turn->table->rows >= 0)
            more_than_planned(split, turn);
        else
            backup_refuse(split->backup, backup_block(split->backup)->line,
                "more rows of %s after those of other tables; a plan that says how many rows it "
                "has "
                "(schema-differ's do) lets them be waited for",
                turn->table->name);
}

/* A block of the table whose turn it is. It stays open while the plan knows of more rows. */
static void
take_turn(struct splitplan *split, struct turn *turn)
{
    if (!turn->begun) {
        close_open(split);
        msg_detail("%s: in its turn, passed on as it is read", turn->table->name);
        start_block(split, turn, backup_block(split->backup));
        split->open = split->next;
    }
    pass_from_backup(split, turn, split->backup->n_blocks - 1);
    turn->written = turn->table->rows < 0 || turn->rows >= (uint64_t)turn->table->rows;
    advance(split);
}

/* Rows of a table may be merged as those of another one. */
static struct turn *
find_turn(struct splitplan *split, const char *table)
{
    const struct plan_table *found = plan_find_backup_table(split->plan, table);

    if (found != NULL && found->into != NULL)
        found = plan_find_table(split->plan, found->into);
    return found != NULL ? &split->turns[found - split->plan->tables] : NULL;
}

static void
take_block(struct splitplan *split)
{
    const struct backup_block *block = backup_block(split->backup);
    struct turn *turn = find_turn(split, block->table);

    if (turn == NULL)
        other_backup(split, block->table, NULL);
    if (turn->table->action == PLAN_SKIP)
        return;
    if (!block->columns_known)
        backup_refuse(split->backup, block->line,
            "rows without a list of columns, and %s is not declared", block->table);
    if (turn->written)
        more_of_written(split, turn);
    else if (split->backup->access != BACKUP_RANDOM && turn == &split->turns[split->next] &&
             turn->first == NULL)
        take_turn(split, turn);
    else
        keep_part(split, turn);
}

static void
check_end(struct splitplan *split)
{
    const struct backup *backup = split->backup;

    if (!backup_is_complete(backup) && !backup->options.allow_incomplete && backup->damage == NULL)
        msg_fatal(STATUS_INPUT,
            "%s has %s: it may be incomplete (--allow-incomplete takes it as it is)", backup->name,
            backup_missing(backup));
    if (!backup_is_complete(backup) && backup->damage == NULL && backup->n_blocks == 0)
        msg_fatal(STATUS_INPUT, "%s has %s and no rows: what it had of them is cut off",
            backup->name, backup_missing(backup));
}

/* Its rows are merged, be it as those of another table. */
static bool
is_taken(const struct plan_table *table)
{
    return table->action != PLAN_SKIP || table->into != NULL;
}

/* A plan that takes what is not whole was made without salvage, or of another backup. */
static void
check_losses(const struct splitplan *split)
{
    for (size_t i = 0; i < split->n; i++) {
        const struct plan_table *table = &split->plan->tables[i];
        const char *why = backup_loss(split->backup, plan_table_backup(table));

        if (is_taken(table) && why != NULL)
            msg_fatal(STATUS_INPUT,
                "the plan takes %s, which is not whole (%s): it was made without --salvage",
                table->name, why);
    }
}

/* Of a damaged backup every row that the plan expects must have come. */
static void
check_rows(const struct splitplan *split)
{
    for (size_t i = 0; split->backup->damage != NULL && i < split->n; i++) {
        const struct turn *turn = &split->turns[i];

        if (turn->table->action != PLAN_SKIP && turn->table->rows > 0 &&
            turn->rows < (uint64_t)turn->table->rows)
            msg_fatal(STATUS_INPUT,
                "%s has fewer rows of %s than the plan says: the plan was made for another backup",
                split->backup->name, turn->table->name);
    }
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

/* Tables whose rows are merged although a statement of the backup changes them. */
static size_t
count_changed(const struct splitplan *split)
{
    size_t n = 0;

    for (size_t i = 0; i < split->n; i++)
        n += is_taken(&split->plan->tables[i]) &&
             schema_has_name(&split->backup->changed, plan_table_backup(&split->plan->tables[i]));
    return n;
}

size_t
splitplan_write(struct backup *backup, const struct plan *plan)
{
    struct splitplan split = {.backup = backup, .plan = plan, .n = plan->n_tables};

    split.turns = mem_alloc((split.n + 1) * sizeof *split.turns);
    split.open = split.n;
    split.rows = expected_rows(plan);
    progress_open(&split.progress);
    for (size_t i = 0; i < split.n; i++)
        split.turns[i] = (struct turn){.table = &plan->tables[i], .last = &split.turns[i].first};
    stream_writer_init(&split.writer, STREAM_ROWS);
    check_losses(&split);
    while (backup_next(backup)) {
        start_stream(&split);
        if (backup->access != BACKUP_RANDOM) /* else all are read in their turn, in the end */
            advance(&split);
        take_block(&split);
    }
    check_end(&split);
    start_stream(&split);
    close_open(&split);
    for (size_t i = split.next; i < split.n; i++)
        if (!split.turns[i].written && plan->tables[i].action != PLAN_SKIP)
            write_turn(&split, &split.turns[i]);
    check_rows(&split);
    stream_writer_close(&split.writer);
    progress_close(&split.progress);
    rowspool_release(&split.spool);
    free(split.turns);
    return count_changed(&split);
}
