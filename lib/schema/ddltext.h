#ifndef DDLTEXT_H
#define DDLTEXT_H
/*
 * The statements of a text that is held whole, as the entries of an archive have them. Pure: what
 * is not DDL, such as the bodies of functions, is stepped over.
 */
#include "ddl.h"
#include "mem.h"

/* The record lifetime: one, zero-initialised, for many texts. */
struct ddltext {
    struct sqllex lex;
    struct arena arena;
    struct sqllex_token *tokens; /* of the statement under way */
    size_t n_tokens, room_tokens, kept_bytes;
    const char *encoding; /* of the text; owned by ddl */
};

void ddltext_release(struct ddltext *text);
/* Applies all of its statements. False with a static reason when it is no SQL. */
bool ddltext_apply(struct ddltext *text, struct slice sql, struct ddl *ddl, const char **reason);
/* The tokens of its first statement, valid until the next call. False as above. */
bool ddltext_first(struct ddltext *text, struct slice sql, const struct ddl *ddl,
    struct tokens *tokens, const char **reason);

#endif
