#include "ddlalter.h"

#include <stdlib.h>
#include <string.h>

#include "ddlcreate.h"
#include "ddlpartition.h"
#include "ddlsequence.h"
#include "ddltable.h"
#include "ident.h"
#include "mem.h"
#include "typename.h"

static struct schema_table *
take_table(struct ddl *ddl, struct tokens *tokens)
{
    char *name = ddl_take_table(ddl, tokens);
    struct schema_table *table = name != NULL ? schema_find_table(ddl->schema, name) : NULL;

    free(name);
    return table;
}

/* ---- columns */

static void
alter_type(struct ddl *ddl, struct schema_column *column, struct tokens *tokens)
{
    struct typename type;

    if (!typename_parse(tokens, ddl_own_schema(ddl), &type))
        return;
    free(column->type);
    column->type = type.text;
}

static void
alter_column(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    char *name = tokens_take_name(tokens);
    struct schema_column *column = name != NULL ? schema_find_column(table, name) : NULL;

    if (column == NULL) {
        free(name);
        return;
    }
    if (tokens_accept(tokens, "set default")) {
        ddltable_default(ddl, column, tokens);
    } else if (tokens_accept(tokens, "drop default")) {
        column->default_value = NULL;
    } else if (tokens_accept(tokens, "set not null")) {
        ddltable_set_not_null(ddl, table, name);
    } else if (tokens_accept(tokens, "drop not null")) {
        column->not_null = false;
    } else if (tokens_accept(tokens, "set data type") || tokens_accept(tokens, "type")) {
        alter_type(ddl, column, tokens);
    } else if (tokens_accept(tokens, "add generated")) {
        ddlsequence_identity(ddl, table, name, tokens);
    } else if (tokens_accept(tokens, "drop identity")) {
        column->identity = SCHEMA_IDENTITY_NO;
    } else if (tokens_accept(tokens, "drop expression")) {
        column->generated = false;
        column->default_value = NULL;
    }
    free(name);
}

static void
rename_in(struct schema_names *names, const char *from, const char *to)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->names[i], from) == 0)
            names->names[i] = mem_string(to);
}

static void
rename_column(struct ddl *ddl, struct schema_table *table, const char *from, const char *to)
{
    struct schema_column *column = schema_find_column(table, from);

    if (column == NULL || schema_find_column(table, to) != NULL)
        return; /* PostgreSQL would refuse the name */
    column->name = mem_string(to);
    for (size_t i = 0; i < table->n_keys; i++)
        rename_in(&table->keys[i].columns, from, to);
    for (size_t i = 0; i < ddl->schema->n_tables; i++) {
        struct schema_table *other = &ddl->schema->tables[i];

        for (size_t k = 0; k < other->n_references; k++) {
            if (other == table)
                rename_in(&other->references[k].columns, from, to);
            if (strcmp(other->references[k].parent, table->name) == 0)
                rename_in(&other->references[k].parent_columns, from, to);
        }
    }
}

/* Takes element i out of an array of a table. */
#define REMOVE(array, n, i) memmove(&(array)[i], &(array)[(i) + 1], (--(n) - (i)) * sizeof *(array))

static void
drop_constraint(struct schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, name) == 0) {
            REMOVE(table->keys, table->n_keys, i);
            return;
        }
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].name, name) == 0) {
            REMOVE(table->references, table->n_references, i);
            return;
        }
    for (size_t i = 0; i < table->n_checks; i++)
        if (strcmp(table->checks[i].name, name) == 0) {
            REMOVE(table->checks, table->n_checks, i);
            return;
        }
}

/* Keys and references with the column go with it. */
static void
drop_column(struct schema_table *table, const char *name)
{
    for (size_t i = table->n_keys; i-- > 0;)
        if (schema_has_name(&table->keys[i].columns, name))
            REMOVE(table->keys, table->n_keys, i);
    for (size_t i = table->n_references; i-- > 0;)
        if (schema_has_name(&table->references[i].columns, name))
            REMOVE(table->references, table->n_references, i);
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0) {
            REMOVE(table->columns, table->n_columns, i);
            return;
        }
}

/* ---- tables */

static void
rename_table(struct ddl *ddl, struct schema_table *table, char *name)
{
    for (size_t i = 0; i < ddl->schema->n_tables; i++) {
        struct schema_table *other = &ddl->schema->tables[i];

        rename_in(&other->parents, table->name, name);
        for (size_t k = 0; k < other->n_references; k++)
            if (strcmp(other->references[k].parent, table->name) == 0)
                other->references[k].parent = mem_string(name);
    }
    schema_rename_table(ddl->schema, table, name);
    free(name);
}

/* RENAME TO and SET SCHEMA: `schema` or `name` is the new one, the other NULL. */
static void
move_table(struct ddl *ddl, struct schema_table *table, const char *schema, const char *name)
{
    char *old_schema, *old_name;

    if (!ident_parse_qualified(slice_string(table->name), &old_schema, &old_name))
        return;
    rename_table(ddl, table,
        ident_qualified(schema != NULL ? schema : old_schema, name != NULL ? name : old_name));
    free(old_schema);
    free(old_name);
}

static void
rename_constraint(struct schema_table *table, const char *from, const char *to)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, from) == 0)
            table->keys[i].name = mem_string(to);
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].name, from) == 0)
            table->references[i].name = mem_string(to);
}

static void
rename_action(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    bool constraint, column;
    char *from = NULL, *to;

    if (tokens_accept(tokens, "to")) {
        to = tokens_take_name(tokens);
        if (to != NULL)
            move_table(ddl, table, NULL, to);
        free(to);
        return;
    }
    constraint = tokens_accept(tokens, "constraint");
    tokens_accept(tokens, "column");
    column = !constraint;
    from = tokens_take_name(tokens);
    to = from != NULL && tokens_accept(tokens, "to") ? tokens_take_name(tokens) : NULL;
    if (to != NULL && column)
        rename_column(ddl, table, from, to);
    else if (to != NULL)
        rename_constraint(table, from, to);
    free(from);
    free(to);
}

static void
drop_action(struct schema_table *table, struct tokens *tokens)
{
    bool constraint = tokens_accept(tokens, "constraint");
    char *name;

    tokens_accept(tokens, "column");
    tokens_accept(tokens, "if exists");
    name = tokens_take_name(tokens);
    if (name != NULL && constraint)
        drop_constraint(table, name);
    else if (name != NULL)
        drop_column(table, name);
    free(name);
}

static void
add_column(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    char *name;
    struct tokens ahead;

    tokens_accept(tokens, "column");
    tokens_accept(tokens, "if not exists");
    ahead = *tokens;
    name = tokens_take_name(&ahead);
    if (name != NULL && schema_find_column(table, name) == NULL) {
        ddltable_column(ddl, table, tokens);
        for (size_t i = 0; ddl->has_children && i < ddl->schema->n_tables; i++)
            if (schema_has_name(&ddl->schema->tables[i].parents, table->name))
                ddlcreate_inherit(ddl, &ddl->schema->tables[i], table->name);
    }
    free(name);
}

/* ATTACH PARTITION: the columns are the parent's already, in the partition's own order. */
static void
attach(struct ddl *ddl, const struct schema_table *table, struct tokens *tokens)
{
    struct schema_table *partition = take_table(ddl, tokens);

    if (partition == NULL)
        return;
    ddlcreate_inherit(ddl, partition, table->name);
    ddlpartition_bound(partition, *tokens);
}

static void
disinherit(struct schema_table *table, const char *parent)
{
    for (size_t i = 0; parent != NULL && i < table->parents.n; i++)
        if (strcmp(table->parents.names[i], parent) == 0) {
            REMOVE(table->parents.names, table->parents.n, i);
            return;
        }
}

static void
inherit_action(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    bool no = tokens_accept(tokens, "no");
    char *parent;

    tokens_accept(tokens, "inherit");
    parent = ddl_take_table(ddl, tokens);
    if (parent != NULL && no)
        disinherit(table, parent);
    else if (parent != NULL)
        ddlcreate_inherit(ddl, table, parent);
    free(parent);
}

static void
table_action(struct ddl *ddl, struct schema_table *table, struct tokens *tokens)
{
    if (tokens_accept(tokens, "add")) {
        if (ddltable_is_constraint(tokens))
            ddltable_element(ddl, table, tokens);
        else
            add_column(ddl, table, tokens);
    } else if (tokens_accept(tokens, "alter")) {
        tokens_accept(tokens, "column");
        alter_column(ddl, table, tokens);
    } else if (tokens_accept(tokens, "drop")) {
        drop_action(table, tokens);
    } else if (tokens_accept(tokens, "rename")) {
        rename_action(ddl, table, tokens);
    } else if (tokens_accept(tokens, "attach partition")) {
        attach(ddl, table, tokens);
    } else if (tokens_accept(tokens, "detach partition")) {
        struct schema_table *partition = take_table(ddl, tokens);

        if (partition != NULL) {
            disinherit(partition, table->name);
            partition->partition_bound = NULL;
        }
    } else if (tokens_peek(tokens, 0, "inherit") || tokens_peek(tokens, 1, "inherit")) {
        inherit_action(ddl, table, tokens);
    } else if (tokens_accept(tokens, "set schema")) {
        char *schema = tokens_take_name(tokens);

        if (schema != NULL)
            move_table(ddl, table, schema, NULL);
        free(schema);
    }
}

static void
alter_table(struct ddl *ddl, struct tokens *tokens)
{
    char *name;

    tokens_accept(tokens, "if exists");
    tokens_accept(tokens, "only");
    name = ddl_take_table(ddl, tokens);
    tokens_accept(tokens, "*");
    while (name != NULL && !tokens_at_end(tokens)) {
        struct schema_table *table = schema_find_table(ddl->schema, name);

        if (table == NULL)
            break;
        table_action(ddl, table, tokens);
        tokens_seek(tokens, ",");
        tokens_accept(tokens, ",");
    }
    free(name);
}

/* ---- other objects */

static char *
take_string(struct tokens *tokens)
{
    char *text;

    if (tokens_at_end(tokens) || tokens->at->kind != SQLLEX_STRING)
        return NULL;
    text = mem_copy(tokens->at->text.data, tokens->at->text.length);
    tokens_skip(tokens);
    return text;
}

/* Puts the label before or behind another one, or last. */
static void
add_label(struct schema_names *all, const char *label, const char *other, bool before)
{
    size_t at = all->n;

    for (size_t i = 0; other != NULL && i < all->n; i++)
        if (strcmp(all->names[i], other) == 0)
            at = before ? i : i + 1;
    schema_add_name(all, label);
    for (size_t i = all->n - 1; i > at; i--) {
        char *moved = all->names[i];

        all->names[i] = all->names[i - 1];
        all->names[i - 1] = moved;
    }
}

static void
alter_type_object(struct ddl *ddl, struct tokens *tokens)
{
    char *name = ddl_take_new(ddl, tokens), *label = NULL, *other = NULL;
    bool known = name != NULL && schema_find_enum(ddl->schema, name) != NULL, before;
    struct schema_names *all = known ? &schema_add_enum(ddl->schema, name)->labels : NULL;

    if (known && tokens_accept(tokens, "add value")) {
        tokens_accept(tokens, "if not exists");
        label = take_string(tokens);
        before = tokens_accept(tokens, "before");
        tokens_accept(tokens, "after");
        other = take_string(tokens);
        if (label != NULL && !schema_has_name(all, label))
            add_label(all, label, other, before);
    } else if (known && tokens_accept(tokens, "rename value")) {
        label = take_string(tokens);
        other = tokens_accept(tokens, "to") ? take_string(tokens) : NULL;
        if (label != NULL && other != NULL)
            rename_in(all, label, other);
    }
    free(name);
    free(label);
    free(other);
}

static void
alter_sequence(struct ddl *ddl, struct tokens *tokens)
{
    char *name;
    struct schema_sequence *sequence;

    tokens_accept(tokens, "if exists");
    name = ddl_take_new(ddl, tokens);
    sequence = name != NULL ? schema_find_sequence(ddl->schema, name) : NULL;
    if (sequence != NULL)
        ddlsequence_options(ddl, sequence, tokens);
    free(name);
}

void
ddlalter_apply(struct ddl *ddl, struct tokens *tokens)
{
    tokens_accept(tokens, "foreign");
    if (tokens_accept(tokens, "table"))
        alter_table(ddl, tokens);
    else if (tokens_accept(tokens, "type"))
        alter_type_object(ddl, tokens);
    else if (tokens_accept(tokens, "sequence"))
        alter_sequence(ddl, tokens);
}

static void
drop_schema(struct ddl *ddl, struct tokens *tokens)
{
    char *schema = tokens_take_name(tokens), *prefix;
    struct buf name = {0};

    if (schema == NULL)
        return;
    ident_display(slice_string(schema), &name);
    prefix = mem_format("%s.", buf_string(&name));
    for (size_t i = ddl->schema->n_tables; i-- > 0;)
        if (strncmp(ddl->schema->tables[i].name, prefix, strlen(prefix)) == 0)
            schema_drop_table(ddl->schema, &ddl->schema->tables[i]);
    free(prefix);
    free(schema);
    buf_release(&name);
}

void
ddlalter_drop(struct ddl *ddl, struct tokens *tokens)
{
    bool whole_schema = tokens_accept(tokens, "schema");

    tokens_accept(tokens, "foreign");
    tokens_accept(tokens, "materialized");
    if (!whole_schema && !tokens_accept(tokens, "table") && !tokens_accept(tokens, "view"))
        return;
    tokens_accept(tokens, "if exists");
    while (!tokens_at_end(tokens)) {
        struct schema_table *table = whole_schema ? NULL : take_table(ddl, tokens);

        if (whole_schema)
            drop_schema(ddl, tokens);
        else if (table != NULL)
            schema_drop_table(ddl->schema, table);
        tokens_seek(tokens, ",");
        tokens_accept(tokens, ",");
    }
}
