#include "statement.h"

/* The longest start of a statement that decides about it; of some its end decides. */
#define ENOUGH 7

struct rule {
    const char *words; /* the statement starts so; "pg_catalog ." may stand before a function */
    enum statement_kind kind;
};

/* The first rule that fits decides. */
static const struct rule rules[] = {
    {"copy", STATEMENT_COPY},
    {"insert", STATEMENT_INSERT},
    {"set transaction_timeout", STATEMENT_IDLE}, /* servers before 17 have none */
    {"set session authorization", STATEMENT_OWNER},
    {"reset session authorization", STATEMENT_OWNER},
    {"set", STATEMENT_SETTING},
    {"reset", STATEMENT_SETTING},
    {"select set_config", STATEMENT_SETTING},
    {"select setval", STATEMENT_SETVAL},
    {"select lo_create", STATEMENT_DATA},
    {"select lo_open", STATEMENT_DATA},
    {"select lowrite", STATEMENT_DATA},
    {"select lo_close", STATEMENT_DATA},
    {"select lo_from_bytea", STATEMENT_DATA},
    {"update", STATEMENT_DATA},
    {"delete", STATEMENT_DATA},
    {"truncate", STATEMENT_DATA},
    {"lock", STATEMENT_DATA},
    {"refresh", STATEMENT_REFRESH},
    {"prepare transaction", STATEMENT_ABORT},
    {"commit prepared", STATEMENT_ABORT},
    {"rollback", STATEMENT_ABORT},
    {"abort", STATEMENT_ABORT},
    {"begin", STATEMENT_TRANSACTION},
    {"start transaction", STATEMENT_TRANSACTION},
    {"commit", STATEMENT_TRANSACTION},
    {"end", STATEMENT_TRANSACTION},
    {"create database", STATEMENT_DATABASE},
    {"alter database", STATEMENT_DATABASE},
    {"drop database", STATEMENT_DATABASE},
    {"comment on database", STATEMENT_DATABASE},
    {"security label on database", STATEMENT_DATABASE},
    {"comment on extension", STATEMENT_IDLE}, /* the extension has made it itself */
    {"create schema if", STATEMENT_SCHEMA},
    {"create schema", STATEMENT_NEW_SCHEMA},
    {"alter default privileges", STATEMENT_GRANT},
};

static bool
fits(struct tokens tokens, const char *words)
{
    if (tokens_accept(&tokens, "select")) {
        if (!slice_starts(slice_string(words), SLICE("select ")))
            return false;
        tokens_accept(&tokens, "pg_catalog .");
        return tokens_peek(&tokens, 0, words + sizeof "select");
    }
    return tokens_accept(&tokens, words);
}

static bool
seek_words(struct tokens tokens, const char *first, const char *words)
{
    while (tokens_seek(&tokens, first)) {
        struct tokens here = tokens;

        if (tokens_accept(&here, words))
            return true;
        tokens_skip(&tokens);
    }
    return false;
}

/* Those that are known by what stands behind a name, which may have any length. */
static enum statement_kind
kind_by_end(struct tokens tokens, enum statement_seen seen)
{
    bool grant = tokens_peek(&tokens, 0, "grant") || tokens_peek(&tokens, 0, "revoke");

    if (!grant && !tokens_peek(&tokens, 0, "alter"))
        return STATEMENT_SCHEMA;
    if (seen == STATEMENT_PART)
        return STATEMENT_UNDECIDED;
    if (!grant)
        return seek_words(tokens, "owner", "owner to") ? STATEMENT_OWNER : STATEMENT_SCHEMA;
    return seek_words(tokens, "on", "on database") ? STATEMENT_DATABASE : STATEMENT_GRANT;
}

enum statement_kind
statement_kind(const struct sqllex_token *all, size_t n, enum statement_seen seen)
{
    struct tokens tokens = {all, n};

    if (seen == STATEMENT_PART && n < ENOUGH)
        return STATEMENT_UNDECIDED;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (fits(tokens, rules[i].words))
            return rules[i].kind;
    return kind_by_end(tokens, seen);
}
