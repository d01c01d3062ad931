#ifndef SQLLEX_H
#define SQLLEX_H
/*
 * The lexer of SQL scripts as psql reads them (manual, "Lexical Structure"). Pure.
 *
 * It pulls: the caller offers a window of bytes, the lexer consumes from its front and gives one
 * token, or asks for more bytes; a token may straddle any number of windows, and no byte is looked
 * at twice. Memory is bounded: of a token no more than SQLLEX_LIMIT bytes are kept.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

#define SQLLEX_LIMIT ((size_t)1024 * 1024)

enum sqllex_kind {
    SQLLEX_WORD,    /* unquoted name or keyword; text is folded to lower case */
    SQLLEX_IDENT,   /* "quoted" or U&"quoted"; text is the name */
    SQLLEX_NUMBER,  /* digits, point, exponent */
    SQLLEX_STRING,  /* '', E'', U&'', B'', X'', N'' or dollar-quoted; text is the value */
    SQLLEX_PUNCT,   /* one character */
    SQLLEX_COMMENT, /* -- or nested; text is all of it */
    SQLLEX_META,    /* psql's backslash command, to the end of its line */
    SQLLEX_END,     /* of input */
    SQLLEX_MORE,    /* call again with more bytes behind those that were not consumed */
    SQLLEX_ERROR,   /* see reason and line */
};

struct sqllex_token {
    enum sqllex_kind kind;
    struct slice text; /* the value; valid until the next call */
    struct slice raw;  /* as it is written; valid until the next call */
    uint64_t line;     /* where it starts, from 1 */
    bool spaced;       /* white space or a comment stands before it */
};

enum sqllex_input { SQLLEX_PART, SQLLEX_WHOLE }; /* WHOLE: nothing follows the window */
enum sqllex_keep { SQLLEX_KEEP, SQLLEX_DISCARD };

struct sqllex {
    uint64_t line;         /* of the next byte, from 1 */
    bool standard_strings; /* standard_conforming_strings: a backslash in '' means itself */
    enum sqllex_keep keep; /* DISCARD: strings and comments come without text */
    const char *reason;    /* of SQLLEX_ERROR */

    /* The token under way. */
    int state;
    struct sqllex_token token;
    struct buf raw, value, tag;
    uint64_t token_line;
    unsigned long depth; /* of nested comments */
    bool begun, spaced, newline, after_escape;
    const char *p, *end;
    bool whole;
};

void sqllex_init(struct sqllex *lex);
void sqllex_release(struct sqllex *lex);

/* Takes the next token from the front of `window`, which is moved behind what was consumed. */
enum sqllex_kind sqllex_next(
    struct sqllex *lex, struct slice *window, enum sqllex_input input, struct sqllex_token *token);

#endif
