#ifndef SCRIPT_H
#define SCRIPT_H
/*
 * The statements of a SQL script, one after the other, read as psql reads them. Tokens are kept of
 * statements that say what is declared, or before rows; of what is stepped over no more than its
 * beginning. A script that is cut within a statement ends the process.
 */
#include "backup.h"
#include "mem.h"
#include "sqllex.h"
#include "tokens.h"

enum script_event {
    SCRIPT_NOTE,   /* a comment or meta-command between statements: `note` */
    SCRIPT_DDL,    /* for ddl_apply() */
    SCRIPT_COPY,   /* up to its semicolon */
    SCRIPT_INSERT, /* up to VALUES, behind which the input stands */
    SCRIPT_SELECT, /* an INSERT without VALUES */
    SCRIPT_DATA,   /* for otherdata_parse(): it may change data in another way */
    SCRIPT_OTHER,
    SCRIPT_END,
};

struct script {
    struct backup *backup;
    struct input *input;
    struct sqllex lex;
    struct sqllex_token note; /* of SCRIPT_NOTE; valid until the next call */

    /* The statement of the last event. */
    struct sqllex_token *tokens;
    size_t n_tokens, room_tokens, kept_bytes;
    struct arena arena;
    uint64_t line, offset; /* of its first token */
};

void script_init(struct script *script, struct backup *backup, struct input *input);
void script_release(struct script *script);
enum script_event script_next(struct script *script);
/* Reads the rest of an INSERT whose rows have been read; the tokens are those of the rest. */
void script_finish(struct script *script);

static inline struct tokens
script_tokens(const struct script *script)
{
    return (struct tokens){script->tokens, script->n_tokens};
}

#endif
