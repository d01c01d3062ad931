#include "ddl.h"

#include <stdlib.h>
#include <string.h>

#include "ddlalter.h"
#include "ddlcreate.h"
#include "ddlset.h"
#include "ident.h"
#include "mem.h"
#include "objname.h"

void
ddl_init(struct ddl *ddl, struct schema *schema)
{
    *ddl = (struct ddl){.schema = schema};
    ddl_reset_session(ddl);
}

void
ddl_reset_session(struct ddl *ddl)
{
    ddl->search_path = (struct schema_names){0};
    schema_add_name(&ddl->search_path, "public");
    ddl->standard_strings = true;
    ddl->style = (struct textstyle){0};
}

/* ---- names */

const char *
ddl_own_schema(const struct ddl *ddl)
{
    return ddl->search_path.n > 0 ? ddl->search_path.names[0] : "public";
}

char *
ddl_new_name(const struct ddl *ddl, const char *schema, const char *name)
{
    return ident_qualified(schema != NULL ? schema : ddl_own_schema(ddl), name);
}

char *
ddl_table_name(const struct ddl *ddl, const char *schema, const char *name)
{
    for (size_t i = 0; schema == NULL && i < ddl->search_path.n; i++) {
        char *display = ident_qualified(ddl->search_path.names[i], name);

        if (schema_find_table(ddl->schema, display) != NULL)
            return display;
        free(display);
    }
    return ddl_new_name(ddl, schema, name);
}

char *
ddl_take_new(const struct ddl *ddl, struct tokens *tokens)
{
    char *schema, *name, *display = NULL;

    if (tokens_qualified(tokens, &schema, &name))
        display = ddl_new_name(ddl, schema, name);
    free(schema);
    free(name);
    return display;
}

char *
ddl_take_table(const struct ddl *ddl, struct tokens *tokens)
{
    char *schema, *name, *display = NULL;

    tokens_accept(tokens, "only");
    if (tokens_qualified(tokens, &schema, &name))
        display = ddl_table_name(ddl, schema, name);
    free(schema);
    free(name);
    return display;
}

struct schema_column *
ddl_add_column(struct ddl *ddl, struct schema_table *table, const char *name)
{
    if (table->n_columns >= DDL_MAX_COLUMNS && schema_find_column(table, name) == NULL) {
        ddl->too_wide = true;
        return NULL;
    }
    return schema_add_column(table, name);
}

/* ---- dispatch */

/* SELECT pg_catalog.setval('s', 5, true). */
static void
setval(struct ddl *ddl, struct tokens *inside)
{
    char *schema, *name, *display;
    struct schema_sequence *sequence;

    if (tokens_at_end(inside) || inside->at->kind != SQLLEX_STRING ||
        !ident_parse_qualified(inside->at->text, &schema, &name))
        return;
    display = ddl_new_name(ddl, schema, name);
    if (tokens_seek(inside, ",") && tokens_accept(inside, ",")) {
        bool negative = tokens_accept(inside, "-");

        if (!tokens_at_end(inside) && inside->at->kind == SQLLEX_NUMBER) {
            char *value = mem_copy(inside->at->text.data, inside->at->text.length);

            sequence = schema_add_sequence(ddl->schema, display);
            sequence->last_value = strtoll(value, NULL, 10) * (negative ? -1 : 1);
            free(value);
            tokens_skip(inside);
            sequence->is_called = !tokens_accept(inside, ", false");
        }
    }
    free(display);
    free(schema);
    free(name);
}

static void
select_function(struct ddl *ddl, struct tokens *tokens)
{
    struct tokens inside;

    tokens_accept(tokens, "pg_catalog .");
    if (tokens_accept(tokens, "setval") && tokens_group(tokens, &inside))
        setval(ddl, &inside);
    else if (tokens_accept(tokens, "set_config") && tokens_group(tokens, &inside))
        ddlset_config(ddl, &inside);
}

static void
create(struct ddl *ddl, struct tokens *tokens)
{
    enum ddlcreate_unique unique;

    tokens_accept(tokens, "or replace");
    if (tokens_accept(tokens, "temporary") || tokens_accept(tokens, "temp") ||
        tokens_accept(tokens, "local") || tokens_accept(tokens, "global"))
        return;
    tokens_accept(tokens, "unlogged");
    unique = tokens_accept(tokens, "unique") ? DDLCREATE_UNIQUE : DDLCREATE_PLAIN;
    if (tokens_accept(tokens, "index")) {
        ddlcreate_index(ddl, tokens, unique);
        return;
    }
    tokens_accept(tokens, "recursive");
    if (tokens_accept(tokens, "table")) {
        tokens_accept(tokens, "if not exists");
        ddlcreate_table(ddl, tokens, SCHEMA_TABLE);
    } else if (tokens_accept(tokens, "foreign table")) {
        tokens_accept(tokens, "if not exists");
        ddlcreate_table(ddl, tokens, SCHEMA_FOREIGN);
    } else if (tokens_accept(tokens, "materialized view")) {
        tokens_accept(tokens, "if not exists");
        ddlcreate_view(ddl, tokens, SCHEMA_MATVIEW);
    } else if (tokens_accept(tokens, "view")) {
        ddlcreate_view(ddl, tokens, SCHEMA_VIEW);
    } else if (tokens_accept(tokens, "sequence")) {
        tokens_accept(tokens, "if not exists");
        ddlcreate_sequence(ddl, tokens);
    } else if (tokens_accept(tokens, "type")) {
        ddlcreate_type(ddl, tokens);
    } else if (tokens_accept(tokens, "domain")) {
        ddlcreate_domain(ddl, tokens);
    }
}

void
ddl_apply(struct ddl *ddl, const struct sqllex_token *all, size_t n)
{
    struct tokens tokens = {all, n};

    if (tokens_accept(&tokens, "create"))
        create(ddl, &tokens);
    else if (tokens_accept(&tokens, "alter"))
        ddlalter_apply(ddl, &tokens);
    else if (tokens_accept(&tokens, "drop"))
        ddlalter_drop(ddl, &tokens);
    else if (tokens_accept(&tokens, "set"))
        ddlset_apply(ddl, &tokens);
    else if (tokens_accept(&tokens, "reset") || tokens_accept(&tokens, "discard"))
        ddlset_reset(ddl, &tokens);
    else if (tokens_accept(&tokens, "select"))
        select_function(ddl, &tokens);
}

static bool
is_any(const struct tokens *tokens, size_t i, const char *const *words, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (tokens_peek(tokens, i, words[k]))
            return true;
    return false;
}

#define IS_ANY(tokens, i, words) is_any(tokens, i, words, sizeof(words) / sizeof(words)[0])

static enum ddl_interest
wants_create(const struct tokens *tokens)
{
    static const char *const wanted[] = {"table", "index", "view", "sequence", "type", "domain"};
    static const char *const before[] = {"or", "replace", "unlogged", "unique", "recursive",
        "foreign", "materialized", "temporary", "temp", "local", "global"};

    for (size_t i = 1; i < tokens->n; i++) {
        if (IS_ANY(tokens, i, wanted))
            return DDL_WANTED;
        if (!IS_ANY(tokens, i, before))
            return DDL_NOT_WANTED;
    }
    return DDL_UNDECIDED;
}

enum ddl_interest
ddl_wants(const struct sqllex_token *all, size_t n)
{
    static const char *const functions[] = {"setval", "set_config"};
    static const char *const altered[] = {"table", "type", "sequence", "foreign"};
    struct tokens tokens = {all, n};

    if (tokens_peek(&tokens, 0, "create"))
        return wants_create(&tokens);
    if (tokens_peek(&tokens, 0, "set") || tokens_peek(&tokens, 0, "drop") ||
        tokens_peek(&tokens, 0, "reset") || tokens_peek(&tokens, 0, "discard"))
        return DDL_WANTED;
    if (tokens_peek(&tokens, 0, "alter"))
        return n < 2 ? DDL_UNDECIDED : IS_ANY(&tokens, 1, altered) ? DDL_WANTED : DDL_NOT_WANTED;
    if (!tokens_peek(&tokens, 0, "select"))
        return DDL_NOT_WANTED;
    if (n < 2 || (n < 4 && tokens_peek(&tokens, 1, "pg_catalog")))
        return DDL_UNDECIDED;
    return IS_ANY(&tokens, n >= 4 && tokens_peek(&tokens, 1, "pg_catalog") ? 3 : 1, functions)
               ? DDL_WANTED
               : DDL_NOT_WANTED;
}

/* ---- the end */

/* REFERENCES t without columns means t's primary key. */
static void
resolve_references(struct schema *schema)
{
    for (size_t i = 0; i < schema->n_tables; i++)
        for (size_t k = 0; k < schema->tables[i].n_references; k++) {
            struct schema_reference *reference = &schema->tables[i].references[k];
            const struct schema_table *parent = schema_find_table(schema, reference->parent);
            const struct schema_key *key = parent != NULL ? schema_primary_key(parent) : NULL;

            if (reference->parent_columns.n == 0 && key != NULL)
                reference->parent_columns = key->columns;
        }
}

static bool
has_key(const struct schema_table *table, const struct schema_key *key)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (table->keys[i].kind == key->kind &&
            schema_names_equal(&table->keys[i].columns, &key->columns))
            return true;
    return false;
}

static bool
has_reference(const struct schema_table *table, const struct schema_reference *reference)
{
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].parent, reference->parent) == 0 &&
            schema_names_equal(&table->references[i].columns, &reference->columns))
            return true;
    return false;
}

static bool
reference_is_there(const struct schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].name, name) == 0)
            return true;
    return false;
}

/* A partition has every key and reference of its parent. Returns true when something was added. */
static bool
complete_partition(struct schema_table *partition, const struct schema_table *parent)
{
    bool added = false;

    for (size_t i = 0; i < parent->n_keys; i++) {
        const struct schema_key *key = &parent->keys[i];
        bool primary = key->kind == SCHEMA_KEY_PRIMARY;
        const char *label = primary ? "pkey" : key->kind == SCHEMA_KEY_UNIQUE ? "key" : "idx";
        char *name, *kept;
        struct schema_key *made;

        if (has_key(partition, key))
            continue;
        name = objname_constraint(partition, primary ? NULL : &key->columns, label);
        made = schema_add_key(partition, name);
        kept = made->name;
        *made = *key;
        made->name = kept;
        free(name);
        added = true;
    }
    for (size_t i = 0; i < parent->n_references; i++) {
        const struct schema_reference *reference = &parent->references[i];
        struct schema_reference *made;
        char *name;

        if (has_reference(partition, reference))
            continue;
        name = reference_is_there(partition, reference->name)
                   ? objname_constraint(partition, &reference->columns, "fkey")
                   : mem_string(reference->name);
        made = schema_add_reference(partition, name);
        *made = *reference;
        made->name = name;
        added = true;
    }
    return added;
}

void
ddl_finish(struct ddl *ddl)
{
    struct schema *schema = ddl->schema;
    bool changed = ddl->has_children;

    resolve_references(schema);
    while (changed) { /* once for each level of partitions */
        changed = false;
        for (size_t i = 0; i < schema->n_tables; i++) {
            struct schema_table *table = &schema->tables[i];

            for (size_t k = 0; k < table->parents.n; k++) {
                const struct schema_table *parent =
                    schema_find_table(schema, table->parents.names[k]);

                if (parent != NULL && parent != table && parent->kind == SCHEMA_PARTITIONED &&
                    complete_partition(table, parent))
                    changed = true;
            }
        }
    }
}
