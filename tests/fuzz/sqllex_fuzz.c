/*
 * The SQL lexer: it ends, every byte belongs to a token or to the white space between, and a script
 * in small pieces gives the tokens of the whole one. The first byte says how small the pieces are.
 */
#include "fuzz.h"
#include "sqllex.h"

static void
note(struct buf *out, const struct sqllex *lex, const struct sqllex_token *token)
{
    buf_add_format(
        out, "%d %llu %d ", (int)token->kind, (unsigned long long)token->line, (int)token->spaced);
    if (token->kind == SQLLEX_ERROR) {
        buf_add_string(out, lex->reason);
        return;
    }
    buf_add_slice(out, token->text);
    buf_add_char(out, '|');
    buf_add_slice(out, token->raw);
    buf_add_char(out, '\n');
}

/* All tokens of the script, offered `piece` bytes at a time, as text. */
static void
lex_all(struct slice script, size_t piece, enum sqllex_keep keep, bool standard, struct buf *out)
{
    struct sqllex lex;
    struct sqllex_token token;
    size_t offered = script.length < piece ? script.length : piece, calls = 0;
    struct slice window = slice_make(script.data, offered);
    const char *end = script.data + script.length;
    enum sqllex_kind kind;

    sqllex_init(&lex);
    lex.keep = keep;
    lex.standard_strings = standard;
    do {
        bool whole = window.data + window.length == end;
        size_t before = window.length;

        kind = sqllex_next(&lex, &window, whole ? SQLLEX_WHOLE : SQLLEX_PART, &token);
        REQUIRE(window.length <= before && ++calls <= 3 * script.length + 3);
        if (kind == SQLLEX_MORE) {
            size_t rest = (size_t)(end - window.data) - window.length;

            REQUIRE(!whole);
            window.length += rest < piece ? rest : piece;
        } else {
            note(out, &lex, &token);
        }
    } while (kind != SQLLEX_END && kind != SQLLEX_ERROR);
    REQUIRE(kind == SQLLEX_ERROR || window.length == 0);
    sqllex_release(&lex);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = {0}, pieces = {0};
    struct slice script;
    enum sqllex_keep keep;
    bool standard;

    if (size == 0)
        return 0;
    script = slice_make((const char *)data + 1, size - 1);
    keep = data[0] & 0x80 ? SQLLEX_DISCARD : SQLLEX_KEEP;
    standard = (data[0] & 0x40) == 0;
    lex_all(script, script.length + 1, keep, standard, &whole);
    lex_all(script, (size_t)(data[0] & 0x1f) + 1, keep, standard, &pieces);
    REQUIRE(slice_equal(buf_slice(&whole), buf_slice(&pieces)));
    buf_release(&whole);
    buf_release(&pieces);
    return 0;
}
