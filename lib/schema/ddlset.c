#include "ddlset.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"

static void
add_path(struct ddl *ddl, const char *schema)
{
    if (schema[0] != '\0' && strcmp(schema, "$user") != 0 && strcmp(schema, "pg_catalog") != 0)
        schema_add_name(&ddl->search_path, schema);
}

/* A list of schemas in one string, as set_config() takes it. */
static void
parse_path(struct ddl *ddl, struct slice text)
{
    struct buf name = {0};

    ddl->search_path = (struct schema_names){0};
    while (text.length > 0) {
        buf_clear(&name);
        if (ident_parse(&text, &name))
            add_path(ddl, buf_string(&name));
        else
            text = slice_make(text.data + 1, text.length - 1);
    }
    buf_release(&name);
}

static void
set_search_path(struct ddl *ddl, struct tokens *tokens)
{
    ddl->search_path = (struct schema_names){0};
    for (; !tokens_at_end(tokens); tokens_skip(tokens)) {
        char *schema = mem_copy(tokens->at->text.data, tokens->at->text.length);

        if (tokens->at->kind != SQLLEX_PUNCT)
            add_path(ddl, schema);
        free(schema);
    }
}

static bool
is_off(struct slice value)
{
    return slice_is(value, "off") || slice_is(value, "false") || slice_is(value, "0");
}

/* One value, as set_config() would take it; empty: the default. */
static void
set_value(struct ddl *ddl, struct slice name, struct slice value)
{
    if (slice_is(name, "client_encoding"))
        ddl->client_encoding = value.length > 0 ? mem_copy(value.data, value.length) : NULL;
    else if (slice_is(name, "standard_conforming_strings"))
        ddl->standard_strings = !is_off(value);
    else
        textstyle_set(&ddl->style, name, value);
}

/* The rest of the statement as one value: words with commas, -7, or INTERVAL '...'. */
static void
take_value(struct tokens *tokens, struct buf *value)
{
    bool interval = tokens_peek(tokens, 0, "interval");

    if (tokens->n == 1 && (tokens_peek(tokens, 0, "default") || tokens_peek(tokens, 0, "local")))
        return;
    for (; !tokens_at_end(tokens); tokens_skip(tokens)) {
        bool quoted = interval && tokens->at->kind == SQLLEX_STRING;

        if (value->length > 0 && tokens->at->kind != SQLLEX_PUNCT &&
            buf_string(value)[value->length - 1] != '-')
            buf_add_char(value, ' ');
        buf_add_string(value, quoted ? "'" : "");
        buf_add_slice(value, tokens->at->text);
        buf_add_string(value, quoted ? "'" : "");
        if (quoted)
            return; /* HOUR TO MINUTE may follow */
    }
}

void
ddlset_apply(struct ddl *ddl, struct tokens *tokens)
{
    struct slice name = SLICE("timezone");
    struct buf value = {0};

    if (!tokens_accept(tokens, "session"))
        tokens_accept(tokens, "local");
    if (tokens_accept(tokens, "schema")) {
        set_search_path(ddl, tokens);
        return;
    }
    if (!tokens_accept(tokens, "time zone")) {
        if (tokens_at_end(tokens) || tokens->at->kind == SQLLEX_PUNCT)
            return;
        name = tokens->at->text;
        tokens_skip(tokens);
        if (!tokens_accept(tokens, "="))
            tokens_accept(tokens, "to");
    }
    if (slice_is(name, "search_path")) {
        set_search_path(ddl, tokens);
        return;
    }
    take_value(tokens, &value);
    set_value(ddl, name, buf_slice(&value));
    buf_release(&value);
}

void
ddlset_reset(struct ddl *ddl, struct tokens *tokens)
{
    if (tokens_accept(tokens, "time zone"))
        ddl->style.values[TEXTSTYLE_TIMEZONE][0] = '\0';
    else if (tokens_accept(tokens, "all"))
        ddl_reset_session(ddl);
    else if (!tokens_at_end(tokens) && !slice_is(tokens->at->text, "search_path"))
        set_value(ddl, tokens->at->text, slice_make("", 0));
}

void
ddlset_config(struct ddl *ddl, struct tokens *inside)
{
    if (inside->n < 3 || inside->at->kind != SQLLEX_STRING || inside->at[2].kind != SQLLEX_STRING)
        return;
    if (slice_is(inside->at->text, "search_path"))
        parse_path(ddl, inside->at[2].text);
    else
        set_value(ddl, inside->at->text, inside->at[2].text);
}
