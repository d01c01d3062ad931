#include "dump.h"

#include <stdlib.h>
#include <string.h>

#include "dumpcopy.h"
#include "msg.h"

#define STATEMENT_LIMIT ((size_t)64 * 1024 * 1024)

/* What becomes of the statement under way. */
enum use { UNDECIDED, DDL, COPY, INSERT, SKIP };

struct statement {
    enum use use;
    struct sqlspan span;
    uint64_t insert_rows;
    bool counting;
};

struct dump *
dump_open(struct backup *backup, struct input *input)
{
    struct dump *dump = mem_alloc(sizeof *dump);

    dump->backup = backup;
    dump->input = input;
    sqllex_init(&dump->lex);
    return dump;
}

void
dump_close(struct dump *dump)
{
    input_close(dump->input);
    sqllex_release(&dump->lex);
    arena_release(&dump->arena);
    blockrows_release(&dump->rows);
    free(dump->tokens);
    free(dump);
}

bool
dump_is_complete(const struct dump *dump)
{
    return dump->note.closing == DUMPNOTE_COMPLETE;
}

/* ---- tokens */

static void
next_token(struct dump *dump, struct sqllex_token *token)
{
    struct input *input = dump->input;
    enum sqllex_kind kind;

    do {
        struct slice window = slice_make(input->data + input->start, input->end - input->start);

        kind = sqllex_next(&dump->lex, &window, input->eof ? SQLLEX_WHOLE : SQLLEX_PART, token);
        input->start = (size_t)(window.data - input->data);
        if (kind == SQLLEX_MORE)
            input_fill(input);
    } while (kind == SQLLEX_MORE);
    if (kind == SQLLEX_ERROR)
        backup_refuse(
            dump->backup, token->line, "%s: the backup is cut or damaged", dump->lex.reason);
}

/* The token outlives the lexer's next call. */
static void
keep_token(struct dump *dump, const struct sqllex_token *token)
{
    struct sqllex_token *kept = MEM_APPEND(dump->tokens, dump->n_tokens, dump->room_tokens);

    *kept = *token;
    kept->text.data = arena_copy(&dump->arena, token->text.data, token->text.length);
    kept->raw.data = arena_copy(&dump->arena, token->raw.data, token->raw.length);
    dump->kept_bytes += token->text.length + token->raw.length + sizeof *kept;
    if (dump->kept_bytes > STATEMENT_LIMIT)
        backup_refuse(dump->backup, dump->statement_line, "a statement of more than %zu MB",
            STATEMENT_LIMIT / 1024 / 1024);
}

static void
forget_statement(struct dump *dump)
{
    dump->n_tokens = dump->kept_bytes = 0;
    arena_release(&dump->arena);
    dump->lex.keep = SQLLEX_KEEP;
}

/* ---- blocks */

static void
refuse_second_database(const struct dump *dump)
{
    if (dump->reconnected)
        backup_refuse(dump->backup, dump->statement_line,
            "the dump holds several databases (\\connect between tables); give one at a time");
}

static struct backup_block *
add_block(struct dump *dump, const struct dumpcopy *copy, enum schema_form form)
{
    refuse_second_database(dump);
    return backup_add_block(dump->backup, copy->table, form, copy->listed ? &copy->columns : NULL);
}

/* ---- rows */

/* What stands behind `COPY ... FROM stdin;` on its line must be blank; the rows follow. */
static void
start_rows(struct dump *dump, struct backup_block *block)
{
    struct slice line;
    bool terminated;

    if (!input_line(dump->input, &line, &terminated) || !terminated)
        backup_refuse(
            dump->backup, dump->statement_line, "COPY data is missing: the backup is cut");
    block->carriage = line.length > 0 && line.data[line.length - 1] == '\r';
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            backup_refuse(dump->backup, dump->lex.line,
                "text stands behind COPY ... FROM stdin; on its line");
    block->line = dump->lex.line + 1;
    block->offset = input_tell(dump->input);
    blockrows_start(&dump->rows, dump->backup, dump->input, block);
}

bool
dump_rows(struct dump *dump, struct backup_rows *rows)
{
    const struct backup_block *block = dump->rows.block;
    bool more = blockrows_read(&dump->rows, rows);

    if (block != NULL && !more) /* and the line of its \. */
        dump->lex.line = block->line + (uint64_t)block->rows + 1;
    return more;
}

void
dump_reread(struct dump *dump, const struct backup_block *block)
{
    dump->again = *block;
    input_seek(dump->input, block->offset);
    blockrows_start(&dump->rows, dump->backup, dump->input, &dump->again);
}

/* ---- statements */

/* Counts what follows VALUES, at depth 0, up to ON CONFLICT or RETURNING. */
static void
track_insert(struct statement *statement, const struct sqllex_token *token)
{
    if (token->kind == SQLLEX_WORD && statement->span.depth == 0) {
        if (slice_is(token->text, "values"))
            statement->counting = true;
        else if (slice_is(token->text, "on") || slice_is(token->text, "returning"))
            statement->counting = false;
    }
    if (statement->counting && statement->span.depth == 0 && token->text.data[0] == '(')
        statement->insert_rows++;
}

/* The token that ends the list of columns of an INSERT. */
static bool
ends_insert_head(const struct sqllex_token *token)
{
    return token->kind == SQLLEX_WORD &&
           (slice_is(token->text, "values") || slice_is(token->text, "select") ||
               slice_is(token->text, "default") || slice_is(token->text, "overriding"));
}

static void
decide(struct dump *dump, struct statement *statement)
{
    struct tokens tokens = {dump->tokens, dump->n_tokens};
    enum ddl_interest interest;

    if (tokens_peek(&tokens, 0, "copy")) {
        statement->use = COPY;
    } else if (tokens_peek(&tokens, 0, "insert")) {
        statement->use = INSERT;
    } else {
        interest = ddl_wants(dump->tokens, dump->n_tokens);
        if (interest == DDL_WANTED)
            statement->use = DDL;
        else if (interest == DDL_NOT_WANTED || dump->n_tokens >= 8)
            statement->use = SKIP;
    }
}

static void
take_token(struct dump *dump, struct statement *statement, const struct sqllex_token *token)
{
    if (statement->use == INSERT)
        track_insert(statement, token);
    sqlspan_take(&statement->span, token);
    if (dump->lex.keep == SQLLEX_DISCARD)
        return;
    if (statement->use == INSERT && (ends_insert_head(token) || dump->n_tokens > 4000)) {
        dump->lex.keep = SQLLEX_DISCARD;
        return;
    }
    keep_token(dump, token);
    if (statement->use == UNDECIDED)
        decide(dump, statement);
    if (statement->use == SKIP)
        dump->lex.keep = SQLLEX_DISCARD;
}

static bool
has_content(const struct dump *dump)
{
    return dump->backup->n_blocks > 0 || dump->backup->schema.n_tables > 0;
}

/* What stands between two statements. */
static void
take_note(struct dump *dump, const struct sqllex_token *token)
{
    if (token->kind == SQLLEX_COMMENT) {
        dumpnote_take_comment(&dump->note, token->text);
        dump->backup->server_version = dump->note.server_version;
        dump->backup->pg_dump_version = dump->note.pg_dump_version;
    } else if (dumpnote_take_command(&dump->note, token->text) == DUMPNOTE_CONNECT) {
        dump->reconnected = dump->reconnected || has_content(dump);
        ddl_reset_session(&dump->backup->ddl);
        dump->lex.standard_strings = true;
    }
}

/* Reads up to the semicolon. False at the end of input. */
static bool
read_statement(struct dump *dump, struct statement *statement)
{
    struct sqllex_token token;
    bool begun = false;

    for (;;) {
        next_token(dump, &token);
        if (token.kind == SQLLEX_END) {
            if (begun)
                backup_refuse(dump->backup, dump->statement_line,
                    "the statement that starts here does not end: the backup is cut");
            return false;
        }
        if (token.kind == SQLLEX_COMMENT || token.kind == SQLLEX_META) {
            if (!begun)
                take_note(dump, &token);
            continue;
        }
        if (!begun) {
            dump->statement_line = token.line;
            dump->statement_offset = input_tell(dump->input) - token.raw.length;
        }
        if (sqlspan_ends(&statement->span, &token))
            return true;
        begun = true;
        take_token(dump, statement, &token);
    }
}

static bool
apply_copy(struct dump *dump)
{
    struct tokens tokens = {dump->tokens, dump->n_tokens};
    struct dumpcopy copy;
    const char *reason;

    if (!dumpcopy_parse(&dump->backup->ddl, tokens, &copy, &reason))
        backup_refuse(dump->backup, dump->statement_line, "%s", reason);
    if (!copy.from_stdin) {
        msg_warning("%s, line %llu: COPY that is not from stdin was left aside", dump->backup->name,
            (unsigned long long)dump->statement_line);
        return false;
    }
    start_rows(dump, add_block(dump, &copy, SCHEMA_FORM_COPY));
    return true;
}

/* True for the first INSERT into a table. */
static bool
apply_insert(struct dump *dump, const struct statement *statement)
{
    struct tokens tokens = {dump->tokens, dump->n_tokens};
    struct dumpcopy insert;
    const struct schema_table *table;
    struct backup_block *block;
    bool first;

    if (!dumpcopy_parse_insert(&dump->backup->ddl, tokens, &insert))
        return false;
    table = schema_find_table(&dump->backup->schema, insert.table);
    first = table == NULL || !table->data.present;
    block = first ? add_block(dump, &insert, SCHEMA_FORM_INSERT)
                  : &dump->backup->blocks[table->data.position];
    if (!first && block->form == SCHEMA_FORM_COPY) {
        backup_refuse(dump->backup, dump->statement_line,
            "%s has COPY data and INSERT statements: this version reads the former only",
            block->table);
    } else {
        block->rows += (int64_t)(statement->insert_rows != 0 ? statement->insert_rows : 1);
        block->bytes += input_tell(dump->input) - dump->statement_offset;
    }
    free(insert.table);
    return first;
}

static void
apply_ddl(struct dump *dump)
{
    size_t tables = dump->backup->schema.n_tables;

    ddl_apply(&dump->backup->ddl, dump->tokens, dump->n_tokens);
    dump->lex.standard_strings = dump->backup->ddl.standard_strings;
    if (dump->backup->schema.n_tables > tables)
        refuse_second_database(dump);
}

/* ---- blocks, one after the other */

bool
dump_next(struct dump *dump)
{
    struct backup_rows rows;

    while (dump_rows(dump, &rows))
        continue;
    for (;;) {
        struct statement statement = {.use = UNDECIDED};

        forget_statement(dump);
        if (!read_statement(dump, &statement)) {
            backup_finish(dump->backup);
            return false;
        }
        if (statement.use == DDL)
            apply_ddl(dump);
        else if (statement.use == COPY && apply_copy(dump))
            return true;
        else if (statement.use == INSERT && apply_insert(dump, &statement))
            return true;
    }
}
