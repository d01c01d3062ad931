/*
 * Statements: whatever they declare, it ends, and the facts of the schema read back are the same
 * facts.
 */
#include "ddl.h"
#include "facts.h"
#include "fuzz.h"
#include "mem.h"

/* Up to the semicolon. False at the end of the script. */
static bool
next_statement(struct sqllex *lex, struct slice *script, struct arena *arena,
    struct sqllex_token *tokens, size_t room, size_t *n)
{
    struct sqllex_token token;

    for (*n = 0;;) {
        enum sqllex_kind kind = sqllex_next(lex, script, SQLLEX_WHOLE, &token);

        if (kind == SQLLEX_END || kind == SQLLEX_ERROR)
            return false;
        if (kind == SQLLEX_COMMENT || kind == SQLLEX_META || *n == room)
            continue;
        if (kind == SQLLEX_PUNCT && token.text.data[0] == ';')
            return true;
        token.text.data = arena_copy(arena, token.text.data, token.text.length);
        token.raw.data = arena_copy(arena, token.raw.data, token.raw.length);
        tokens[(*n)++] = token;
    }
}

static void
round_trip(const struct schema *schema)
{
    struct schema copy = {0};
    struct buf facts = {0}, again = {0};
    const char *p, *end, *newline;

    facts_format(schema, &facts);
    if (facts.length == 0)
        return;
    p = facts.data;
    end = p + facts.length;
    for (; p < end; p = newline + 1) {
        char *reason;

        newline = memchr(p, '\n', (size_t)(end - p));
        REQUIRE(facts_parse(&copy, slice_make(p, (size_t)(newline - p)), &reason));
    }
    facts_format(&copy, &again);
    REQUIRE(slice_equal(buf_slice(&facts), buf_slice(&again)));
    buf_release(&facts);
    buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice script = slice_make((const char *)data, size);
    struct sqllex_token tokens[256];
    struct arena arena = {0};
    struct schema schema = {0};
    struct ddl ddl;
    struct sqllex lex;
    size_t n;

    if (size == 0 || size > 4096)
        return 0;
    sqllex_init(&lex);
    ddl_init(&ddl, &schema);
    while (next_statement(&lex, &script, &arena, tokens, 256, &n))
        if (ddl_wants(tokens, n) == DDL_WANTED)
            ddl_apply(&ddl, tokens, n);
    ddl_finish(&ddl);
    round_trip(&schema);
    arena_release(&arena);
    sqllex_release(&lex);
    return 0;
}
