#ifndef TOKENS_H
#define TOKENS_H
/*
 * A cursor over the tokens of one SQL statement, for parsers that look at few of them. Pure. Every
 * function is safe at the end, where tokens_at_end() is true and nothing is accepted.
 */
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "sqllex.h"

struct tokens {
    const struct sqllex_token *at;
    size_t n; /* what is left */
};

static inline bool
tokens_at_end(const struct tokens *tokens)
{
    return tokens->n == 0;
}

/* True when token i from here is that unquoted word (lower case), or that punctuation. */
bool tokens_peek(const struct tokens *tokens, size_t i, const char *word);
/* Steps over one token, or over a whole group when it is an opening parenthesis or bracket. */
void tokens_skip(struct tokens *tokens);
/* Steps over the words, separated by blanks, when all of them stand here; else false. */
bool tokens_accept(struct tokens *tokens, const char *words);
/* Steps over a name, quoted or not, and returns it, malloc'd; NULL when no name stands here. */
char *tokens_take_name(struct tokens *tokens);
/*
 * Steps over `name`, `schema.name` or `database.schema.name`. Both are malloc'd; *schema is NULL
 * when it was not given. False when no name stands here.
 */
bool tokens_qualified(struct tokens *tokens, char **schema, char **name);
/* Steps to the next of these words or punctuation at this depth; false at the end. */
bool tokens_seek(struct tokens *tokens, const char *word);
/* The tokens from `from` up to the cursor as they were written, white space as one blank; malloc'd.
 */
char *tokens_text(const struct sqllex_token *from, const struct tokens *to);
/* The inside of the group that starts here, which is stepped over; false when none does. */
bool tokens_group(struct tokens *tokens, struct tokens *inside);

#endif
