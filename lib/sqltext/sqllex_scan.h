#ifndef SQLLEX_SCAN_H
#define SQLLEX_SCAN_H
/*
 * The inside of sqllex.h: tokens that are under way, taken as far as the window goes. Only for
 * sqllex.c; but what a name is made of, others may ask as well.
 */
#include "sqllex.h"

/* Which token is under way. */
enum sqllex_state {
    SQLLEX_IDLE,
    SQLLEX_IN_WORD,
    SQLLEX_IN_NUMBER,
    SQLLEX_IN_LINE, /* a comment or meta-command up to the end of the line */
    SQLLEX_IN_BLOCK_COMMENT,
    SQLLEX_IN_DOLLAR,
    SQLLEX_IN_PLAIN_STRING,  /* ends at a quote that is not doubled */
    SQLLEX_IN_ESCAPE_STRING, /* a backslash takes the next character along */
    SQLLEX_IN_UNICODE_STRING,
    SQLLEX_IN_QUOTED,
    SQLLEX_IN_UNICODE_QUOTED,
};

enum sqllex_step { SQLLEX_STEP_DONE, SQLLEX_STEP_NEED, SQLLEX_STEP_FAILED };

/* Goes on with the token of lex->state; FAILED leaves lex->reason. */
enum sqllex_step sqllex_scan(struct sqllex *lex);
enum sqllex_step sqllex_scan_fail(struct sqllex *lex, const char *reason);
/* Bytes left in the window. */
size_t sqllex_scan_left(const struct sqllex *lex);
/* Consumes n bytes of the token as it is written; _value: which stand for themselves. */
void sqllex_scan_opening(struct sqllex *lex, size_t n);
void sqllex_scan_value(struct sqllex *lex, size_t n);
bool sqllex_scan_starts_name(char c);
bool sqllex_scan_in_name(char c);

#endif
