#include "ddltext.h"

#include <stdlib.h>

#include "encoding.h"
#include "sqlspan.h"

#define STATEMENT_LIMIT ((size_t)64 * 1024 * 1024)

enum use { UNDECIDED, WANTED, SKIP };

/* One statement on its way. */
struct reading {
    struct ddltext *text;
    struct slice rest;
    enum use use;
    const char *reason;
};

void
ddltext_release(struct ddltext *text)
{
    sqllex_release(&text->lex);
    arena_release(&text->arena);
    free(text->tokens);
    *text = (struct ddltext){0};
}

static void
forget(struct ddltext *text)
{
    text->n_tokens = text->kept_bytes = 0;
    arena_release(&text->arena);
    text->lex.keep = SQLLEX_KEEP;
}

static void
begin(struct ddltext *text, const struct ddl *ddl)
{
    sqllex_release(&text->lex);
    sqllex_init(&text->lex);
    text->lex.standard_strings = ddl->standard_strings;
    text->encoding = ddl->client_encoding;
    forget(text);
}

static bool
keep(struct ddltext *text, const struct sqllex_token *token)
{
    struct sqllex_token *kept = MEM_APPEND(text->tokens, text->n_tokens, text->room_tokens);

    *kept = *token;
    kept->text = encoding_copy(&text->arena, text->encoding, token->text);
    kept->raw = encoding_copy(&text->arena, text->encoding, token->raw);
    text->kept_bytes += token->text.length + token->raw.length + sizeof *kept;
    return text->kept_bytes <= STATEMENT_LIMIT;
}

/* Keeps the token of a statement that may be wanted; false when it grows too large. */
static bool
take(struct reading *reading, const struct sqllex_token *token)
{
    struct ddltext *text = reading->text;
    enum ddl_interest interest;

    if (text->lex.keep == SQLLEX_DISCARD)
        return true;
    if (!keep(text, token)) {
        reading->reason = "a statement of more than 64 MB";
        return false;
    }
    if (reading->use != UNDECIDED)
        return true;
    interest = ddl_wants(text->tokens, text->n_tokens);
    if (interest == DDL_WANTED)
        reading->use = WANTED;
    else if (interest == DDL_NOT_WANTED || text->n_tokens >= 8)
        reading->use = SKIP;
    if (reading->use == SKIP)
        text->lex.keep = SQLLEX_DISCARD;
    return true;
}

/* Reads one statement, its semicolon too. False at the end of the text, and when it is bad. */
static bool
read_statement(struct reading *reading)
{
    struct sqlspan span = {0};
    struct sqllex_token token;
    bool begun = false;

    for (;;) {
        enum sqllex_kind kind =
            sqllex_next(&reading->text->lex, &reading->rest, SQLLEX_WHOLE, &token);

        if (kind == SQLLEX_ERROR)
            reading->reason = reading->text->lex.reason;
        if (kind == SQLLEX_ERROR || kind == SQLLEX_END)
            return kind == SQLLEX_END && begun; /* the last semicolon may be missing */
        if (kind == SQLLEX_COMMENT || kind == SQLLEX_META)
            continue;
        if (sqlspan_ends(&span, &token))
            return true;
        begun = true;
        sqlspan_take(&span, &token);
        if (!take(reading, &token))
            return false;
    }
}

bool
ddltext_apply(struct ddltext *text, struct slice sql, struct ddl *ddl, const char **reason)
{
    struct reading reading = {.text = text, .rest = sql};

    begin(text, ddl);
    while (read_statement(&reading)) {
        if (reading.use == WANTED)
            ddl_apply(ddl, text->tokens, text->n_tokens);
        text->lex.standard_strings = ddl->standard_strings;
        text->encoding = ddl->client_encoding;
        forget(text);
        reading.use = UNDECIDED;
    }
    *reason = reading.reason;
    return reading.reason == NULL;
}

bool
ddltext_first(struct ddltext *text, struct slice sql, const struct ddl *ddl, struct tokens *tokens,
    const char **reason)
{
    struct reading reading = {.text = text, .rest = sql, .use = WANTED};

    begin(text, ddl);
    read_statement(&reading);
    *tokens = (struct tokens){text->tokens, text->n_tokens};
    *reason = reading.reason;
    return reading.reason == NULL;
}
