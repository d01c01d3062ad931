#include "dump.h"

#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "msg.h"
#include "otherdata.h"

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

bool
dump_is_complete(const struct dump *dump)
{
    if (dump->backup->options.database != NULL)
        return dump->closing == DUMPNOTE_COMPLETE;
    return dump->note.closing == DUMPNOTE_COMPLETE && !dump->note.cluster_open;
}

bool
dump_has_ended_block(const struct dump *dump)
{
    return backup_block(dump->backup)->form == SCHEMA_FORM_COPY || dump->pending != SCRIPT_END ||
           dump_is_complete(dump);
}

uint64_t
dump_block_end(const struct dump *dump)
{
    return backup_block(dump->backup)->form == SCHEMA_FORM_COPY ? input_tell(dump->input)
                                                                : dump->whole;
}

/* ---- databases */

/* The one that the script is connected to. */
static const char *
database(const struct dump *dump)
{
    return dump->note.database != NULL ? dump->note.database : "";
}

/* True while the script is connected to another database than the one that is read. */
static bool
is_aside(const struct dump *dump)
{
    if (dump->backup->options.database != NULL)
        return strcmp(database(dump), dump->backup->options.database) != 0;
    return dump->databases.n > 0 && strcmp(database(dump), dump->databases.names[0]) != 0;
}

/* A table is declared, or data follows. */
static void
note_content(struct dump *dump)
{
    if (!schema_has_name(&dump->databases, database(dump)))
        schema_add_name(&dump->databases, database(dump));
}

static const char *
list_databases(const struct dump *dump, struct buf *out)
{
    for (size_t i = 0; i < dump->databases.n; i++)
        buf_add_format(out, "%s%s", i > 0 ? ", " : "",
            dump->databases.names[i][0] != '\0' ? dump->databases.names[i]
                                                : "one before the first \\connect");
    return buf_string(out);
}

/* At the end: which databases there were. */
static void
check_databases(struct dump *dump)
{
    const char *wanted = dump->backup->options.database;
    struct buf list = {0};

    if (wanted != NULL && !dump->found)
        msg_fatal(STATUS_USAGE, "%s has no database \"%s\"; it has %s", dump->backup->name, wanted,
            dump->databases.n > 0 ? list_databases(dump, &list) : "none with tables");
    dump->refused = wanted == NULL && dump->databases.n > 1;
    if (dump->refused)
        backup_refuse(dump->backup, 0, "it holds %zu databases: %s; --database takes one of them",
            dump->databases.n, list_databases(dump, &list));
}

/* ---- data that changes in another way than by rows */

/* True when it is that table, or a partition or child of it. */
static bool
is_within(const struct schema *schema, const struct schema_table *table, const char *name)
{
    if (strcmp(table->name, name) == 0)
        return true;
    for (size_t i = 0; i < table->parents.n; i++) {
        const struct schema_table *parent = schema_find_table(schema, table->parents.names[i]);

        if (parent != NULL && parent != table && is_within(schema, parent, name))
            return true;
    }
    return false;
}

/* True when the table has rows, which are noted to be changed. */
static bool
note_table(struct backup *backup, const struct schema_table *table)
{
    if (table == NULL || !table->data.present)
        return false;
    if (!schema_has_name(&backup->changed, table->name))
        schema_add_name(&backup->changed, table->name);
    return true;
}

/* Notes the tables with rows that a change of this one changes; true when there are some. */
static bool
note_changed(struct backup *backup, const char *name)
{
    bool some = false;

    if (!backup->ddl.has_children) /* else, of very many tables, all would be looked at each time */
        return note_table(backup, schema_find_table(&backup->schema, name));
    for (size_t i = 0; i < backup->schema.n_tables; i++)
        if (is_within(&backup->schema, &backup->schema.tables[i], name) &&
            note_table(backup, &backup->schema.tables[i]))
            some = true;
    return some;
}

/* True when something is to be said: not for a table that is emptied before its rows come. */
static bool
changes_rows(struct dump *dump, const struct otherdata *other, const char *name)
{
    const struct schema_table *table = schema_find_table(&dump->backup->schema, name);
    bool plain =
        table != NULL && (table->kind == SCHEMA_TABLE || table->kind == SCHEMA_PARTITIONED);

    if (!other->needs_rows && !schema_has_name(&dump->backup->changed, name))
        schema_add_name(&dump->backup->changed, name); /* rows of it may come later, too */
    return note_changed(dump->backup, name) || !other->needs_rows || !plain;
}

/* Once for each kind of change and table: a script may have millions of them. */
static void
say_change(struct dump *dump, uint64_t line, const char *what, const char *table, const char *why)
{
    char *key = mem_format("%s %s", what, table != NULL ? table : "");

    if (!schema_has_name(&dump->said, key)) {
        schema_add_name(&dump->said, key);
        if (table != NULL)
            msg_warning("%s, line %llu: %s changes the data of %s and is left aside: the rows that "
                        "the backup gives are taken as they stand",
                dump->backup->name, (unsigned long long)line, what, table);
        else
            msg_warning("%s, line %llu: %s is left aside: it %s", dump->backup->name,
                (unsigned long long)line, what, why);
    }
    free(key);
}

static void
leave_aside(struct dump *dump, struct otherdata *other, uint64_t line)
{
    for (size_t i = 0; i < other->tables.n; i++)
        if (changes_rows(dump, other, other->tables.names[i]))
            say_change(dump, line, other->what, other->tables.names[i], NULL);
    if (other->tables.n == 0)
        say_change(dump, line, other->what, NULL, other->where);
    otherdata_release(other);
}

/* A statement that is not executed. */
static void
pass_change(struct dump *dump)
{
    struct otherdata other;

    if (otherdata_parse(&dump->backup->ddl, script_tokens(&dump->script), &other))
        leave_aside(dump, &other, dump->script.line);
}

/* ---- blocks */

/* All rows are converted from one encoding. */
static void
check_encoding(const struct dump *dump)
{
    const struct backup *backup = dump->backup;
    const char *now = backup->ddl.client_encoding;

    if (backup->n_blocks > 0 && !encoding_is_same(backup->encoding, now))
        backup_refuse(backup, dump->script.line,
            "rows in client_encoding %s behind others in %s: cut the script where it changes",
            now != NULL ? now : "UTF8", backup->encoding != NULL ? backup->encoding : "UTF8");
}

static void
check_width(const struct dump *dump, size_t columns)
{
    if (columns > DDL_MAX_COLUMNS)
        backup_refuse(dump->backup, dump->script.line,
            "more than %d columns, the most that a table of PostgreSQL has", DDL_MAX_COLUMNS);
}

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

        check_encoding(dump);
        check_width(dump, copy.columns.n);
        block = backup_add_block(
            dump->backup, copy.table, SCHEMA_FORM_COPY, copy.listed ? &copy.columns : NULL);
        note_content(dump);
        if (!copyconvert_is_default(&copy.format)) {
            block->format = mem_alloc(sizeof *block->format);
            *block->format = copy.format;
            copy.format.null = NULL;
        }
        start_copy(dump, block);
    } else {
        pass_change(dump);
    }
    dumpcopy_release(&copy);
    return copy.from_stdin;
}

/* ---- INSERT */

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

/* A block begins with this statement. False when it is none that can be told. */
static bool
apply_insert(struct dump *dump, enum script_event event)
{
    struct schema_names columns = {0};
    bool known;

    dumpcopy_release(&dump->insert);
    if (!dumpcopy_parse_insert(&dump->backup->ddl, script_tokens(&dump->script), &dump->insert))
        backup_refuse(dump->backup, dump->script.line, "INSERT is not understood");
    note_content(dump);
    check_encoding(dump);
    check_width(dump, dump->insert.columns.n);
    known = insert_columns(dump, &dump->insert, &columns);
    dump->block = backup_add_block(dump->backup, dump->insert.table, SCHEMA_FORM_INSERT, &columns);
    schema_names_release(&columns);
    dump->block->columns_known = known;
    dump->block->line = dump->script.line;
    dump->block->offset = dump->script.offset;
    dump->block->standard_strings = dump->script.lex.standard_strings;
    start_statement(dump, event, &dump->insert);
    return true;
}

static bool
is_insert(enum script_event event)
{
    return event == SCRIPT_INSERT || event == SCRIPT_SELECT;
}

/* A meta-command that is not executed. */
static void
pass_command(struct dump *dump, const struct sqllex_token *token)
{
    struct otherdata other;

    if (otherdata_parse_command(&dump->backup->ddl, token->text, &other))
        leave_aside(dump, &other, token->line);
}

/* What stands between two statements. */
static void
take_note(struct dump *dump)
{
    const struct sqllex_token *token = &dump->script.note;

    if (token->kind == SQLLEX_COMMENT) {
        dumpnote_take_comment(&dump->note, token->text);
        dump->backup->server_version = dump->note.server_version;
        dump->backup->pg_dump_version = dump->note.pg_dump_version;
    } else if (dumpnote_take_command(&dump->note, token->text) == DUMPNOTE_CONNECT) {
        dump->found = dump->found || (dump->backup->options.database != NULL && !is_aside(dump));
        ddl_reset_session(&dump->backup->ddl);
        ddl_reset_session(&dump->aside_ddl);
        dump->script.lex.standard_strings = true;
    } else if (!is_aside(dump)) {
        pass_command(dump, token);
    }
    if (!is_aside(dump))
        dump->closing = dump->note.closing;
}

/* The next statement, taking note of what stands before it unless it is read again. */
static enum script_event
next_statement(struct dump *dump)
{
    enum script_event event = dump->pending;

    dump->pending = SCRIPT_NOTE;
    while (event == SCRIPT_NOTE) {
        dump->whole = input_tell(dump->input);
        event = script_next(&dump->script);
        if (event == SCRIPT_NOTE && dump->block != &dump->again)
            take_note(dump);
    }
    return event;
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
           schema_names_equal(&insert->columns, &dump->insert.columns) && !is_aside(dump);
}

/* Behind a statement: the next one, when it belongs to the block; else the block ends here. */
static bool
next_insert(struct dump *dump)
{
    struct dumpcopy insert = {0};
    enum script_event event;
    bool more;

    dump->script.lex.line = dump->inserts.line;
    event = next_statement(dump);
    more = is_insert(event) && continues_block(dump, &insert);
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
        msg_warning(
            "%s, line %llu: ON CONFLICT DO UPDATE is left aside, the rows are taken as they "
            "stand",
            dump->backup->name, (unsigned long long)dump->inserts.line);
    insertrows_tail(&dump->inserts, dump->script.lex.line);
}

static bool
read_inserts(struct dump *dump, struct backup_rows *rows)
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

/* ---- rows */

bool
dump_rows(struct dump *dump, struct backup_rows *rows)
{
    const struct backup_block *block = dump->rows.block;
    bool more;

    if (dump->block != NULL)
        return read_inserts(dump, rows);
    more = blockrows_read(&dump->rows, rows);
    if (block != NULL && !more) /* and the line of its \. */
        dump->script.lex.line = block->line + dump->rows.lines + 1;
    return more;
}

void
dump_reread(struct dump *dump, const struct backup_block *block)
{
    struct schema_names columns = {0};
    enum script_event event;

    dump->again = *block;
    if (input_tell(dump->input) != block->offset)
        input_seek(dump->input, block->offset);
    if (block->form == SCHEMA_FORM_COPY) {
        blockrows_start(&dump->rows, dump->backup, dump->input, &dump->again);
        return;
    }
    dump->block = &dump->again;
    dump->pending = SCRIPT_NOTE;
    dump->script.lex.line = block->line;
    dump->script.lex.standard_strings = block->standard_strings;
    event = next_statement(dump);
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

/* ---- from front to end */

static void
apply_ddl(struct dump *dump, struct ddl *ddl)
{
    size_t tables = ddl->schema->n_tables;

    ddl_apply(ddl, dump->script.tokens, dump->script.n_tokens);
    check_width(dump, ddl->too_wide ? SIZE_MAX : 0);
    dump->script.lex.standard_strings = ddl->standard_strings;
    if (ddl->schema->n_tables > tables)
        note_content(dump);
}

/* True when rows follow. */
static bool
apply(struct dump *dump, enum script_event event)
{
    if (event == SCRIPT_DDL)
        apply_ddl(dump, &dump->backup->ddl);
    if (event == SCRIPT_DDL || event == SCRIPT_DATA)
        pass_change(dump);
    else if (event == SCRIPT_COPY)
        return apply_copy(dump);
    else if (is_insert(event))
        return apply_insert(dump, event);
    return false;
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
        note_content(dump);
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
    else if (is_insert(event))
        note_content(dump);
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
    while ((event = next_statement(dump)) != SCRIPT_END)
        if (is_aside(dump))
            pass_aside(dump, event);
        else if (apply(dump, event))
            return true;
    check_databases(dump);
    return false;
}
