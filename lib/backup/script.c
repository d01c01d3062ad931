#include "script.h"

#include <stdlib.h>

#include "encoding.h"
#include "otherdata.h"
#include "sqlspan.h"

#define STATEMENT_LIMIT ((size_t)64 * 1024 * 1024)
#define BEGINNING 200 /* tokens that are kept of an INSERT without VALUES, and the like */

/* What becomes of the statement under way. */
struct statement {
    enum script_event use;
    bool decided;
    size_t enough; /* tokens that are kept; 0: all of them */
    struct sqlspan span;
};

void
script_init(struct script *script, struct backup *backup, struct input *input)
{
    *script = (struct script){.backup = backup, .input = input};
    sqllex_init(&script->lex);
}

void
script_release(struct script *script)
{
    sqllex_release(&script->lex);
    arena_release(&script->arena);
    free(script->tokens);
}

/* ---- tokens */

static void
next_token(struct script *script, struct sqllex_token *token)
{
    struct input *input = script->input;
    enum sqllex_kind kind;

    do {
        struct slice window = slice_make(input->data + input->start, input->end - input->start);

        kind = sqllex_next(&script->lex, &window, input->eof ? SQLLEX_WHOLE : SQLLEX_PART, token);
        input->start = (size_t)(window.data - input->data);
        if (kind == SQLLEX_MORE)
            input_fill(input);
    } while (kind == SQLLEX_MORE);
    if (kind == SQLLEX_ERROR)
        backup_refuse(
            script->backup, token->line, "%s: the backup is cut or damaged", script->lex.reason);
}

/* The token outlives the lexer's next call. */
static void
keep_token(struct script *script, const struct sqllex_token *token)
{
    struct sqllex_token *kept = MEM_APPEND(script->tokens, script->n_tokens, script->room_tokens);
    const char *encoding = script->backup->ddl.client_encoding;

    *kept = *token;
    kept->text = encoding_copy(&script->arena, encoding, token->text);
    kept->raw = encoding_copy(&script->arena, encoding, token->raw);
    script->kept_bytes += token->text.length + token->raw.length + sizeof *kept;
    if (script->kept_bytes > STATEMENT_LIMIT)
        backup_refuse(script->backup, script->line, "a statement of more than %zu MB",
            STATEMENT_LIMIT / 1024 / 1024);
}

static void
forget_statement(struct script *script)
{
    script->n_tokens = script->kept_bytes = 0;
    arena_release(&script->arena);
    script->lex.keep = SQLLEX_KEEP;
}

/* ---- statements */

/* A statement that neither declares anything nor gives rows. */
static void
decide_other(struct script *script, struct statement *statement, enum otherdata_interest interest)
{
    statement->use = interest == OTHERDATA_NONE ? SCRIPT_OTHER : SCRIPT_DATA;
    statement->enough = interest == OTHERDATA_ALL ? 0 : BEGINNING;
    if (interest == OTHERDATA_NONE)
        script->lex.keep = SQLLEX_DISCARD;
}

/* Which statement it is, as soon as its first words tell. */
static void
decide(struct script *script, struct statement *statement)
{
    struct tokens tokens = script_tokens(script);
    enum ddl_interest interest;

    if (tokens_peek(&tokens, 0, "copy") || tokens_peek(&tokens, 0, "insert")) {
        statement->use = tokens_peek(&tokens, 0, "copy") ? SCRIPT_COPY : SCRIPT_INSERT;
        statement->decided = true;
        return;
    }
    interest = ddl_wants(script->tokens, script->n_tokens);
    if (interest == DDL_WANTED) {
        statement->use = SCRIPT_DDL;
        statement->decided = true;
    } else if (interest == DDL_NOT_WANTED || script->n_tokens >= 8) {
        statement->decided = true;
        decide_other(script, statement, otherdata_wants(tokens));
    }
}

static bool
is_word(const struct statement *statement, const struct sqllex_token *token, const char *word)
{
    return token->kind == SQLLEX_WORD && statement->span.depth == 0 && slice_is(token->text, word);
}

static void
take_token(struct script *script, struct statement *statement, const struct sqllex_token *token)
{
    sqlspan_take(&statement->span, token);
    if (script->lex.keep == SQLLEX_DISCARD)
        return;
    if (statement->use == SCRIPT_INSERT &&
        (is_word(statement, token, "select") || is_word(statement, token, "with")))
        *statement = (struct statement){SCRIPT_SELECT, true, BEGINNING, statement->span};
    if (statement->enough > 0 && script->n_tokens >= statement->enough) {
        script->lex.keep = SQLLEX_DISCARD;
        return;
    }
    keep_token(script, token);
    if (!statement->decided)
        decide(script, statement);
}

/* Reads on to the statement's end, or to the rows of an INSERT. */
static enum script_event
read_statement(struct script *script, struct statement *statement)
{
    struct sqllex_token token;

    for (;;) {
        next_token(script, &token);
        if (token.kind == SQLLEX_END)
            backup_refuse(script->backup, script->line,
                "the statement that starts here does not end: the backup is cut, or is no SQL");
        if (token.kind == SQLLEX_COMMENT || token.kind == SQLLEX_META)
            continue;
        if (sqlspan_ends(&statement->span, &token))
            return statement->use == SCRIPT_INSERT ? SCRIPT_SELECT : statement->use;
        if (statement->use == SCRIPT_INSERT && is_word(statement, &token, "values"))
            return SCRIPT_INSERT;
        take_token(script, statement, &token);
    }
}

enum script_event
script_next(struct script *script)
{
    struct statement statement = {.use = SCRIPT_OTHER};
    struct sqllex_token token;

    forget_statement(script);
    do {
        next_token(script, &token);
        if (token.kind == SQLLEX_END)
            return SCRIPT_END;
        if (token.kind == SQLLEX_COMMENT || token.kind == SQLLEX_META) {
            script->note = token;
            return SCRIPT_NOTE;
        }
    } while (sqlspan_ends(&statement.span, &token)); /* nothing but a semicolon */
    script->line = token.line;
    script->offset = input_tell(script->input) - token.raw.length;
    take_token(script, &statement, &token);
    return read_statement(script, &statement);
}

void
script_finish(struct script *script)
{
    struct statement statement = {.use = SCRIPT_OTHER, .decided = true};

    forget_statement(script);
    read_statement(script, &statement);
}
