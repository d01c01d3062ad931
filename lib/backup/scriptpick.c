#include "scriptpick.h"

#include <stdlib.h>

#include "backup.h"
#include "blockrows.h"
#include "dumpcopy.h"
#include "dumpnote.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "output.h"
#include "sqllike.h"
#include "sqlspan.h"
#include "statement.h"

/* Bytes of a statement that is held until it is known what becomes of it. */
#define HELD_LIMIT ((size_t)64 * 1024 * 1024)

enum use { UNDECIDED, PASS, LEAVE };

struct pick {
    const struct scriptpick_options *options;
    struct backup backup; /* its name, schema and settings */
    struct input *input;
    struct output output;
    struct sqllex lex;
    struct dumpnote note;
    struct blockrows rows;
    bool *found;  /* by table of the options */
    bool content; /* a table or rows have been seen */

    /* The statement under way. */
    enum use use;
    enum statement_kind kind;
    struct sqlspan span;
    struct sqllike like;
    struct sqllex_token *tokens;          /* while they are collected */
    size_t n_tokens, room_tokens, second; /* where its second token ends in `held` */
    bool collecting;
    struct arena arena;
    struct buf held;
    uint64_t line;
};

/* ---- bytes */

/* A line ends for psql at a NUL byte (its gets_fromFile), for the server and for us it does not. */
static void
refuse_nul(struct pick *pick, const char *bytes, size_t length, uint64_t line)
{
    if (memchr(bytes, '\0', length) != NULL)
        backup_refuse(&pick->backup, line, "a NUL byte, which no backup has: it is damaged");
}

static void
take_bytes(struct pick *pick, const char *bytes, size_t length)
{
    refuse_nul(pick, bytes, length, pick->lex.line);
    if (pick->use == PASS)
        output_write(&pick->output, bytes, length);
    if (pick->use != UNDECIDED)
        return;
    if (pick->held.length + length > HELD_LIMIT)
        backup_refuse(&pick->backup, pick->line, "a statement or comment of more than %zu MB",
            HELD_LIMIT / 1024 / 1024);
    buf_add(&pick->held, bytes, length);
}

/* Refuses what psql may read in another way than we do, for it could find a command there. */
static void
check_likeness(struct pick *pick, const struct sqllex_token *token)
{
    const char *why;

    if (!sqllike_take(&pick->like, &pick->span, token, &why))
        backup_refuse(&pick->backup, token->line,
            "%s: psql may read on in another way than the server, so nothing of this file is "
            "restored",
            why);
}

/* The next token; its bytes, and the white space before it, have been taken. */
static void
next_token(struct pick *pick, struct sqllex_token *token)
{
    struct input *input = pick->input;
    enum sqllex_kind kind;

    do {
        const char *start = input->data + input->start;
        struct slice window = slice_make(start, input->end - input->start);

        kind = sqllex_next(&pick->lex, &window, input->eof ? SQLLEX_WHOLE : SQLLEX_PART, token);
        take_bytes(pick, start, (size_t)(window.data - start));
        input->start = (size_t)(window.data - input->data);
        if (kind == SQLLEX_MORE)
            input_fill(input);
    } while (kind == SQLLEX_MORE);
    if (kind == SQLLEX_ERROR)
        backup_refuse(
            &pick->backup, token->line, "%s: the backup is cut or damaged", pick->lex.reason);
    check_likeness(pick, token);
}

/* ---- what becomes of a statement */

static bool
is_wanted_table(struct pick *pick, const char *table)
{
    const struct scriptpick_options *options = pick->options;

    pick->content = true;
    for (size_t i = 0; i < options->n_tables; i++)
        if (strcmp(options->tables[i], table) == 0) {
            pick->found[i] = true;
            return true;
        }
    return options->n_tables == 0;
}

/* The table of COPY or INSERT; it must be one that psql reads as we do. */
static struct dumpcopy
parse_rows(struct pick *pick)
{
    struct tokens tokens = {pick->tokens, pick->n_tokens};
    struct dumpcopy copy = {0};
    const char *reason = "INSERT is not understood";

    if (pick->kind == STATEMENT_COPY ? !dumpcopy_parse(&pick->backup.ddl, tokens, &copy, &reason)
                                     : !dumpcopy_parse_insert(&pick->backup.ddl, tokens, &copy))
        backup_refuse(&pick->backup, pick->line, "%s", reason);
    if (pick->kind == STATEMENT_COPY && !copy.from_stdin)
        backup_refuse(&pick->backup, pick->line,
            "COPY that is not from stdin reads or writes files of the server: no backup does that");
    return copy;
}

/* True when the sequence of `SELECT setval('name', ...)` is of a wanted table. */
static bool
is_wanted_sequence(struct pick *pick)
{
    const struct schema_sequence *sequence = NULL;
    struct tokens tokens = {pick->tokens, pick->n_tokens};
    char *schema, *name, *display;
    bool wanted = false;

    if (pick->options->n_tables == 0)
        return true;
    if (!tokens_seek(&tokens, "(") || tokens.n < 2 || tokens.at[1].kind != SQLLEX_STRING ||
        !ident_parse_qualified(tokens.at[1].text, &schema, &name))
        return false;
    display = ddl_table_name(&pick->backup.ddl, schema, name);
    sequence = schema_find_sequence(&pick->backup.schema, display);
    for (size_t i = 0; sequence != NULL && sequence->owner != NULL && i < pick->options->n_tables;
         i++) {
        size_t length = strlen(pick->options->tables[i]);

        wanted = wanted || (strncmp(sequence->owner, pick->options->tables[i], length) == 0 &&
                               sequence->owner[length] == '.');
    }
    free(display);
    free(schema);
    free(name);
    return wanted;
}

static bool
is_wanted_data(struct pick *pick)
{
    struct dumpcopy copy;
    bool wanted;

    if (pick->options->part == SCRIPTPICK_SCHEMA)
        return false;
    if (pick->kind == STATEMENT_SETVAL)
        return is_wanted_sequence(pick);
    if (pick->kind != STATEMENT_COPY && pick->kind != STATEMENT_INSERT)
        return pick->options->n_tables == 0;
    copy = parse_rows(pick);
    wanted = is_wanted_table(pick, copy.table);
    free(copy.table);
    return wanted;
}

static bool
is_wanted(struct pick *pick)
{
    enum scriptpick_part part = pick->options->part;

    switch (pick->kind) {
    case STATEMENT_SETTING:
        return true;
    case STATEMENT_OWNER:
    case STATEMENT_GRANT:
        return part != SCRIPTPICK_DATA && pick->options->owners == SCRIPTPICK_OWNERS;
    case STATEMENT_COPY:
    case STATEMENT_INSERT:
    case STATEMENT_SETVAL:
    case STATEMENT_DATA:
    case STATEMENT_REFRESH:
        return is_wanted_data(pick);
    case STATEMENT_TRANSACTION:
    case STATEMENT_DATABASE:
    case STATEMENT_IDLE:
        return false;
    case STATEMENT_ABORT:
        backup_refuse(&pick->backup, pick->line,
            "the script ends a transaction in a way that no backup does: it cannot be restored "
            "in one");
    case STATEMENT_UNDECIDED:
    case STATEMENT_SCHEMA:
    case STATEMENT_NEW_SCHEMA:
        break;
    }
    return part != SCRIPTPICK_DATA;
}

static void
flush_held(struct pick *pick)
{
    struct slice held = buf_slice(&pick->held);
    size_t split = pick->kind == STATEMENT_NEW_SCHEMA ? pick->second : 0;

    output_write(&pick->output, held.data, split);
    if (split > 0) /* `public` is always there */
        output_slice(&pick->output, SLICE(" IF NOT EXISTS"));
    output_write(&pick->output, held.data + split, held.length - split);
    buf_clear(&pick->held);
}

static void
settle(struct pick *pick)
{
    pick->use = is_wanted(pick) ? PASS : LEAVE;
    if (pick->use == PASS)
        flush_held(pick);
    buf_clear(&pick->held);
}

/* COPY is short, and only its end says where its rows are from. */
static bool
decides_early(enum statement_kind kind)
{
    return kind != STATEMENT_UNDECIDED && kind != STATEMENT_COPY && kind != STATEMENT_SETVAL;
}

/* ---- statements */

static void
start_statement(struct pick *pick)
{
    pick->use = UNDECIDED;
    pick->kind = STATEMENT_UNDECIDED;
    pick->span = (struct sqlspan){0};
    pick->n_tokens = pick->second = 0;
    pick->collecting = true;
    pick->lex.keep = SQLLEX_KEEP;
    arena_release(&pick->arena);
    buf_clear(&pick->held);
}

static void
take_token(struct pick *pick, const struct sqllex_token *token)
{
    struct sqllex_token *kept;

    sqlspan_take(&pick->span, token);
    if (!pick->collecting)
        return;
    kept = MEM_APPEND(pick->tokens, pick->n_tokens, pick->room_tokens);
    *kept = *token;
    kept->text.data = arena_copy(&pick->arena, token->text.data, token->text.length);
    kept->raw.data = arena_copy(&pick->arena, token->raw.data, token->raw.length);
    if (pick->n_tokens == 2)
        pick->second = pick->held.length;
    if (pick->kind == STATEMENT_UNDECIDED) {
        pick->kind = statement_kind(pick->tokens, pick->n_tokens, STATEMENT_PART);
        if (decides_early(pick->kind))
            settle(pick);
    }
    if (pick->use != UNDECIDED &&
        (pick->kind == STATEMENT_INSERT || ddl_wants(pick->tokens, pick->n_tokens) != DDL_WANTED)) {
        pick->collecting = false;
        pick->lex.keep = SQLLEX_DISCARD;
    }
}

/* A comment or command between two statements. */
static void
take_note(struct pick *pick, const struct sqllex_token *token)
{
    enum dumpnote_command command;

    if (token->kind == SQLLEX_COMMENT) {
        dumpnote_take_comment(&pick->note, token->text);
        return;
    }
    command = dumpnote_take_command(&pick->note, token->text);
    if (command == DUMPNOTE_OTHER)
        backup_refuse(&pick->backup, token->line,
            "a command of psql, \"%.*s\", which no backup needs: psql would run it, so nothing of "
            "this file is restored",
            (int)(token->text.length < 60 ? token->text.length : 60), token->text.data);
    if (command != DUMPNOTE_CONNECT)
        return;
    if (pick->content)
        backup_refuse(&pick->backup, token->line,
            "the backup holds several databases (\\connect between tables); give one at a time");
    ddl_reset_session(&pick->backup.ddl);
    pick->lex.standard_strings = true;
}

static void
end_statement(struct pick *pick)
{
    if (pick->use == UNDECIDED) {
        if (pick->kind == STATEMENT_UNDECIDED)
            pick->kind = statement_kind(pick->tokens, pick->n_tokens, STATEMENT_WHOLE);
        settle(pick);
    }
    if (pick->collecting && ddl_wants(pick->tokens, pick->n_tokens) == DDL_WANTED) {
        ddl_apply(&pick->backup.ddl, pick->tokens, pick->n_tokens);
        pick->lex.standard_strings = pick->backup.ddl.standard_strings;
    }
    if (pick->use == PASS && pick->kind != STATEMENT_COPY)
        output_slice(&pick->output, SLICE("\n"));
    pick->content = pick->content || pick->backup.schema.n_tables > 0;
}

/* Reads up to the semicolon. False at the end of input. */
static bool
read_statement(struct pick *pick)
{
    struct sqllex_token token;
    bool begun = false;

    start_statement(pick);
    for (;;) {
        next_token(pick, &token);
        if (token.kind == SQLLEX_END && begun)
            backup_refuse(&pick->backup, pick->line,
                "the statement that starts here does not end: the backup is cut");
        if (token.kind == SQLLEX_END)
            return false;
        if (!begun && (token.kind == SQLLEX_COMMENT || token.kind == SQLLEX_META)) {
            take_note(pick, &token);
            buf_clear(&pick->held);
            continue;
        }
        if (token.kind == SQLLEX_META)
            backup_refuse(&pick->backup, token.line, "a command of psql within a statement");
        if (token.kind == SQLLEX_COMMENT)
            continue;
        if (!begun)
            pick->line = token.line;
        if (sqlspan_ends(&pick->span, &token))
            break;
        begun = true;
        take_token(pick, &token);
    }
    end_statement(pick);
    return true;
}

/* ---- rows */

/* What stands behind `COPY ... FROM stdin;` on its line must be blank. */
static void
end_line(struct pick *pick, struct backup_block *block)
{
    struct slice line;
    bool terminated;

    if (!input_line(pick->input, &line, &terminated) || !terminated)
        backup_refuse(&pick->backup, pick->line, "COPY data is missing: the backup is cut");
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            backup_refuse(&pick->backup, pick->lex.line,
                "text stands behind COPY ... FROM stdin; on its line");
    block->carriage = line.length > 0 && line.data[line.length - 1] == '\r';
    block->line = pick->lex.line + 1;
}

static void
pass_rows(struct pick *pick)
{
    struct backup_block block = {.table = (char *)"the table"};
    struct backup_rows rows;

    end_line(pick, &block);
    if (pick->use == PASS)
        output_slice(&pick->output, SLICE("\n"));
    blockrows_start(&pick->rows, &pick->backup, pick->input, &block);
    while (blockrows_read(&pick->rows, &rows)) {
        refuse_nul(pick, rows.text.data, rows.text.length, block.line);
        if (pick->use == PASS)
            output_slice(&pick->output, rows.text);
    }
    if (pick->use == PASS)
        output_slice(&pick->output, SLICE("\\.\n"));
    pick->lex.line = block.line + (uint64_t)block.rows + 1;
}

/* ---- the end */

static void
check_end(const struct pick *pick)
{
    const struct scriptpick_options *options = pick->options;

    if (pick->note.closing != DUMPNOTE_COMPLETE &&
        options->incomplete == SCRIPTPICK_REFUSE_INCOMPLETE)
        backup_refuse(&pick->backup, 0,
            "there is no closing comment of pg_dump: the backup may be incomplete "
            "(--allow-incomplete takes it for whole)");
    for (size_t i = 0; i < options->n_tables; i++)
        if (!pick->found[i])
            msg_fatal(STATUS_USAGE,
                "%s holds no rows of a table %s; 'dump-splitter --list' shows "
                "the names",
                pick->backup.name, options->tables[i]);
}

void
scriptpick_run(const struct scriptpick_options *options)
{
    struct pick *pick = mem_alloc(sizeof *pick);

    pick->options = options;
    pick->input = input_open(options->path);
    pick->backup.name = pick->input->name;
    pick->found = mem_alloc((options->n_tables + 1) * sizeof *pick->found);
    ddl_init(&pick->backup.ddl, &pick->backup.schema);
    sqllex_init(&pick->lex);
    output_standard(&pick->output);
    while (read_statement(pick))
        if (pick->kind == STATEMENT_COPY)
            pass_rows(pick);
    check_end(pick);
    output_close(&pick->output);
    input_close(pick->input);
    blockrows_release(&pick->rows);
    sqllex_release(&pick->lex);
    dumpnote_release(&pick->note);
    buf_release(&pick->held);
    free(pick->tokens);
    free(pick->found);
    free(pick);
}
