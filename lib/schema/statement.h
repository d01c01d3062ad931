#ifndef STATEMENT_H
#define STATEMENT_H
/*
 * What a statement of a script is for, by its words alone: whoever restores a part of a backup
 * takes some kinds and leaves others. Pure.
 */
#include <stdbool.h>

#include "tokens.h"

enum statement_kind {
    STATEMENT_UNDECIDED,  /* show more tokens */
    STATEMENT_SETTING,    /* of the session: every part of a backup needs it */
    STATEMENT_SCHEMA,     /* whatever is not one of the others */
    STATEMENT_NEW_SCHEMA, /* CREATE SCHEMA without IF NOT EXISTS */
    STATEMENT_OWNER,      /* ALTER ... OWNER TO and its like */
    STATEMENT_GRANT,      /* and REVOKE, and default privileges */
    STATEMENT_COPY,
    STATEMENT_INSERT,
    STATEMENT_SETVAL,      /* the state of a sequence */
    STATEMENT_DATA,        /* other data: large objects, UPDATE, ... */
    STATEMENT_REFRESH,     /* of a materialized view: data that is not in the backup */
    STATEMENT_TRANSACTION, /* its start and regular end; whoever restores has one of its own */
    STATEMENT_DATABASE,    /* what makes or changes the database as a whole */
    STATEMENT_IDLE,        /* only another server would understand it, or the extension's owner */
    STATEMENT_ABORT,       /* ends a transaction in another way: never in a backup */
};

enum statement_seen { STATEMENT_PART, STATEMENT_WHOLE };

/* `n` tokens from the start of the statement; WHOLE: all of it, and then the answer is a kind. */
enum statement_kind statement_kind(
    const struct sqllex_token *tokens, size_t n, enum statement_seen seen);

#endif
