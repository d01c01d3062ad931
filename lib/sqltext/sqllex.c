#include "sqllex.h"

#include <string.h>

#include "sqllex_scan.h"

#define TAG_LIMIT ((size_t)64 * 1024)

void
sqllex_init(struct sqllex *lex)
{
    *lex = (struct sqllex){.line = 1, .standard_strings = true, .state = SQLLEX_IDLE};
}

void
sqllex_release(struct sqllex *lex)
{
    buf_release(&lex->raw);
    buf_release(&lex->value);
    buf_release(&lex->tag);
}

/* The vertical tab is white space since PostgreSQL 16 alone; here it is punctuation. */
static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* True when a $tag$ starts here, which is then consumed; *need when the window ends too early. */
static bool
start_dollar(struct sqllex *lex, bool *need)
{
    const char *p = lex->p + 1;

    if (p < lex->end && !is_digit(*p))
        while (p < lex->end && sqllex_scan_in_name(*p) && *p != '$')
            p++;
    *need = p == lex->end && !lex->whole;
    if (p == lex->end || *p != '$')
        return false;
    buf_clear(&lex->tag);
    buf_add(&lex->tag, lex->p, (size_t)(p + 1 - lex->p));
    return true;
}

/* What a letter and a quote start: E'', B'', X'', N'', U&'' and U&"". Returns the prefix's length.
 */
static size_t
start_prefixed(const struct sqllex *lex, enum sqllex_state *state)
{
    char c = (char)(lex->p[0] | 0x20);

    if (sqllex_scan_left(lex) >= 2 && lex->p[1] == '\'') {
        *state = c == 'e' || (c == 'n' && !lex->standard_strings) ? SQLLEX_IN_ESCAPE_STRING
                                                                  : SQLLEX_IN_PLAIN_STRING;
        return c == 'e' || c == 'b' || c == 'x' || c == 'n' ? 2 : 0;
    }
    if (c != 'u' || sqllex_scan_left(lex) < 3 || lex->p[1] != '&' ||
        (lex->p[2] != '\'' && lex->p[2] != '"'))
        return 0;
    *state = lex->p[2] == '"' ? SQLLEX_IN_UNICODE_QUOTED : SQLLEX_IN_UNICODE_STRING;
    return 3;
}

/* Which kind of string a bare quote starts; one that continues E'' behind a newline is of its kind.
 */
static enum sqllex_state
start_string(const struct sqllex *lex)
{
    bool continued = lex->after_escape && lex->newline;

    return continued || !lex->standard_strings ? SQLLEX_IN_ESCAPE_STRING : SQLLEX_IN_PLAIN_STRING;
}

static void
start(struct sqllex *lex, enum sqllex_state state, enum sqllex_kind kind, size_t opening,
    struct sqllex_token *token)
{
    lex->state = (int)state;
    if (kind == SQLLEX_COMMENT || kind == SQLLEX_META)
        sqllex_scan_value(lex, opening);
    else
        sqllex_scan_opening(lex, opening);
    token->kind = kind;
}

static enum sqllex_step
start_name(struct sqllex *lex, struct sqllex_token *token)
{
    enum sqllex_state state = SQLLEX_IN_WORD;
    size_t prefix = start_prefixed(lex, &state);

    if (prefix == 0)
        start(lex, SQLLEX_IN_WORD, SQLLEX_WORD, 0, token);
    else
        start(lex, state, state == SQLLEX_IN_UNICODE_QUOTED ? SQLLEX_IDENT : SQLLEX_STRING, prefix,
            token);
    return SQLLEX_STEP_DONE;
}

static enum sqllex_step
start_other(struct sqllex *lex, struct sqllex_token *token)
{
    bool need = false;
    char c = lex->p[0], next = sqllex_scan_left(lex) >= 2 ? lex->p[1] : '\0';

    if (c == '-' && next == '-') {
        start(lex, SQLLEX_IN_LINE, SQLLEX_COMMENT, 2, token);
    } else if (c == '/' && next == '*') {
        lex->depth = 1;
        start(lex, SQLLEX_IN_BLOCK_COMMENT, SQLLEX_COMMENT, 2, token);
    } else if (c == '\\') {
        start(lex, SQLLEX_IN_LINE, SQLLEX_META, 1, token);
    } else if (c == '\'') {
        start(lex, start_string(lex), SQLLEX_STRING, 1, token);
    } else if (c == '"') {
        start(lex, SQLLEX_IN_QUOTED, SQLLEX_IDENT, 1, token);
    } else if (c == '$' && start_dollar(lex, &need)) {
        start(lex, SQLLEX_IN_DOLLAR, SQLLEX_STRING, lex->tag.length, token);
    } else if (need && sqllex_scan_left(lex) > TAG_LIMIT) {
        return sqllex_scan_fail(lex, "the tag of a dollar-quoted string is too long");
    } else if (need) {
        return SQLLEX_STEP_NEED;
    } else {
        lex->state = SQLLEX_IDLE;
        sqllex_scan_value(lex, 1);
        token->kind = SQLLEX_PUNCT;
    }
    return SQLLEX_STEP_DONE;
}

static void
skip_space(struct sqllex *lex)
{
    while (lex->p < lex->end && is_space(*lex->p)) {
        lex->spaced = true;
        if (*lex->p == '\n' || *lex->p == '\r')
            lex->newline = true;
        lex->line += *lex->p++ == '\n';
    }
}

/* Looks at the first bytes of a token; three decide, a dollar quote's tag aside. */
static enum sqllex_step
begin(struct sqllex *lex, struct sqllex_token *token)
{
    enum sqllex_step step;

    skip_space(lex);
    if (sqllex_scan_left(lex) < 3 && !lex->whole)
        return SQLLEX_STEP_NEED;
    if (!lex->begun && sqllex_scan_left(lex) >= 3 && memcmp(lex->p, "\xef\xbb\xbf", 3) == 0) {
        lex->p += 3;
        lex->begun = true;
        return begin(lex, token);
    }
    lex->begun = true;
    buf_clear(&lex->raw);
    buf_clear(&lex->value);
    lex->token_line = lex->line;
    if (sqllex_scan_left(lex) == 0) {
        token->kind = SQLLEX_END;
        return SQLLEX_STEP_DONE;
    }
    if (sqllex_scan_starts_name(*lex->p)) {
        step = start_name(lex, token);
    } else if (is_digit(*lex->p)) {
        start(lex, SQLLEX_IN_NUMBER, SQLLEX_NUMBER, 0, token);
        step = SQLLEX_STEP_DONE;
    } else {
        step = start_other(lex, token);
    }
    return step;
}

static void
finish(struct sqllex *lex, struct sqllex_token *token)
{
    bool comment = token->kind == SQLLEX_COMMENT;

    token->text = buf_slice(&lex->value);
    token->raw = buf_slice(&lex->raw);
    token->line = lex->token_line;
    token->spaced = lex->spaced;
    lex->after_escape = lex->state == SQLLEX_IN_ESCAPE_STRING ||
                        (comment && lex->state == SQLLEX_IN_LINE && lex->after_escape);
    lex->spaced = comment;
    if (!comment)
        lex->newline = false;
    lex->state = SQLLEX_IDLE;
}

enum sqllex_kind
sqllex_next(
    struct sqllex *lex, struct slice *window, enum sqllex_input input, struct sqllex_token *token)
{
    enum sqllex_step step = SQLLEX_STEP_DONE;

    lex->p = window->data;
    lex->end = window->data + window->length;
    lex->whole = input == SQLLEX_WHOLE;
    if (lex->state == SQLLEX_IDLE)
        step = begin(lex, &lex->token);
    if (step == SQLLEX_STEP_DONE)
        step = sqllex_scan(lex);
    *window = slice_make(lex->p, sqllex_scan_left(lex));
    if (step == SQLLEX_STEP_NEED)
        return SQLLEX_MORE;
    *token = lex->token;
    if (step == SQLLEX_STEP_FAILED) {
        token->kind = SQLLEX_ERROR;
        token->line = lex->token_line;
        return SQLLEX_ERROR;
    }
    finish(lex, token);
    return token->kind;
}
