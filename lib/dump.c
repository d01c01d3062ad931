#include "dump.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumpcopy.h"
#include "dumpnote.h"
#include "msg.h"

#define STATEMENT_LIMIT ((size_t)64 * 1024 * 1024)

/* What becomes of the statement under way. */
enum use { UNDECIDED, DDL, COPY, INSERT, SKIP };

struct statement {
    enum use use;
    unsigned long depth; /* of parentheses */
    unsigned long begin; /* of BEGIN ATOMIC and CASE ... END */
    uint64_t insert_rows;
    bool counting;
    char create[4]; /* the first letters of its first words, as psql looks at them */
    size_t words;
};

void
dump_refuse(const struct dump *dump, uint64_t line, const char *format, ...)
{
    va_list arguments;
    struct buf text = {0};
    char why[2048];

    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    buf_add_format(&text, "%s, line %llu: %s", dump->input->name, (unsigned long long)line, why);
    msg_fatal(STATUS_INPUT, "%s", buf_string(&text));
}

/* Other things that people take for a plain SQL dump, by their first bytes. */
static void
refuse_archives(struct input *input)
{
    static const struct magic {
        size_t at;
        struct slice bytes;
        const char *what;
    } magics[] = {
        {0, {"PGDMP", 5}, "is an archive of pg_dump's custom format"},
        {257, {"ustar", 5}, "is a tar archive"},
        {0, {"\x28\xb5\x2f\xfd", 4}, "is compressed with zstd"},
        {0,
            {"\xfd"
             "7zXZ",
                5},
            "is compressed with xz"},
        {0, {"BZh", 3}, "is compressed with bzip2"},
        {0, {"PK\x03\x04", 4}, "is a zip archive"},
        {0, {"\x04\x22\x4d\x18", 4}, "is compressed with lz4"},
        {0, {"\xff\xfe", 2}, "is UTF-16, not UTF-8"},
        {0, {"\xfe\xff", 2}, "is UTF-16, not UTF-8"},
        {0, {"\\.merge-stream", 14}, "is a merge stream"},
    };

    while (input->end - input->start < 512 && input_fill(input))
        continue;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const struct magic *magic = &magics[i];

        if (input->end - input->start >= magic->at + magic->bytes.length &&
            memcmp(input->data + input->start + magic->at, magic->bytes.data,
                magic->bytes.length) == 0)
            msg_fatal(STATUS_INPUT,
                "%s %s: this version reads plain SQL dumps, as they are or compressed with gzip%s",
                input->name, magic->what, i < 2 ? " (pg_restore -f - ARCHIVE writes one)" : "");
    }
}

struct dump *
dump_open(const char *path)
{
    struct dump *dump = mem_alloc(sizeof *dump);

    dump->input = input_open(path);
    ddl_init(&dump->ddl, &dump->schema);
    sqllex_init(&dump->lex);
    refuse_archives(dump->input);
    return dump;
}

void
dump_close(struct dump *dump)
{
    input_close(dump->input);
    sqllex_release(&dump->lex);
    arena_release(&dump->arena);
    buf_release(&dump->row_buffer);
    free(dump->tokens);
    free(dump);
}

struct dump_block *
dump_block(struct dump *dump)
{
    return &dump->blocks[dump->n_blocks - 1];
}

bool
dump_is_complete(const struct dump *dump)
{
    return dump->source.closing == DUMP_COMPLETE;
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
        dump_refuse(dump, token->line, "%s: the dump is cut or damaged", dump->lex.reason);
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
        dump_refuse(dump, dump->statement_line, "a statement of more than %zu MB",
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
        dump_refuse(dump, dump->statement_line,
            "the dump holds several databases (\\connect between tables); give one at a time");
}

/* The columns that COPY and INSERT without a list mean: all that are not generated. */
static bool
columns_of_table(struct dump *dump, const char *name, struct schema_names *columns)
{
    const struct schema_table *table = schema_find_table(&dump->schema, name);

    for (size_t i = 0; table != NULL && i < table->n_columns; i++)
        if (!table->columns[i].generated)
            schema_add_name(columns, table->columns[i].name);
    return table != NULL;
}

static struct dump_block *
add_block(struct dump *dump, struct dumpcopy *copy, enum schema_form form)
{
    struct dump_block *block;
    struct schema_table *table;

    refuse_second_database(dump);
    block = MEM_APPEND(dump->blocks, dump->n_blocks, dump->room_blocks);
    *block = (struct dump_block){.table = copy->table, .form = form, .columns = copy->columns};
    block->columns_known = copy->listed || columns_of_table(dump, block->table, &block->columns);
    table = schema_add_table(&dump->schema, block->table);
    if (!table->data.present) {
        table->data.present = true;
        table->data.position = dump->n_blocks - 1;
        table->data.form = form;
        table->data.columns = block->columns;
    }
    return block;
}

/* ---- statements */

/* psql's rule for bodies of SQL functions: words count, at this depth, after CREATE FUNCTION. */
static void
track_body(struct statement *statement, const struct sqllex_token *token)
{
    const char *create = statement->create;
    char c = token->text.data[0];
    bool function;

    if (statement->words < 4)
        statement->create[statement->words++] = c;
    function =
        create[0] == 'c' &&
        (create[1] == 'f' || create[1] == 'p' ||
            (create[1] == 'o' && create[2] == 'r' && (create[3] == 'f' || create[3] == 'p')));
    if (!function || statement->depth > 0)
        return;
    if (slice_is(token->text, "begin"))
        statement->begin++;
    else if (slice_is(token->text, "case") && statement->begin > 0)
        statement->begin++;
    else if (slice_is(token->text, "end") && statement->begin > 0)
        statement->begin--;
}

/* Counts what follows VALUES, at depth 0, up to ON CONFLICT or RETURNING. */
static void
track_insert(struct statement *statement, const struct sqllex_token *token)
{
    if (token->kind == SQLLEX_WORD && statement->depth == 0) {
        if (slice_is(token->text, "values"))
            statement->counting = true;
        else if (slice_is(token->text, "on") || slice_is(token->text, "returning"))
            statement->counting = false;
    }
    if (statement->counting && statement->depth == 0 && token->text.data[0] == '(')
        statement->insert_rows++;
}

static void
track_depth(struct statement *statement, const struct sqllex_token *token)
{
    char c = token->text.data[0];

    if (c == '(')
        statement->depth++;
    else if (c == ')' && statement->depth > 0)
        statement->depth--;
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
    if (token->kind == SQLLEX_WORD)
        track_body(statement, token);
    if (statement->use == INSERT)
        track_insert(statement, token);
    if (token->kind == SQLLEX_PUNCT)
        track_depth(statement, token);
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
                dump_refuse(dump, dump->statement_line,
                    "the statement that starts here does not end: the dump is cut");
            return false;
        }
        if (token.kind == SQLLEX_COMMENT || token.kind == SQLLEX_META) {
            if (!begun)
                dumpnote_take(dump, &token);
            continue;
        }
        if (!begun) {
            dump->statement_line = token.line;
            dump->statement_offset = input_tell(dump->input) - token.raw.length;
        }
        if (token.kind == SQLLEX_PUNCT && token.text.data[0] == ';' && statement->depth == 0 &&
            statement->begin == 0)
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

    if (!dumpcopy_parse(&dump->ddl, tokens, &copy, &reason))
        dump_refuse(dump, dump->statement_line, "%s", reason);
    if (!copy.from_stdin) {
        msg_warning("%s, line %llu: COPY that is not from stdin was left aside", dump->input->name,
            (unsigned long long)dump->statement_line);
        return false;
    }
    dump_rows_start(dump, add_block(dump, &copy, SCHEMA_FORM_COPY));
    return true;
}

/* True for the first INSERT into a table. */
static bool
apply_insert(struct dump *dump, const struct statement *statement)
{
    struct tokens tokens = {dump->tokens, dump->n_tokens};
    struct dumpcopy insert;
    const struct schema_table *table;
    struct dump_block *block;
    bool first;

    if (!dumpcopy_parse_insert(&dump->ddl, tokens, &insert))
        return false;
    table = schema_find_table(&dump->schema, insert.table);
    first = table == NULL || !table->data.present;
    block =
        first ? add_block(dump, &insert, SCHEMA_FORM_INSERT) : &dump->blocks[table->data.position];
    if (!first && block->form == SCHEMA_FORM_COPY) {
        dump_refuse(dump, dump->statement_line,
            "%s has COPY data and INSERT statements: this version reads the former only",
            block->table);
    } else {
        block->rows += (int64_t)(statement->insert_rows != 0 ? statement->insert_rows : 1);
        block->bytes += input_tell(dump->input) - dump->statement_offset;
    }
    if (!first)
        free(insert.table);
    return first;
}

static void
apply_ddl(struct dump *dump)
{
    size_t tables = dump->schema.n_tables;

    ddl_apply(&dump->ddl, dump->tokens, dump->n_tokens);
    dump->lex.standard_strings = dump->ddl.standard_strings;
    if (dump->schema.n_tables > tables)
        refuse_second_database(dump);
}

/* ---- events */

static void
finish(struct dump *dump)
{
    ddl_finish(&dump->ddl);
    for (size_t i = 0; i < dump->n_blocks; i++) {
        const struct dump_block *block = &dump->blocks[i];
        struct schema_data *data = &schema_add_table(&dump->schema, block->table)->data;

        data->rows += block->rows;
        data->bytes += block->bytes;
    }
}

enum dump_event
dump_next(struct dump *dump)
{
    struct slice rows;
    uint64_t n;

    while (dump->in_rows)
        dump_rows(dump, &rows, &n);
    for (;;) {
        struct statement statement = {.use = UNDECIDED};
        bool found;

        forget_statement(dump);
        if (!read_statement(dump, &statement)) {
            finish(dump);
            return DUMP_END;
        }
        if (statement.use == DDL) {
            apply_ddl(dump);
        } else if (statement.use == COPY) {
            found = apply_copy(dump);
            if (found)
                return DUMP_COPY;
        } else if (statement.use == INSERT && apply_insert(dump, &statement)) {
            return DUMP_INSERT;
        }
    }
}
