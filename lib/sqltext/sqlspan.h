#ifndef SQLSPAN_H
#define SQLSPAN_H
/*
 * Where a statement of a script ends: at a semicolon that is neither in parentheses nor in the body
 * of an SQL function (BEGIN ATOMIC ... END), by the rules of psql's lexer. Pure.
 */
#include <stdbool.h>
#include <stddef.h>

#include "sqllex.h"

/* Zero-initialise it for each statement. */
struct sqlspan {
    unsigned long depth; /* of parentheses */
    unsigned long begin; /* of BEGIN ATOMIC and CASE ... END */
    char create[4];      /* the first letters of its first words, as psql looks at them */
    size_t words;
};

/* The next token of the statement; comments need not be shown. */
void sqlspan_take(struct sqlspan *span, const struct sqllex_token *token);
/* True when that token, which was not taken yet, is the semicolon that ends the statement. */
bool sqlspan_ends(const struct sqlspan *span, const struct sqllex_token *token);

#endif
