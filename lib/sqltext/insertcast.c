#include "insertcast.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "typename.h"

#define TOKENS_MAX 24 /* more than any type is written with */

/* The tokens from here on, as far as they can belong to a type. */
struct lexed {
    struct sqllex_token tokens[TOKENS_MAX];
    const char *ends[TOKENS_MAX];
    size_t n;
    struct arena arena;
};

/* At that depth of parentheses and brackets, which changes with the token. */
static bool
belongs(const struct sqllex_token *token, int *depth)
{
    char c = token->kind == SQLLEX_PUNCT ? token->text.data[0] : '\0';

    *depth += (c == '(' || c == '[') - (c == ')' || c == ']');
    if (*depth < 0 || (*depth == 0 && c == ','))
        return false;
    return token->kind == SQLLEX_WORD || token->kind == SQLLEX_IDENT ||
           token->kind == SQLLEX_NUMBER || (c != '\0' && strchr("()[].,", c) != NULL);
}

/* False when the window ends too early. */
static bool
lex(const struct sqlliteral *at, struct lexed *lexed)
{
    struct slice window = slice_make(at->p, (size_t)(at->end - at->p));
    struct sqllex_token token;
    struct sqllex lexer;
    enum sqllex_kind kind;
    int depth = 0;

    sqllex_init(&lexer);
    lexer.standard_strings = at->standard_strings;
    do {
        kind = sqllex_next(&lexer, &window, at->whole ? SQLLEX_WHOLE : SQLLEX_PART, &token);
        if (kind == SQLLEX_MORE || kind == SQLLEX_END || kind == SQLLEX_ERROR ||
            !belongs(&token, &depth))
            break;
        token.text.data = arena_copy(&lexed->arena, token.text.data, token.text.length);
        token.raw.data = arena_copy(&lexed->arena, token.raw.data, token.raw.length);
        lexed->tokens[lexed->n] = token;
        lexed->ends[lexed->n++] = window.data;
    } while (lexed->n < TOKENS_MAX);
    sqllex_release(&lexer);
    return kind != SQLLEX_MORE;
}

/* A type's own parentheses and brackets are closed: those of a call or a subscript are not. */
static bool
is_balanced(const struct lexed *lexed, size_t n)
{
    int depth = 0;

    for (size_t i = 0; i < n; i++)
        if (lexed->tokens[i].kind == SQLLEX_PUNCT) {
            char c = lexed->tokens[i].text.data[0];

            depth += (c == '(' || c == '[') - (c == ')' || c == ']');
        }
    return depth == 0;
}

static bool
parse(const struct lexed *lexed, const char *schema, enum insertcast_form form, const char *column,
    size_t *used, char **type)
{
    struct tokens tokens = {lexed->tokens, lexed->n};
    struct typename name;

    if (lexed->n == 0 || !typename_parse(&tokens, schema, &name))
        return false;
    *used = lexed->n - tokens.n;
    *type = name.text;
    /* Of `not 'x'` and its like a word is no type. */
    if (!is_balanced(lexed, *used) || name.serial ||
        (form == INSERTCAST_TYPED && column == NULL && strchr(name.text, '.') != NULL)) {
        free(name.text);
        return false;
    }
    return true;
}

enum insertcast_result
insertcast_type(struct sqlliteral *at, const char *schema, enum insertcast_form form,
    const char *column, char **type)
{
    struct lexed lexed = {.n = 0};
    enum insertcast_result result = INSERTCAST_NONE;
    size_t used;

    if (!lex(at, &lexed)) {
        result = INSERTCAST_MORE;
    } else if (parse(&lexed, schema, form, column, &used, type)) {
        at->p = lexed.ends[used - 1];
        result = INSERTCAST_TYPE;
    }
    arena_release(&lexed.arena);
    return result;
}

/* True when the names are the same, the modifiers in parentheses aside. */
static bool
same_base(const char *a, const char *b)
{
    for (;;) {
        if (*a == '(' && strchr(a, ')') != NULL)
            a = strchr(a, ')') + 1;
        if (*b == '(' && strchr(b, ')') != NULL)
            b = strchr(b, ')') + 1;
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static bool
is_one_of(const char *type, const char *const *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}
#define ONE_OF(type, types) is_one_of(type, types, sizeof(types) / sizeof(types)[0])

bool
insertcast_is_text(const char *type)
{
    static const char *const types[] = {"text", "character varying", "character", "bpchar", "name"};

    for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++)
        if (same_base(type, types[i]))
            return true;
    return false;
}

bool
insertcast_keeps(const char *column, const char *type, enum insertcast_kind kind)
{
    static const char *const texts[] = {"text", "character varying"};
    static const char *const numbers[] = {"smallint", "integer", "bigint", "numeric"};

    if (kind == INSERTCAST_NULL)
        return true;
    if (kind == INSERTCAST_STRING && ONE_OF(type, texts))
        return true;
    if (kind == INSERTCAST_INTEGER && ONE_OF(type, numbers))
        return true;
    /* A modifier may cut or round where an assignment would not. */
    if (strchr(type, '(') != NULL && (column == NULL || strcmp(type, column) != 0))
        return false;
    if (column == NULL)
        return kind == INSERTCAST_STRING;
    return same_base(column, type);
}
