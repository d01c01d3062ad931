#ifndef UNITLEX_H
#define UNITLEX_H
/* Statements as tokens, for the tests of what reads them. */
#include "sqllex.h"
#include "tokens.h"
#include "unit.h"

#define UNITLEX_MAX 512

struct unitlex {
    struct sqllex_token tokens[UNITLEX_MAX];
    size_t n;
};

/* Lexes one statement, up to the semicolon or the end; returns what follows. Memory is not freed.
 */
static inline const char *
unitlex_statement(struct unitlex *statement, const char *script)
{
    struct slice window = slice_string(script);
    struct sqllex lexer;
    struct sqllex_token token;

    sqllex_init(&lexer);
    statement->n = 0;
    for (;;) {
        enum sqllex_kind kind = sqllex_next(&lexer, &window, SQLLEX_WHOLE, &token);

        ck_assert_int_ne(kind, SQLLEX_ERROR);
        if (kind == SQLLEX_END || (kind == SQLLEX_PUNCT && token.text.data[0] == ';'))
            break;
        ck_assert_uint_lt(statement->n, UNITLEX_MAX);
        token.text.data = strndup(token.text.length ? token.text.data : "", token.text.length);
        token.raw.data = strndup(token.raw.length ? token.raw.data : "", token.raw.length);
        statement->tokens[statement->n++] = token;
    }
    sqllex_release(&lexer);
    return window.data;
}

#endif
