#include "ddltable.h"

#include <stdlib.h>
#include <string.h>

#include "ddlsequence.h"
#include "mem.h"
#include "objname.h"
#include "typename.h"

bool
ddltable_columns(struct tokens *tokens, struct schema_names *names)
{
    struct tokens inside;
    bool plain = true;

    if (!tokens_group(tokens, &inside))
        return false;
    while (!tokens_at_end(&inside)) {
        char *name = tokens_take_name(&inside);

        /* A function call or an expression; behind a name may stand COLLATE, a class, DESC. */
        if (name == NULL || tokens_peek(&inside, 0, "("))
            plain = false;
        else
            schema_add_name(names, name);
        free(name);
        tokens_seek(&inside, ",");
        tokens_accept(&inside, ",");
    }
    return plain;
}

/* ---- what columns and tables are constrained by */

static bool
ends_default(const struct tokens *tokens)
{
    static const char *const words[] = {"constraint", "not", "null", "check", "primary", "unique",
        "references", "generated", "collate", "deferrable", "initially", ","};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tokens_peek(tokens, 0, words[i]))
            return true;
    return tokens_at_end(tokens);
}

void
ddltable_default(struct ddl *ddl, struct schema_column *column, struct tokens *tokens)
{
    const struct sqllex_token *from = tokens->at;
    char *sequence;

    do
        tokens_skip(tokens);
    while (!ends_default(tokens));
    free(column->default_value);
    column->default_value = tokens_text(from, tokens);
    sequence = ddlsequence_nextval(ddl, from, (size_t)(tokens->at - from));
    if (sequence != NULL && column->sequence == NULL)
        column->sequence = sequence;
    else
        free(sequence);
}

static void
each_child(struct ddl *ddl, struct schema_table *table, const char *column,
    void (*apply)(struct ddl *ddl, struct schema_table *table, const char *column))
{
    for (size_t i = 0; ddl->has_children && i < ddl->schema->n_tables; i++)
        if (&ddl->schema->tables[i] != table &&
            schema_has_name(&ddl->schema->tables[i].parents, table->name))
            apply(ddl, &ddl->schema->tables[i], column);
}

void
ddltable_set_not_null(struct ddl *ddl, struct schema_table *table, const char *column)
{
    struct schema_column *found = schema_find_column(table, column);

    if (found == NULL || found->not_null)
        return;
    found->not_null = true;
    each_child(ddl, table, column, ddltable_set_not_null);
}

static void
add_key(struct ddl *ddl, struct schema_table *table, const char *name, enum schema_key_kind kind,
    const struct schema_names *columns)
{
    bool primary = kind == SCHEMA_KEY_PRIMARY;
    char *made = name != NULL ? mem_string(name)
                              : objname_constraint(
                                    table, primary ? NULL : columns, primary ? "pkey" : "key");
    struct schema_key *key = schema_add_key(table, made);

    key->kind = kind;
    key->columns = *columns;
    free(made);
    for (size_t i = 0; primary && i < columns->n; i++)
        ddltable_set_not_null(ddl, table, columns->names[i]);
}

static bool
has_key(const struct schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return true;
    return false;
}

/* ADD CONSTRAINT ... {PRIMARY KEY|UNIQUE} USING INDEX: the index becomes the constraint. */
static void
key_from_index(struct ddl *ddl, struct schema_table *table, const char *name,
    enum schema_key_kind kind, const char *index)
{
    for (size_t i = 0; i < table->n_keys; i++) {
        struct schema_key *key = &table->keys[i];

        if (strcmp(key->name, index) != 0)
            continue;
        key->kind = kind;
        if (name != NULL && !has_key(table, name)) /* PostgreSQL would refuse the name */
            key->name = mem_string(name);
        for (size_t k = 0; kind == SCHEMA_KEY_PRIMARY && k < key->columns.n; k++)
            ddltable_set_not_null(ddl, table, key->columns.names[k]);
        return;
    }
}

/* Behind PRIMARY KEY or UNIQUE; `column` is the column it was written at, or NULL. */
static void
key_constraint(struct ddl *ddl, struct schema_table *table, const char *name,
    enum schema_key_kind kind, const char *column, struct tokens *tokens)
{
    struct schema_names columns = {0};
    bool not_distinct = tokens_accept(tokens, "nulls not distinct"), plain = true;

    tokens_accept(tokens, "nulls distinct");
    if (column != NULL) {
        schema_add_name(&columns, column);
    } else if (tokens_accept(tokens, "using index")) {
        char *index = tokens_take_name(tokens);

        if (index != NULL)
            key_from_index(ddl, table, name, kind, index);
        free(index);
        return;
    } else {
        plain = ddltable_columns(tokens, &columns);
    }
    if (plain && columns.n > 0) {
        add_key(ddl, table, name, kind, &columns);
        table->keys[table->n_keys - 1].nulls_not_distinct = not_distinct;
    }
}

/* Behind REFERENCES. */
static void
reference_constraint(struct ddl *ddl, struct schema_table *table, const char *name,
    struct schema_names *columns, struct tokens *tokens)
{
    struct schema_reference *reference;
    char *parent = ddl_take_table(ddl, tokens);
    char *made = name != NULL ? mem_string(name) : objname_constraint(table, columns, "fkey");

    if (parent != NULL) {
        reference = schema_add_reference(table, made);
        reference->parent = parent;
        reference->columns = *columns;
        ddltable_columns(tokens, &reference->parent_columns);
    }
    free(made);
}

static void
check_constraint(
    struct schema_table *table, const char *name, const char *column, struct tokens *tokens)
{
    struct schema_names columns = {0};
    const struct sqllex_token *from = tokens->at;
    char *made;

    if (column != NULL)
        schema_add_name(&columns, column);
    made = name != NULL ? mem_string(name)
                        : objname_constraint(table, column != NULL ? &columns : NULL, "check");
    tokens_skip(tokens);
    schema_add_check(table, made)->expression = tokens_text(from, tokens);
    free(made);
}

/* DEFERRABLE and INITIALLY DEFERRED behind a key or reference. */
static bool
deferrable(struct tokens *tokens)
{
    if (tokens_accept(tokens, "not deferrable"))
        return false;
    return tokens_accept(tokens, "deferrable") || tokens_accept(tokens, "initially deferred");
}

bool
ddltable_is_constraint(const struct tokens *tokens)
{
    static const char *const words[] = {"constraint", "primary", "unique", "check", "foreign"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (tokens_peek(tokens, 0, words[i]))
            return true;
    return tokens_peek(tokens, 0, "exclude") &&
           (tokens_peek(tokens, 1, "using") || tokens_peek(tokens, 1, "("));
}

static void
table_constraint(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    size_t keys = table->n_keys, references = table->n_references;
    struct schema_names columns = {0};
    char *name = tokens_accept(tokens, "constraint") ? tokens_take_name(tokens) : NULL;

    if (tokens_accept(tokens, "primary key"))
        key_constraint(ddl, table, name, SCHEMA_KEY_PRIMARY, NULL, tokens);
    else if (tokens_accept(tokens, "unique"))
        key_constraint(ddl, table, name, SCHEMA_KEY_UNIQUE, NULL, tokens);
    else if (tokens_accept(tokens, "check"))
        check_constraint(table, name, NULL, tokens);
    else if (tokens_accept(tokens, "foreign key") && ddltable_columns(tokens, &columns) &&
             tokens_accept(tokens, "references"))
        reference_constraint(ddl, table, name, &columns, tokens);
    else if (tokens_accept(tokens, "not null")) {
        char *column = tokens_take_name(tokens);

        if (column != NULL)
            ddltable_set_not_null(ddl, table, column);
        free(column);
    }
    while (!tokens_at_end(tokens) && !tokens_peek(tokens, 0, ",")) {
        bool later = deferrable(tokens);

        if (later && table->n_keys > keys)
            table->keys[keys].deferrable = true;
        else if (later && table->n_references > references)
            table->references[references].deferrable = true;
        else if (!later)
            tokens_skip(tokens);
    }
    free(name);
}

/* ---- columns */

static void
generated(struct ddl *ddl, struct schema_table *table, struct schema_column *column,
    struct tokens *tokens)
{
    if (tokens_accept(tokens, "always as (")) {
        tokens->at--; /* back to the parenthesis, which starts a group */
        tokens->n++;
        const struct sqllex_token *from = tokens->at;

        tokens_skip(tokens);
        column->generated = true;
        column->default_value = tokens_text(from, tokens);
    } else {
        ddlsequence_identity(ddl, table, column->name, tokens);
    }
}

/* One constraint of a column. Returns what a later DEFERRABLE belongs to: 'k'ey, 'r'eference or 0.
 */
static char
column_constraint(struct ddl *ddl, struct schema_table *table, struct schema_column *column,
    const char *name, struct tokens *tokens)
{
    struct schema_names columns = {0};

    if (tokens_accept(tokens, "not null")) {
        column->not_null = true;
    } else if (tokens_accept(tokens, "default")) {
        ddltable_default(ddl, column, tokens);
    } else if (tokens_accept(tokens, "generated")) {
        generated(ddl, table, column, tokens);
    } else if (tokens_accept(tokens, "primary key")) {
        key_constraint(ddl, table, name, SCHEMA_KEY_PRIMARY, column->name, tokens);
        return 'k';
    } else if (tokens_accept(tokens, "unique")) {
        key_constraint(ddl, table, name, SCHEMA_KEY_UNIQUE, column->name, tokens);
        return 'k';
    } else if (tokens_accept(tokens, "check")) {
        check_constraint(table, name, column->name, tokens);
    } else if (tokens_accept(tokens, "references")) {
        schema_add_name(&columns, column->name);
        reference_constraint(ddl, table, name, &columns, tokens);
        return 'r';
    } else {
        tokens_skip(tokens); /* COLLATE, STORAGE, ON DELETE and the like: word for word */
    }
    return 0;
}

static void
column_constraints(struct ddl *ddl, struct schema_table *table, struct schema_column *column,
    struct tokens *tokens)
{
    char last = 0;

    while (!tokens_at_end(tokens) && !tokens_peek(tokens, 0, ",")) {
        char *name, made;

        if (deferrable(tokens)) {
            if (last == 'k' && table->n_keys > 0)
                table->keys[table->n_keys - 1].deferrable = true;
            if (last == 'r' && table->n_references > 0)
                table->references[table->n_references - 1].deferrable = true;
            continue;
        }
        /* The actions of a reference hold words that would look like constraints. */
        if (tokens_accept(tokens, "set null") || tokens_accept(tokens, "set default"))
            continue;
        name = tokens_accept(tokens, "constraint") ? tokens_take_name(tokens) : NULL;
        made = column_constraint(ddl, table, column, name, tokens);
        last = made != 0 ? made : last;
        free(name);
    }
}

void
ddltable_column(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    char *name = tokens_take_name(tokens);
    struct schema_column *column;
    struct typename type;

    if (name == NULL)
        return;
    column = ddl->too_wide ? NULL : ddl_add_column(ddl, table, name);
    free(name);
    if (column == NULL)
        return;
    /* A partition's list of columns has options only. */
    if (!tokens_accept(tokens, "with options") && !ends_default(tokens) &&
        !tokens_peek(tokens, 0, "default") && typename_parse(tokens, ddl_own_schema(ddl), &type)) {
        free(column->type);
        column->type = type.text;
        if (type.serial)
            ddlsequence_serial(ddl, table, column);
    }
    if (column->type == NULL)
        column->type = mem_string("unknown");
    column_constraints(ddl, table, column, tokens);
}

void
ddltable_element(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    if (ddltable_is_constraint(tokens))
        table_constraint(ddl, table, tokens);
    else
        ddltable_column(ddl, table, tokens);
}
