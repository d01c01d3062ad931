#include "sqlspan.h"

/* True for CREATE [OR REPLACE] FUNCTION and PROCEDURE, as far as their letters tell. */
static bool
creates_function(const struct sqlspan *span)
{
    const char *create = span->create;

    return create[0] == 'c' &&
           (create[1] == 'f' || create[1] == 'p' ||
               (create[1] == 'o' && create[2] == 'r' && (create[3] == 'f' || create[3] == 'p')));
}

/* psql's rule for bodies of SQL functions: words count, at this depth, after CREATE FUNCTION. */
static void
take_word(struct sqlspan *span, struct slice text)
{
    if (span->words < 4)
        span->create[span->words++] = text.data[0];
    if (!creates_function(span) || span->depth > 0)
        return;
    if (slice_is(text, "begin"))
        span->begin++;
    else if (slice_is(text, "case") && span->begin > 0)
        span->begin++;
    else if (slice_is(text, "end") && span->begin > 0)
        span->begin--;
}

void
sqlspan_take(struct sqlspan *span, const struct sqllex_token *token)
{
    if (token->kind == SQLLEX_WORD)
        take_word(span, token->text);
    else if (token->kind == SQLLEX_PUNCT && token->text.data[0] == '(')
        span->depth++;
    else if (token->kind == SQLLEX_PUNCT && token->text.data[0] == ')' && span->depth > 0)
        span->depth--;
}

bool
sqlspan_ends(const struct sqlspan *span, const struct sqllex_token *token)
{
    return token->kind == SQLLEX_PUNCT && token->text.data[0] == ';' && span->depth == 0 &&
           span->begin == 0;
}
