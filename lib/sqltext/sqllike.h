#ifndef SQLLIKE_H
#define SQLLIKE_H
/*
 * Whether psql takes a script apart as the server and our lexer do. The versions of psql differ in
 * letters behind numbers and in vertical tabs, and psql alone knows variables, :name. Where a
 * string starts for one of them and not for the other, text within it is a command for psql.
 * Nothing that pg_dump writes is refused here. Pure.
 *
 * The source of the rules is PostgreSQL's src/fe_utils/psqlscan.l of the versions 13 to 18.
 */
#include <stdbool.h>

#include "sqllex.h"
#include "sqlspan.h"

/* The zero value is the start of a script. */
struct sqllike {
    bool dollar;     /* the token before is a $ */
    unsigned colons; /* in a row before, without white space */
    bool exponent;   /* the number before ends with an e: a sign must follow */
};

/* Takes the next token, comments too, of the statement whose earlier ones `span` has taken. False,
 * and why, when psql may read it in another way. */
bool sqllike_take(struct sqllike *like, const struct sqlspan *span,
    const struct sqllex_token *token, const char **why);

#endif
