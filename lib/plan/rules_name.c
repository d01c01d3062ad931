#include "rules_name.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ident.h"
#include "mem.h"

static bool
exists(const struct schema *backup, const struct schema *live, const char *name)
{
    return schema_find_table(live, name) != NULL || schema_find_table(backup, name) != NULL;
}

/* The only table of that bare name in `schema`: its name, or NULL; *several when there are more. */
static const char *
only_table(const struct schema *schema, const char *bare, bool *several)
{
    const char *found = NULL;

    for (size_t i = 0; i < schema->n_tables; i++) {
        char *part, *name;

        if (!ident_parse_qualified(slice_string(schema->tables[i].name), &part, &name))
            continue;
        if (strcmp(name, bare) == 0) {
            *several = found != NULL;
            found = schema->tables[i].name;
        }
        free(part);
        free(name);
    }
    return found;
}

char *
rules_name_table(
    const struct schema *backup, const struct schema *live, const char *schema, const char *bare)
{
    const char *otherwise = live != NULL ? schema_default(live) : "";
    char *name = ident_qualified(schema != NULL ? schema : otherwise, bare);
    const char *only;
    bool several = false;

    if (live == NULL || exists(backup, live, name))
        return name;
    free(name);
    if (schema != NULL)
        return NULL;
    only = only_table(live, bare, &several);
    if (only == NULL)
        only = only_table(backup, bare, &several);
    return only != NULL && !several ? mem_string(only) : NULL;
}

bool
rules_name_has_column(
    const struct schema *backup, const struct schema *live, const char *table, const char *column)
{
    const struct schema_table *there = live != NULL ? schema_find_table(live, table) : NULL;
    const struct schema_table *here = backup != NULL ? schema_find_table(backup, table) : NULL;

    return live == NULL || (there != NULL && schema_find_column(there, column) != NULL) ||
           (here != NULL && (schema_find_column(here, column) != NULL ||
                                schema_has_name(&here->data.columns, column)));
}

const char *
rules_name_type(
    const struct schema *backup, const struct schema *live, const char *table, const char *column)
{
    const struct schema *const schemas[] = {live, backup};

    for (size_t i = 0; live != NULL && i < 2; i++) {
        const struct schema_table *found = schema_find_table(schemas[i], table);
        const struct schema_column *known =
            found != NULL ? schema_find_column(found, column) : NULL;

        if (known != NULL)
            return known->type;
    }
    return NULL;
}

static bool
has_capital(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return true;
    return false;
}

bool
rules_name_split(const char *word, struct rules_parts *parts)
{
    struct slice rest = slice_string(word), before = rest;
    struct buf part = {0};
    bool good;

    *parts = (struct rules_parts){0};
    while ((good = ident_parse(&rest, &part))) {
        schema_add_name(&parts->names, buf_string(&part));
        buf_clear(&part);
        if (before.data[0] != '"' &&
            has_capital(slice_make(before.data, (size_t)(rest.data - before.data))))
            parts->loose = parts->names.n;
        if (rest.length == 0 || rest.data[0] != '.')
            break;
        before = rest = slice_make(rest.data + 1, rest.length - 1);
    }
    buf_release(&part);
    if (good && rest.length == 0)
        return true;
    rules_name_release(parts);
    return false;
}

void
rules_name_release(struct rules_parts *parts)
{
    for (size_t i = 0; i < parts->names.n; i++)
        free(parts->names.names[i]);
    free(parts->names.names);
    *parts = (struct rules_parts){0};
}

const char *
rules_name_unknown(const char *word)
{
    return word[strcspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0' && strchr(word, '"') == NULL
               ? "capitals count in double quotes only, as in SQL, and there is no one table"
               : "neither the backup nor the live database has one table";
}
