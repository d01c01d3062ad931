#include "objname.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ident.h"
#include "mem.h"

#define NAME_LIMIT 63 /* NAMEDATALEN - 1 */

/* At most n bytes of text, not cutting a UTF-8 character. */
static size_t
clip(const char *text, size_t n)
{
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return n;
}

char *
objname_make(const char *name1, const char *name2, const char *label)
{
    size_t n1 = strlen(name1), n2 = name2 != NULL ? strlen(name2) : 0;
    size_t overhead = strlen(label) + 1 + (name2 != NULL), room = NAME_LIMIT - overhead;

    while (n1 + n2 > room) {
        if (n1 > n2)
            n1--;
        else
            n2--;
    }
    n1 = clip(name1, n1);
    n2 = name2 != NULL ? clip(name2, n2) : 0;
    return mem_format("%.*s%s%.*s_%s", (int)n1, name1, name2 != NULL ? "_" : "", (int)n2,
        name2 != NULL ? name2 : "", label);
}

char *
objname_bare(const struct schema_table *table)
{
    char *schema, *name;

    if (!ident_parse_qualified(slice_string(table->name), &schema, &name))
        return mem_string(table->name);
    free(schema);
    return name;
}

static bool
is_taken(const struct schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < table->n_checks; i++)
        if (strcmp(table->checks[i].name, name) == 0)
            return true;
    return false;
}

char *
objname_constraint(
    const struct schema_table *table, const struct schema_names *columns, const char *label)
{
    char *bare = objname_bare(table), *name;
    struct buf joined = {0};

    for (size_t i = 0; columns != NULL && i < columns->n && joined.length <= NAME_LIMIT; i++) {
        if (i > 0)
            buf_add_char(&joined, '_');
        buf_add_string(&joined, columns->names[i]);
    }
    name = objname_make(bare, columns != NULL ? buf_string(&joined) : NULL, label);
    for (int i = 1; is_taken(table, name); i++) {
        char numbered[64];

        snprintf(numbered, sizeof numbered, "%s%d", label, i);
        free(name);
        name = objname_make(bare, columns != NULL ? buf_string(&joined) : NULL, numbered);
    }
    buf_release(&joined);
    free(bare);
    return name;
}
