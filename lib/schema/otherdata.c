#include "otherdata.h"

#include <stdlib.h>

#include "ddltable.h"
#include "mem.h"

#define LARGE_OBJECTS "writes large objects, which are not read"
#define NOT_KNOWN "may change data; what it does is not known"

/* ---- tables */

static void
take_table(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    char *table = ddl_take_table(ddl, tokens);

    if (table != NULL && !schema_has_name(&other->tables, table))
        schema_add_name(&other->tables, table);
    free(table);
}

static bool
one_table(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other, const char *what)
{
    other->what = what;
    take_table(ddl, tokens, other);
    return true;
}

/* TRUNCATE [TABLE] [ONLY] a [*], b; with CASCADE others too, which may have rows. */
static void
truncated(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    other->what = "TRUNCATE";
    tokens_accept(tokens, "table");
    do {
        take_table(ddl, tokens, other);
        tokens_accept(tokens, "*");
    } while (tokens_accept(tokens, ","));
    other->needs_rows = !tokens_seek(tokens, "cascade");
}

/* True when rows come from somewhere else than the script. */
static bool
copied(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    struct schema_names columns = {0};

    if (tokens_peek(tokens, 0, "(")) /* COPY (SELECT ...) TO */
        return false;
    tokens_accept(tokens, "binary");
    take_table(ddl, tokens, other);
    ddltable_columns(tokens, &columns);
    schema_names_release(&columns);
    return tokens_accept(tokens, "from") && !tokens_peek(tokens, 0, "stdin");
}

/* The statements inside of WITH may stand at any depth. */
static bool
with(const struct ddl *ddl, struct tokens tokens, struct otherdata *other)
{
    static const char *const verbs[] = {"insert into", "delete from", "merge into", "update"};
    const struct sqllex_token *start = tokens.at;

    other->what = "WITH";
    for (; tokens.n > 0; tokens = (struct tokens){tokens.at + 1, tokens.n - 1}) {
        struct tokens before = {tokens.at - 1, 1}, here = tokens;

        if (tokens.at > start &&
            (tokens_peek(&before, 0, "for") || tokens_peek(&before, 0, "key") ||
                tokens_peek(&before, 0, "do")))
            continue; /* FOR UPDATE, ON CONFLICT DO UPDATE */
        for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
            if (tokens_accept(&here, verbs[i])) {
                take_table(ddl, &here, other);
                break;
            }
    }
    return other->tables.n > 0;
}

/* ---- SELECT and CREATE */

/* Those that make one come first. */
static const char *const lo_functions[] = {"lo_create", "lo_creat", "lo_import", "lo_from_bytea",
    "lo_open", "lowrite", "lo_close", "lo_put", "lo_unlink", "lo_truncate"};
#define LO_MAKE 4
#define LO_ALL (sizeof lo_functions / sizeof lo_functions[0])

/* True when the next tokens are a call of one of the first n. */
static bool
calls_lo(const struct tokens *tokens, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tokens_peek(tokens, 0, lo_functions[i]) && tokens_peek(tokens, 1, "("))
            return true;
    return false;
}

/* Before 9.0 pg_dump called one inside of the other: lo_open(lo_create(...), ...). */
static unsigned
count_made(struct tokens tokens)
{
    unsigned n = 0;

    for (; tokens.n > 0; tokens = (struct tokens){tokens.at + 1, tokens.n - 1})
        n += calls_lo(&tokens, LO_MAKE);
    return n;
}

static bool
large_objects(struct tokens tokens, struct otherdata *other)
{
    tokens_accept(&tokens, "pg_catalog .");
    if (!calls_lo(&tokens, LO_ALL))
        return false;
    other->what = "SELECT lo_...";
    other->where = LARGE_OBJECTS;
    other->large_objects = true;
    other->made = count_made(tokens);
    return true;
}

static bool
selected(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    if (large_objects(*tokens, other))
        return true;
    if (!tokens_seek(tokens, "into"))
        return false;
    tokens_skip(tokens);
    if (tokens_accept(tokens, "temporary") || tokens_accept(tokens, "temp"))
        return false;
    tokens_accept(tokens, "unlogged");
    tokens_accept(tokens, "table");
    return one_table(ddl, tokens, other, "SELECT INTO");
}

/* CREATE TABLE ... AS, which also fills the table. */
static bool
created(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    tokens_accept(tokens, "unlogged");
    if (!tokens_accept(tokens, "table"))
        return false;
    tokens_accept(tokens, "if not exists");
    one_table(ddl, tokens, other, "CREATE TABLE AS");
    if (tokens_peek(tokens, 0, "(")) /* its columns' names */
        tokens_skip(tokens);
    return tokens_accept(tokens, "as");
}

/* ---- statements */

static bool
unknown(struct otherdata *other, const char *what)
{
    other->what = what;
    other->where = NOT_KNOWN;
    return true;
}

static bool
parse(const struct ddl *ddl, struct tokens *tokens, struct otherdata *other)
{
    other->needs_rows = true;
    if (tokens_accept(tokens, "update"))
        return one_table(ddl, tokens, other, "UPDATE");
    if (tokens_accept(tokens, "delete from"))
        return one_table(ddl, tokens, other, "DELETE");
    if (tokens_accept(tokens, "truncate")) {
        truncated(ddl, tokens, other);
        return true;
    }
    other->needs_rows = false;
    if (tokens_accept(tokens, "merge into"))
        return one_table(ddl, tokens, other, "MERGE");
    if (tokens_accept(tokens, "copy")) {
        other->what = "COPY from elsewhere than stdin";
        return copied(ddl, tokens, other);
    }
    if (tokens_accept(tokens, "with"))
        return with(ddl, *tokens, other);
    if (tokens_accept(tokens, "select"))
        return selected(ddl, tokens, other);
    if (tokens_accept(tokens, "create"))
        return created(ddl, tokens, other);
    if (tokens_accept(tokens, "do"))
        return unknown(other, "DO");
    if (tokens_accept(tokens, "call"))
        return unknown(other, "CALL");
    return tokens_accept(tokens, "execute") && unknown(other, "EXECUTE");
}

bool
otherdata_parse(const struct ddl *ddl, struct tokens tokens, struct otherdata *other)
{
    *other = (struct otherdata){0};
    if (!parse(ddl, &tokens, other)) {
        otherdata_release(other);
        return false;
    }
    if (other->tables.n == 0 && other->where == NULL)
        other->where = NOT_KNOWN;
    return true;
}

enum otherdata_interest
otherdata_wants(struct tokens tokens)
{
    static const char *const verbs[] = {
        "update", "delete", "truncate", "merge", "select", "do", "call", "execute"};

    if (tokens_peek(&tokens, 0, "with"))
        return OTHERDATA_ALL;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (tokens_peek(&tokens, 0, verbs[i]))
            return OTHERDATA_BEGINNING;
    return OTHERDATA_NONE;
}

/* ---- meta-commands */

/* \copy t [(columns)] from ..., which goes on as COPY does up to there. */
static bool
parse_copy(const struct ddl *ddl, struct slice text, struct otherdata *other)
{
    struct sqllex_token tokens[256], *token = tokens;
    struct arena arena = {0};
    struct sqllex lex;
    struct tokens all;
    bool found;

    sqllex_init(&lex);
    while (token < tokens + sizeof tokens / sizeof tokens[0]) {
        enum sqllex_kind kind = sqllex_next(&lex, &text, SQLLEX_WHOLE, token);

        if (kind == SQLLEX_END || kind == SQLLEX_ERROR || kind == SQLLEX_META)
            break;
        token->text = slice_make(
            arena_copy(&arena, token->text.data, token->text.length), token->text.length);
        token++;
    }
    sqllex_release(&lex);
    all = (struct tokens){tokens, (size_t)(token - tokens)};
    found = copied(ddl, &all, other);
    arena_release(&arena);
    return found;
}

/* True when that is the command's name; *text is then what stands behind it. */
static bool
is_command(struct slice *text, const char *name)
{
    struct slice word = slice_string(name), rest;

    if (!slice_starts(*text, word))
        return false;
    rest = slice_make(text->data + word.length, text->length - word.length);
    if (rest.length > 0 && rest.data[0] >= 'a' && rest.data[0] <= 'z')
        return false;
    if (rest.length > 0 && rest.data[0] == '_')
        return false;
    *text = rest;
    return true;
}

static bool
large_object(struct slice text, struct otherdata *other)
{
    bool made = is_command(&text, "\\lo_import");

    if (!made && !is_command(&text, "\\lo_unlink"))
        return false;
    *other = (struct otherdata){.what = made ? "\\lo_import" : "\\lo_unlink",
        .where = LARGE_OBJECTS,
        .large_objects = true,
        .made = made};
    return true;
}

bool
otherdata_parse_command(const struct ddl *ddl, struct slice text, struct otherdata *other)
{
    static const struct command {
        const char *name, *what, *where;
    } commands[] = {
        {"\\i", "\\i", "reads another file, which is not read"},
        {"\\ir", "\\ir", "reads another file, which is not read"},
        {"\\include", "\\include", "reads another file, which is not read"},
        {"\\include_relative", "\\include_relative", "reads another file, which is not read"},
    };

    *other = (struct otherdata){0};
    if (large_object(text, other))
        return true;
    if (is_command(&text, "\\copy")) {
        other->what = "\\copy";
        if (parse_copy(ddl, text, other))
            return true;
        otherdata_release(other);
        return false;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (is_command(&text, commands[i].name)) {
            other->what = commands[i].what;
            other->where = commands[i].where;
            return true;
        }
    return false;
}

void
otherdata_release(struct otherdata *other)
{
    schema_names_release(&other->tables);
    *other = (struct otherdata){0};
}
