#include "tokens.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void
step(struct tokens *tokens, size_t n)
{
    tokens->at += n;
    tokens->n -= n;
}

static bool
is(const struct sqllex_token *token, struct slice word)
{
    return (token->kind == SQLLEX_WORD || token->kind == SQLLEX_PUNCT) &&
           slice_equal(token->text, word);
}

bool
tokens_peek(const struct tokens *tokens, size_t i, const char *word)
{
    return i < tokens->n && is(&tokens->at[i], slice_string(word));
}

static int
depth_change(const struct sqllex_token *token)
{
    if (token->kind != SQLLEX_PUNCT)
        return 0;
    switch (token->text.data[0]) {
    case '(':
    case '[':
        return 1;
    case ')':
    case ']':
        return -1;
    default:
        return 0;
    }
}

void
tokens_skip(struct tokens *tokens)
{
    int depth = 0;

    while (tokens->n > 0) {
        depth += depth_change(tokens->at);
        step(tokens, 1);
        if (depth <= 0)
            return;
    }
}

bool
tokens_accept(struct tokens *tokens, const char *words)
{
    size_t n = 0;

    for (const char *word = words; *word != '\0'; n++) {
        size_t length = strcspn(word, " ");

        if (n >= tokens->n || !is(&tokens->at[n], slice_make(word, length)))
            return false;
        word += length;
        word += *word == ' ';
    }
    step(tokens, n);
    return true;
}

char *
tokens_take_name(struct tokens *tokens)
{
    char *name;

    if (tokens->n == 0 || tokens->at->text.length == 0 ||
        (tokens->at->kind != SQLLEX_WORD && tokens->at->kind != SQLLEX_IDENT))
        return NULL;
    name = mem_copy(tokens->at->text.data, tokens->at->text.length);
    step(tokens, 1);
    return name;
}

bool
tokens_qualified(struct tokens *tokens, char **schema, char **name)
{
    *schema = NULL;
    *name = tokens_take_name(tokens);
    while (*name != NULL && tokens_accept(tokens, ".")) {
        free(*schema);
        *schema = *name;
        *name = tokens_take_name(tokens);
    }
    if (*name != NULL)
        return true;
    free(*schema);
    *schema = NULL;
    return false;
}

bool
tokens_seek(struct tokens *tokens, const char *word)
{
    while (tokens->n > 0) {
        if (tokens_peek(tokens, 0, word))
            return true;
        tokens_skip(tokens);
    }
    return false;
}

char *
tokens_text(const struct sqllex_token *from, const struct tokens *to)
{
    struct buf text = {0};

    for (const struct sqllex_token *token = from; token < to->at; token++) {
        if (token > from && token->spaced)
            buf_add_char(&text, ' ');
        buf_add_slice(&text, token->raw);
    }
    buf_string(&text);
    return text.data;
}

bool
tokens_group(struct tokens *tokens, struct tokens *inside)
{
    struct tokens before = *tokens;

    if (!tokens_peek(tokens, 0, "("))
        return false;
    tokens_skip(tokens);
    *inside = (struct tokens){before.at + 1, before.n - tokens->n - 1};
    if (inside->n > 0 && is(&inside->at[inside->n - 1], SLICE(")")))
        inside->n--;
    return true;
}
