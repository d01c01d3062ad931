#include "dump.h"

#include <stdlib.h>
#include <string.h>

#include "dump_parts.h"

struct dump *
dump_open(struct backup *backup, struct input *input)
{
    struct dump *dump = mem_alloc(sizeof *dump);

    dump->backup = backup;
    dump->input = input;
    dump->pending = SCRIPT_NOTE;
    ddl_init(&dump->aside_ddl, &dump->aside);
    script_init(&dump->script, backup, input);
    return dump;
}

void
dump_close(struct dump *dump)
{
    input_close(dump->input);
    script_release(&dump->script);
    blockrows_release(&dump->rows);
    insertrows_release(&dump->inserts);
    dumpcopy_release(&dump->insert);
    free(dump);
}

static bool
is_complete(const struct dump *dump)
{
    if (dump->backup->options.database != NULL)
        return dump->closing == DUMPNOTE_COMPLETE;
    return dump->note.closing == DUMPNOTE_COMPLETE && !dump->note.cluster_open;
}

bool
dump_has_ended_block(const struct dump *dump)
{
    return backup_block(dump->backup)->form == SCHEMA_FORM_COPY || dump->pending != SCRIPT_END ||
           is_complete(dump);
}

uint64_t
dump_block_end(const struct dump *dump)
{
    return backup_block(dump->backup)->form == SCHEMA_FORM_COPY ? input_tell(dump->input)
                                                                : dump->whole;
}

/* ---- blocks */

/* What stands behind `COPY ... FROM stdin;` on its line must be blank; the rows follow. */
static void
start_copy(struct dump *dump, struct backup_block *block)
{
    struct slice line;
    bool terminated;

    if (!input_line(dump->input, &line, &terminated) || !terminated)
        backup_refuse(dump->backup, dump->script.line, "COPY data is missing: the backup is cut");
    block->carriage = line.length > 0 && line.data[line.length - 1] == '\r';
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            backup_refuse(dump->backup, dump->script.lex.line,
                "text stands behind COPY ... FROM stdin; on its line");
    block->line = dump->script.lex.line + 1;
    block->offset = input_tell(dump->input);
    blockrows_start(&dump->rows, dump->backup, dump->input, block);
}

/* True when rows follow. */
static bool
apply_copy(struct dump *dump)
{
    struct dumpcopy copy;
    const char *reason;

    if (!dumpcopy_parse(&dump->backup->ddl, script_tokens(&dump->script), &copy, &reason))
        backup_refuse(dump->backup, dump->script.line, "%s", reason);
    if (copy.from_stdin) {
        struct backup_block *block;

        dump_check_encoding(dump);
        dump_check_width(dump, copy.columns.n);
        block = backup_add_block(
            dump->backup, copy.table, SCHEMA_FORM_COPY, copy.listed ? &copy.columns : NULL);
        dump_note_content(dump);
        if (!copyconvert_is_default(&copy.format)) {
            block->format = mem_alloc(sizeof *block->format);
            *block->format = copy.format;
            copy.format.null = NULL;
        }
        start_copy(dump, block);
    } else {
        dump_pass_change(dump);
    }
    dumpcopy_release(&copy);
    return copy.from_stdin;
}

/* ---- rows */

bool
dump_rows(struct dump *dump, struct backup_rows *rows)
{
    const struct backup_block *block = dump->rows.block;
    bool more;

    if (dump->block != NULL)
        return dump_read_inserts(dump, rows);
    more = blockrows_read(&dump->rows, rows);
    if (block != NULL && !more) /* and the line of its \. */
        dump->script.lex.line = block->line + dump->rows.lines + 1;
    return more;
}

void
dump_reread(struct dump *dump, const struct backup_block *block)
{
    dump->again = *block;
    if (input_tell(dump->input) != block->offset)
        input_seek(dump->input, block->offset);
    if (block->form == SCHEMA_FORM_COPY) {
        blockrows_start(&dump->rows, dump->backup, dump->input, &dump->again);
        return;
    }
    dump_reread_inserts(dump);
}

/* ---- from front to end */

static void
apply_ddl(struct dump *dump, struct ddl *ddl)
{
    size_t tables = ddl->schema->n_tables;

    ddl_apply(ddl, dump->script.tokens, dump->script.n_tokens);
    dump_check_width(dump, ddl->too_wide ? SIZE_MAX : 0);
    dump->script.lex.standard_strings = ddl->standard_strings;
    if (ddl->schema->n_tables > tables)
        dump_note_content(dump);
}

/* True when rows follow. */
static bool
apply(struct dump *dump, enum script_event event)
{
    if (event == SCRIPT_DDL)
        apply_ddl(dump, &dump->backup->ddl);
    if (event == SCRIPT_DDL || event == SCRIPT_DATA)
        dump_pass_change(dump);
    else if (event == SCRIPT_COPY)
        return apply_copy(dump);
    else if (dump_is_insert(event))
        dump_start_inserts(dump, event);
    return dump_is_insert(event);
}

/* Rows of another database are read, so that what stands behind them is found. */
static void
pass_copy(struct dump *dump)
{
    struct backup_rows rows;
    struct dumpcopy copy;
    const char *reason;

    if (!dumpcopy_parse(&dump->aside_ddl, script_tokens(&dump->script), &copy, &reason))
        backup_refuse(dump->backup, dump->script.line, "%s", reason);
    if (copy.from_stdin) {
        dump_note_content(dump);
        dump->again = (struct backup_block){.table = copy.table};
        start_copy(dump, &dump->again);
        while (dump_rows(dump, &rows))
            continue;
    }
    dumpcopy_release(&copy);
}

/* A statement that another database gets. */
static void
pass_aside(struct dump *dump, enum script_event event)
{
    if (event == SCRIPT_DDL)
        apply_ddl(dump, &dump->aside_ddl);
    else if (event == SCRIPT_COPY)
        pass_copy(dump);
    else if (dump_is_insert(event))
        dump_note_content(dump);
    if (event == SCRIPT_INSERT)
        script_finish(&dump->script);
}

bool
dump_next(struct dump *dump)
{
    struct backup_rows rows;
    enum script_event event;

    while (dump_rows(dump, &rows))
        continue;
    while ((event = dump_next_statement(dump)) != SCRIPT_END)
        if (dump_is_aside(dump))
            pass_aside(dump, event);
        else if (apply(dump, event))
            return true;
    dump_check_databases(dump);
    return false;
}

/* ---- as a kind of backup */

static bool
next_block(struct backup *backup)
{
    return dump_next(backup->dump);
}

static bool
read_rows(struct backup *backup, struct backup_rows *rows)
{
    return dump_rows(backup->dump, rows);
}

static void
reread(struct backup *backup, size_t block)
{
    dump_reread(backup->dump, &backup->blocks[block]);
}

static const char *
missing(const struct backup *backup)
{
    return is_complete(backup->dump) ? NULL : "no closing comment of pg_dump";
}

static uint64_t
consumed(const struct backup *backup)
{
    return input_consumed(backup->dump->input);
}

static uint64_t
size(const struct backup *backup)
{
    return input_size(backup->dump->input);
}

static void
close_dump(struct backup *backup)
{
    dump_close(backup->dump);
}

const struct backup_way dump_way = {
    .next = next_block,
    .rows = read_rows,
    .reread = reread,
    .missing = missing,
    .consumed = consumed,
    .size = size,
    .close = close_dump,
};
