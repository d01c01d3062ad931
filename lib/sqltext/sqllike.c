#include "sqllike.h"

#include <string.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Behind digits and points: nothing, or an exponent. Its sign is the next token's. */
static bool
is_number(struct slice raw, bool *exponent)
{
    size_t i = 0;

    while (i < raw.length && (is_digit(raw.data[i]) || raw.data[i] == '.'))
        i++;
    if (i == raw.length)
        return true;
    if ((raw.data[i] | 0x20) != 'e')
        return false;
    *exponent = ++i == raw.length;
    while (i < raw.length && is_digit(raw.data[i]))
        i++;
    return i == raw.length;
}

/* A parameter, $1, has no letters: psql 14 reads $1e5 as $1 and e5, which may go on with $. */
static bool
is_parameter(struct slice raw)
{
    for (size_t i = 0; i < raw.length; i++)
        if (!is_digit(raw.data[i]))
            return false;
    return true;
}

/* For psql a variable ends before $ and quotes, and is no word of the statement's: the first four
 * and those that open and close bodies tell it where the statement ends. */
static bool
is_harmless_variable(const struct sqlspan *span, const struct sqllex_token *token)
{
    struct slice text = token->text;

    if (token->kind == SQLLEX_WORD)
        return span->words >= 4 && memchr(text.data, '$', text.length) == NULL &&
               !slice_is(text, "begin") && !slice_is(text, "case") && !slice_is(text, "end");
    if (token->kind == SQLLEX_STRING || token->kind == SQLLEX_IDENT)
        return token->raw.length == 0 || strchr("'\"$", token->raw.data[0]) != NULL;
    return true;
}

static const char *
why_not(struct sqllike *like, const struct sqlspan *span, const struct sqllex_token *token)
{
    bool adjacent = !token->spaced, punct = token->kind == SQLLEX_PUNCT;
    char c = punct ? token->text.data[0] : '\0';

    if (like->exponent && !(adjacent && (c == '+' || c == '-')))
        return "a number that ends with an e";
    like->exponent = false;
    if (token->kind == SQLLEX_NUMBER && !is_number(token->raw, &like->exponent))
        return "a number with letters behind it";
    if (token->kind == SQLLEX_NUMBER && adjacent && like->dollar && !is_parameter(token->raw))
        return "a parameter with letters behind it";
    if (adjacent && like->colons % 2 == 1 && !is_harmless_variable(span, token))
        return "a variable of psql's";
    return c == '\v' ? "a vertical tab between words" : NULL;
}

bool
sqllike_take(struct sqllike *like, const struct sqlspan *span, const struct sqllex_token *token,
    const char **why)
{
    bool punct = token->kind == SQLLEX_PUNCT, colon = punct && token->text.data[0] == ':';

    *why = why_not(like, span, token);
    like->colons = !colon ? 0 : token->spaced ? 1 : like->colons + 1;
    like->dollar = punct && token->text.data[0] == '$';
    return *why == NULL;
}
