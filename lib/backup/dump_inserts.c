/* The part of dump about blocks of INSERT statements. */
#include <stdlib.h>
#include <string.h>

#include "dump_parts.h"
#include "msg.h"

bool
dump_is_insert(enum script_event event)
{
    return event == SCRIPT_INSERT || event == SCRIPT_SELECT;
}

/* One that says no rows as VALUES: what is kept of it is one rejected row. */
static void
reject_statement(struct dump *dump, enum script_event event, const struct dumpcopy *insert)
{
    struct tokens end = {dump->script.tokens + dump->script.n_tokens, 0};
    char *text = tokens_text(dump->script.tokens, &end);

    if (event == SCRIPT_INSERT)
        script_finish(&dump->script);
    if (insert->defaults)
        insertrows_defaults(
            &dump->inserts, slice_string(text), dump->script.line, dump->script.lex.line);
    else
        insertrows_unread(
            &dump->inserts, slice_string(text), dump->script.line, dump->script.lex.line);
    free(text);
}

/* The rows of the statement that was read up to its VALUES, or all of a statement without them. */
static void
start_statement(struct dump *dump, enum script_event event, const struct dumpcopy *insert)
{
    if (event == SCRIPT_INSERT && insert->plain)
        insertrows_statement(&dump->inserts, &dump->script.lex, dump->script.offset);
    else
        reject_statement(dump, event, insert);
}

/* The columns of the rows, and whether they can be told. */
static bool
insert_columns(struct dump *dump, const struct dumpcopy *insert, struct schema_names *columns)
{
    insertrows_start(&dump->inserts, dump->backup, dump->input, insert->table,
        insert->listed ? &insert->columns : NULL, columns);
    return insert->listed || schema_find_table(&dump->backup->schema, insert->table) != NULL;
}

void
dump_start_inserts(struct dump *dump, enum script_event event)
{
    struct schema_names columns = {0};
    bool known;

    dumpcopy_release(&dump->insert);
    if (!dumpcopy_parse_insert(&dump->backup->ddl, script_tokens(&dump->script), &dump->insert))
        backup_refuse(dump->backup, dump->script.line, "INSERT is not understood");
    dump_note_content(dump);
    dump_check_encoding(dump);
    dump_check_width(dump, dump->insert.columns.n);
    known = insert_columns(dump, &dump->insert, &columns);
    dump->block = backup_add_block(dump->backup, dump->insert.table, SCHEMA_FORM_INSERT, &columns);
    schema_names_release(&columns);
    dump->block->columns_known = known;
    dump->block->line = dump->script.line;
    dump->block->offset = dump->script.offset;
    dump->block->standard_strings = dump->script.lex.standard_strings;
    start_statement(dump, event, &dump->insert);
}

/* True when the statement goes on with the rows of the block: the same table and columns. */
static bool
continues_block(struct dump *dump, struct dumpcopy *insert)
{
    if (!dumpcopy_parse_insert(&dump->backup->ddl, script_tokens(&dump->script), insert))
        return false;
    if (dump->block == &dump->again && dump->block->rows >= 0) /* it was looked at before */
        return dump->inserts.rows < (uint64_t)dump->block->rows;
    return strcmp(insert->table, dump->insert.table) == 0 &&
           insert->listed == dump->insert.listed &&
           schema_names_equal(&insert->columns, &dump->insert.columns) && !dump_is_aside(dump);
}

/* Behind a statement: the next one, when it belongs to the block; else the block ends here. */
static bool
next_insert(struct dump *dump)
{
    struct dumpcopy insert = {0};
    enum script_event event;
    bool more;

    dump->script.lex.line = dump->inserts.line;
    event = dump_next_statement(dump);
    more = dump_is_insert(event) && continues_block(dump, &insert);
    if (more)
        start_statement(dump, event, &insert);
    else
        dump->pending = event;
    dumpcopy_release(&insert);
    return more;
}

static void
end_inserts(struct dump *dump)
{
    dump->block->rows = (int64_t)dump->inserts.rows;
    dump->block->bytes = dump->inserts.behind - dump->block->offset;
    dump->block = NULL;
}

/* ON CONFLICT DO UPDATE might have changed rows of the dump itself. */
static void
pass_tail(struct dump *dump)
{
    struct tokens tokens;

    dump->script.lex.line = dump->inserts.line;
    script_finish(&dump->script);
    tokens = script_tokens(&dump->script);
    if (tokens_seek(&tokens, "do") && tokens_accept(&tokens, "do update") &&
        dump->block != &dump->again)
        backup_warn(dump->backup,
            "%s, line %llu: ON CONFLICT DO UPDATE is left aside, the rows are taken as they "
            "stand",
            dump->backup->name, (unsigned long long)dump->inserts.line);
    insertrows_tail(&dump->inserts, dump->script.lex.line);
}

bool
dump_read_inserts(struct dump *dump, struct backup_rows *rows)
{
    for (;;) {
        switch (insertrows_read(&dump->inserts, rows)) {
        case INSERTROWS_ROWS:
            return true;
        case INSERTROWS_TAIL:
            pass_tail(dump);
            break;
        case INSERTROWS_STATEMENT:
            if (next_insert(dump))
                break;
            end_inserts(dump);
            return false;
        }
    }
}

void
dump_reread_inserts(struct dump *dump)
{
    const struct backup_block *block = &dump->again;
    struct schema_names columns = {0};
    enum script_event event;

    dump->block = &dump->again;
    dump->pending = SCRIPT_NOTE;
    dump->script.lex.line = block->line;
    dump->script.lex.standard_strings = block->standard_strings;
    event = dump_next_statement(dump);
    dumpcopy_release(&dump->insert);
    dumpcopy_parse_insert(&dump->backup->ddl, script_tokens(&dump->script), &dump->insert);
    free(dump->insert.table); /* the search_path is another one by now */
    dump->insert.table = mem_string(block->table);
    insert_columns(dump, &dump->insert, &columns);
    if (!schema_names_equal(&columns, &block->columns))
        backup_refuse(dump->backup, block->line,
            "INSERT without a list of columns, and %s has got other columns later", block->table);
    schema_names_release(&columns);
    start_statement(dump, event, &dump->insert);
}
