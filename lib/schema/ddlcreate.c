#include "ddlcreate.h"

#include <stdlib.h>
#include <string.h>

#include "ddlpartition.h"
#include "ddlsequence.h"
#include "ddltable.h"
#include "mem.h"
#include "objname.h"
#include "typename.h"

/* ---- tables */

static void
copy_column(struct ddl *ddl, struct schema_table *to, const struct schema_column *from)
{
    struct schema_column *column = schema_find_column(to, from->name);

    if (column != NULL) {
        column->not_null = column->not_null || from->not_null;
        return;
    }
    column = ddl_add_column(ddl, to, from->name);
    if (column == NULL)
        return;
    column->type = mem_string(from->type);
    column->not_null = from->not_null;
    column->generated = from->generated;
    if (from->default_value != NULL)
        column->default_value = mem_string(from->default_value);
    if (from->sequence != NULL && from->identity == SCHEMA_IDENTITY_NO)
        column->sequence = mem_string(from->sequence);
}

void
ddlcreate_inherit(struct ddl *ddl, struct schema_table *child, const char *parent)
{
    const struct schema_table *found = schema_find_table(ddl->schema, parent);

    if (!schema_has_name(&child->parents, parent))
        schema_add_name(&child->parents, parent);
    ddl->has_children = true;
    for (size_t i = 0; found != NULL && found != child && i < found->n_columns; i++)
        copy_column(ddl, child, &found->columns[i]);
}

/* LIKE other [INCLUDING ...]: its columns, and its keys under names of this table. */
static void
like(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    char *name = ddl_take_table(ddl, tokens);
    const struct schema_table *other = name != NULL ? schema_find_table(ddl->schema, name) : NULL;
    bool defaults = false, keys = false;

    free(name);
    if (other == table)
        other = NULL; /* a table that is like itself: the script would fail */
    while (!tokens_at_end(tokens) && !tokens_peek(tokens, 0, ",")) {
        bool all = tokens_accept(tokens, "including all");

        defaults = defaults || all || tokens_accept(tokens, "including defaults");
        keys = keys || all || tokens_accept(tokens, "including indexes");
        if (!all)
            tokens_skip(tokens);
    }
    for (size_t i = 0; other != NULL && i < other->n_columns; i++) {
        struct schema_column column = other->columns[i];

        if (!defaults) {
            column.default_value = column.sequence = NULL;
            column.generated = false;
        }
        copy_column(ddl, table, &column);
    }
    for (size_t i = 0; keys && other != NULL && i < other->n_keys; i++) {
        const struct schema_key *from = &other->keys[i];
        bool primary = from->kind == SCHEMA_KEY_PRIMARY;
        char *made =
            objname_constraint(table, primary ? NULL : &from->columns, primary ? "pkey" : "key");
        struct schema_key *key = schema_add_key(table, made);
        char *kept = key->name;

        *key = *from;
        key->name = kept;
        free(made);
    }
}

static void
elements(struct ddl *ddl, struct schema_table *table, struct tokens inside)
{
    while (!tokens_at_end(&inside)) {
        if (tokens_accept(&inside, "like"))
            like(ddl, table, &inside);
        else
            ddltable_element(ddl, table, &inside);
        tokens_seek(&inside, ",");
        tokens_accept(&inside, ",");
    }
}

/* INHERITS (a, b) stands behind the elements, but its columns come first. */
static void
inherits(struct ddl *ddl, struct schema_table *table, struct tokens behind)
{
    struct tokens inside;

    if (!tokens_seek(&behind, "inherits") || !tokens_accept(&behind, "inherits") ||
        !tokens_group(&behind, &inside))
        return;
    while (!tokens_at_end(&inside)) {
        char *parent = ddl_take_table(ddl, &inside);

        if (parent != NULL)
            ddlcreate_inherit(ddl, table, parent);
        free(parent);
        tokens_seek(&inside, ",");
        tokens_accept(&inside, ",");
    }
}

static void
of_type(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    char *name = ddl_take_new(ddl, tokens);
    const struct schema_table *type =
        name != NULL ? schema_find_table(&ddl->composites, name) : NULL;

    for (size_t i = 0; type != NULL && i < type->n_columns; i++)
        copy_column(ddl, table, &type->columns[i]);
    free(name);
}

void
ddlcreate_table(struct ddl *ddl, struct tokens *tokens, enum schema_kind kind)
{
    char *name = ddl_take_new(ddl, tokens), *parent;
    struct schema_table *table;
    struct tokens inside;

    if (name == NULL || schema_find_table(ddl->schema, name) != NULL) {
        free(name); /* a second CREATE of a table fails when the script runs */
        return;
    }
    table = schema_add_table(ddl->schema, name);
    free(name);
    table->kind = kind;
    if (tokens_accept(tokens, "partition of")) {
        parent = ddl_take_table(ddl, tokens);
        if (parent != NULL)
            ddlcreate_inherit(ddl, table, parent);
        free(parent);
    } else if (tokens_accept(tokens, "of")) {
        of_type(ddl, table, tokens);
    }
    inherits(ddl, table, *tokens);
    if (tokens_group(tokens, &inside)) {
        struct tokens behind = *tokens;

        /* CREATE TABLE t (a, b) AS SELECT lists names without types. */
        if (!tokens_seek(&behind, "as"))
            elements(ddl, table, inside);
    }
    if (table->parents.n > 0)
        ddlpartition_bound(table, *tokens);
    if (kind == SCHEMA_TABLE && tokens_seek(tokens, "partition") &&
        tokens_accept(tokens, "partition by")) {
        table->kind = SCHEMA_PARTITIONED;
        ddlpartition_key(table, *tokens);
    }
}

void
ddlcreate_view(struct ddl *ddl, struct tokens *tokens, enum schema_kind kind)
{
    char *name = ddl_take_new(ddl, tokens);

    if (name != NULL && schema_find_table(ddl->schema, name) == NULL)
        schema_add_table(ddl->schema, name)->kind = kind;
    free(name);
}

/* ---- indexes */

static void
unique_index(struct schema_table *table, const char *name, struct tokens *tokens)
{
    struct schema_names columns = {0};
    struct schema_key *key;
    bool plain = ddltable_columns(tokens, &columns), not_distinct = false;
    char *made;

    while (!tokens_at_end(tokens)) {
        not_distinct = not_distinct || tokens_accept(tokens, "nulls not distinct");
        if (tokens_peek(tokens, 0, "where"))
            return;
        tokens_skip(tokens);
    }
    if (!plain || columns.n == 0)
        return;
    made = name != NULL ? mem_string(name) : objname_constraint(table, &columns, "idx");
    key = schema_add_key(table, made);
    key->kind = SCHEMA_KEY_INDEX;
    key->columns = columns;
    key->nulls_not_distinct = not_distinct;
    free(made);
}

void
ddlcreate_index(struct ddl *ddl, struct tokens *tokens, enum ddlcreate_unique unique)
{
    char *name = NULL, *display;
    struct schema_table *table;

    tokens_accept(tokens, "concurrently");
    tokens_accept(tokens, "if not exists");
    if (!tokens_peek(tokens, 0, "on"))
        name = tokens_take_name(tokens);
    if (unique == DDLCREATE_UNIQUE && tokens_accept(tokens, "on")) {
        tokens_accept(tokens, "only");
        display = ddl_take_table(ddl, tokens);
        table = display != NULL ? schema_find_table(ddl->schema, display) : NULL;
        if (tokens_accept(tokens, "using"))
            tokens_skip(tokens);
        if (table != NULL)
            unique_index(table, name, tokens);
        free(display);
    }
    free(name);
}

/* ---- types and sequences */

static void
labels(struct schema_enum *made, struct tokens inside)
{
    for (; !tokens_at_end(&inside); tokens_skip(&inside))
        if (inside.at->kind == SQLLEX_STRING) {
            char *label = mem_copy(inside.at->text.data, inside.at->text.length);

            schema_add_name(&made->labels, label);
            free(label);
        }
}

void
ddlcreate_type(struct ddl *ddl, struct tokens *tokens)
{
    char *name = ddl_take_new(ddl, tokens);
    struct tokens inside;

    if (name == NULL)
        return;
    if (tokens_accept(tokens, "as enum")) {
        if (schema_find_enum(ddl->schema, name) == NULL && tokens_group(tokens, &inside))
            labels(schema_add_enum(ddl->schema, name), inside);
    } else if (tokens_accept(tokens, "as") && tokens_group(tokens, &inside)) {
        elements(ddl, schema_add_table(&ddl->composites, name), inside);
    }
    free(name);
}

void
ddlcreate_domain(struct ddl *ddl, struct tokens *tokens)
{
    char *name = ddl_take_new(ddl, tokens);
    struct schema_domain *domain;
    struct typename type;

    tokens_accept(tokens, "as");
    if (name != NULL && schema_find_domain(ddl->schema, name) == NULL &&
        typename_parse(tokens, ddl_own_schema(ddl), &type)) {
        domain = schema_add_domain(ddl->schema, name);
        domain->base = type.text;
        while (!tokens_at_end(tokens)) {
            if (tokens_accept(tokens, "not null"))
                domain->not_null = true;
            else
                tokens_skip(tokens);
        }
    }
    free(name);
}

void
ddlcreate_sequence(struct ddl *ddl, struct tokens *tokens)
{
    char *name = ddl_take_new(ddl, tokens);

    if (name != NULL)
        ddlsequence_options(ddl, schema_add_sequence(ddl->schema, name), tokens);
    free(name);
}
