#include "ddlsequence.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "objname.h"

/* Notes that the column owns the sequence; both are given in display form, which need not exist. */
static void
own(struct ddl *ddl, const char *table, const char *column, const char *sequence)
{
    struct schema_table *owner = schema_find_table(ddl->schema, table);
    struct schema_column *owning = owner != NULL ? schema_find_column(owner, column) : NULL;
    struct schema_sequence *owned = schema_add_sequence(ddl->schema, sequence);
    struct buf text = {0};

    buf_add_format(&text, "%s.", table);
    ident_display(slice_string(column), &text);
    free(owned->owner);
    owned->owner = mem_string(buf_string(&text));
    buf_release(&text);
    if (owning != NULL) {
        free(owning->sequence);
        owning->sequence = mem_string(sequence);
    }
}

/* The sequence in the text of a default such as nextval('public.a_id_seq'::regclass). */
char *
ddlsequence_nextval(const struct ddl *ddl, const struct sqllex_token *from, size_t n)
{
    struct tokens tokens = {from, n};
    char *schema, *name, *sequence;

    tokens_accept(&tokens, "pg_catalog .");
    if (!tokens_accept(&tokens, "nextval ("))
        return NULL;
    while (tokens_accept(&tokens, "("))
        continue;
    if (tokens_at_end(&tokens) || tokens.at->kind != SQLLEX_STRING ||
        !ident_parse_qualified(tokens.at->text, &schema, &name))
        return NULL;
    sequence = ddl_new_name(ddl, schema, name);
    free(schema);
    free(name);
    return sequence;
}

static int64_t
signed_number(struct tokens *tokens, int64_t otherwise)
{
    bool negative = tokens_accept(tokens, "-");
    struct buf digits = {0};
    int64_t value;

    if (tokens_at_end(tokens) || tokens->at->kind != SQLLEX_NUMBER)
        return otherwise;
    buf_add_slice(&digits, tokens->at->text);
    value = strtoll(buf_string(&digits), NULL, 10);
    buf_release(&digits);
    tokens_skip(tokens);
    return negative ? -value : value;
}

static void
sequence_owner(struct ddl *ddl, const char *sequence, struct tokens *tokens)
{
    char *table, *column, *schema = NULL;
    struct tokens name = *tokens;

    if (tokens_accept(tokens, "none") || !tokens_qualified(&name, &table, &column) || table == NULL)
        return;
    free(table);
    table = tokens_take_name(tokens);
    if (tokens_accept(tokens, ".") && tokens_peek(tokens, 1, ".")) {
        schema = table;
        table = tokens_take_name(tokens);
    }
    if (table != NULL) {
        char *display = ddl_table_name(ddl, schema, table);

        own(ddl, display, column, sequence);
        free(display);
    }
    *tokens = name;
    free(schema);
    free(table);
    free(column);
}

void
ddlsequence_options(struct ddl *ddl, struct schema_sequence *sequence, struct tokens *tokens)
{
    char *name = mem_string(sequence->name);
    int64_t start = INT64_MIN, smallest = INT64_MIN, step = 1;

    while (!tokens_at_end(tokens)) {
        if (tokens_accept(tokens, "owned by")) {
            sequence_owner(ddl, name, tokens);
        } else if (tokens_accept(tokens, "start") || tokens_accept(tokens, "restart")) {
            tokens_accept(tokens, "with");
            start = signed_number(tokens, start);
        } else if (tokens_accept(tokens, "increment")) {
            tokens_accept(tokens, "by");
            step = signed_number(tokens, step);
        } else if (tokens_accept(tokens, "minvalue")) {
            smallest = signed_number(tokens, smallest);
        } else {
            tokens_skip(tokens);
        }
    }
    sequence = schema_find_sequence(ddl->schema, name);
    free(name);
    if (start != INT64_MIN)
        sequence->last_value = start;
    else if (sequence->last_value == 0)
        sequence->last_value = step < 0 ? -1 : smallest != INT64_MIN ? smallest : 1;
}

/* The sequence that serial and identity columns come with. */
static char *
own_sequence_name(const struct schema_table *table, const char *column)
{
    char *schema, *bare, *name, *display;

    if (!ident_parse_qualified(slice_string(table->name), &schema, &bare))
        return mem_string(table->name);
    name = objname_make(bare, column, "seq");
    display = ident_qualified(schema != NULL ? schema : "public", name);
    free(schema);
    free(bare);
    free(name);
    return display;
}

void
ddlsequence_identity(
    struct ddl *ddl, struct schema_table *table, const char *column, struct tokens *tokens)
{
    struct schema_column *identity = schema_find_column(table, column);
    struct tokens inside = {0};
    char *name = NULL;

    if (identity == NULL)
        return;
    identity->identity =
        tokens_accept(tokens, "always") ? SCHEMA_IDENTITY_ALWAYS : SCHEMA_IDENTITY_DEFAULT;
    identity->not_null = true;
    tokens_accept(tokens, "by default");
    tokens_accept(tokens, "as identity");
    if (tokens_group(tokens, &inside)) {
        struct tokens options = inside;

        while (!tokens_at_end(&options) && !tokens_accept(&options, "sequence name"))
            tokens_skip(&options);
        name = ddl_take_new(ddl, &options);
    }
    if (name == NULL)
        name = own_sequence_name(table, column);
    own(ddl, table->name, column, name);
    ddlsequence_options(ddl, schema_add_sequence(ddl->schema, name), &inside);
    free(name);
}

void
ddlsequence_serial(struct ddl *ddl, const struct schema_table *table, struct schema_column *column)
{
    char *name = own_sequence_name(table, column->name);
    struct tokens none = {0};

    column->not_null = true;
    column->default_value = mem_format("nextval('%s'::regclass)", name);
    own(ddl, table->name, column->name, name);
    ddlsequence_options(ddl, schema_add_sequence(ddl->schema, name), &none);
    free(name);
}
