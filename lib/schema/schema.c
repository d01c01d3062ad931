#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "mem.h"

/*
 * The names of each kind of object, hashed with open addressing: a slot holds a position in the
 * kind's array plus one, 0 is free. Every element begins with its name, so one table fits all.
 */
struct names_index {
    size_t *slots, capacity, used;
};

struct schema_index {
    struct names_index tables, enums, domains, sequences;
};

static const char *
name_at(const void *elements, size_t size, size_t i)
{
    return *(char *const *)(const void *)((const char *)elements + i * size);
}

/* The slot that holds `name`, or the free one where it belongs. */
static size_t *
find_slot(const struct names_index *index, const void *elements, size_t size, const char *name)
{
    size_t mask = index->capacity - 1;
    size_t at = (size_t)hash_bytes(0, slice_string(name)) & mask;

    while (
        index->slots[at] != 0 && strcmp(name_at(elements, size, index->slots[at] - 1), name) != 0)
        at = (at + 1) & mask;
    return &index->slots[at];
}

static void
index_rebuild(struct names_index *index, const void *elements, size_t size, size_t n)
{
    index->capacity = 64;
    while (index->capacity < n * 4)
        index->capacity *= 2;
    free(index->slots);
    index->slots = mem_alloc(index->capacity * sizeof *index->slots);
    for (size_t i = 0; i < n; i++)
        *find_slot(index, elements, size, name_at(elements, size, i)) = i + 1;
    index->used = n;
}

/* Position of `name` plus one, or 0. */
static size_t
index_find(const struct names_index *index, const void *elements, size_t size, const char *name)
{
    return index->capacity == 0 ? 0 : *find_slot(index, elements, size, name);
}

/* Notes the last of `n` elements, which was just appended. */
static void
index_add(struct names_index *index, const void *elements, size_t size, size_t n)
{
    if (n * 2 > index->capacity)
        index_rebuild(index, elements, size, n);
    else
        *find_slot(index, elements, size, name_at(elements, size, n - 1)) = n;
}

static struct schema_index *
need_index(struct schema *schema)
{
    if (schema->index == NULL)
        schema->index = mem_alloc(sizeof *schema->index);
    return schema->index;
}

/* Finds in the schema's array `things`; NULL when there is none. */
#define FIND(schema, things, name)                                                                 \
    find_in((schema)->index != NULL ? &(schema)->index->things : NULL, (schema)->things,           \
        sizeof *(schema)->things, name)

static void *
find_in(const struct names_index *index, const void *elements, size_t size, const char *name)
{
    size_t found = index != NULL ? index_find(index, elements, size, name) : 0;

    return found == 0 ? NULL : (char *)(uintptr_t)elements + (found - 1) * size;
}

struct schema_table *
schema_find_table(const struct schema *schema, const char *name)
{
    return FIND(schema, tables, name);
}

struct schema_sequence *
schema_find_sequence(const struct schema *schema, const char *name)
{
    return FIND(schema, sequences, name);
}

const struct schema_enum *
schema_find_enum(const struct schema *schema, const char *name)
{
    return FIND(schema, enums, name);
}

const struct schema_domain *
schema_find_domain(const struct schema *schema, const char *name)
{
    return FIND(schema, domains, name);
}

struct schema_column *
schema_find_column(const struct schema_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

bool
schema_is_made(const struct schema_column *column)
{
    return column->sequence != NULL || column->identity != SCHEMA_IDENTITY_NO;
}

const struct schema_key *
schema_primary_key(const struct schema_table *table)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (table->keys[i].kind == SCHEMA_KEY_PRIMARY)
            return &table->keys[i];
    return NULL;
}

/* The body of schema_add_X() for X's of the schema: found, or appended, zeroed, named and indexed.
 */
#define ADD_INDEXED(schema, things, the_name)                                                      \
    do {                                                                                           \
        void *found = FIND(schema, things, the_name);                                              \
        if (found != NULL)                                                                         \
            return found;                                                                          \
        (schema)->things = mem_grow((schema)->things, (schema)->n_##things,                        \
            &(schema)->room_##things, sizeof *(schema)->things);                                   \
        memset(&(schema)->things[(schema)->n_##things], 0, sizeof *(schema)->things);              \
        (schema)->things[(schema)->n_##things++].name = mem_string(the_name);                      \
        index_add(&need_index(schema)->things, (schema)->things, sizeof *(schema)->things,         \
            (schema)->n_##things);                                                                 \
        return &(schema)->things[(schema)->n_##things - 1];                                        \
    } while (0)

/* Likewise for things of a table, which are few and looked for one by one. */
#define ADD_LISTED(table, things, the_name)                                                        \
    do {                                                                                           \
        for (size_t i = 0; i < (table)->n_##things; i++)                                           \
            if (strcmp((table)->things[i].name, the_name) == 0)                                    \
                return &(table)->things[i];                                                        \
        (table)->things = mem_grow((table)->things, (table)->n_##things, &(table)->room_##things,  \
            sizeof *(table)->things);                                                              \
        memset(&(table)->things[(table)->n_##things], 0, sizeof *(table)->things);                 \
        (table)->things[(table)->n_##things].name = mem_string(the_name);                          \
        return &(table)->things[(table)->n_##things++];                                            \
    } while (0)

struct schema_table *
schema_add_table(struct schema *schema, const char *name)
{
    ADD_INDEXED(schema, tables, name);
}

struct schema_enum *
schema_add_enum(struct schema *schema, const char *name)
{
    ADD_INDEXED(schema, enums, name);
}

struct schema_domain *
schema_add_domain(struct schema *schema, const char *name)
{
    ADD_INDEXED(schema, domains, name);
}

struct schema_sequence *
schema_add_sequence(struct schema *schema, const char *name)
{
    ADD_INDEXED(schema, sequences, name);
}

struct schema_column *
schema_add_column(struct schema_table *table, const char *name)
{
    ADD_LISTED(table, columns, name);
}

struct schema_key *
schema_add_key(struct schema_table *table, const char *name)
{
    ADD_LISTED(table, keys, name);
}

struct schema_reference *
schema_add_reference(struct schema_table *table, const char *name)
{
    ADD_LISTED(table, references, name);
}

struct schema_check *
schema_add_check(struct schema_table *table, const char *name)
{
    ADD_LISTED(table, checks, name);
}

void
schema_rename_table(struct schema *schema, struct schema_table *table, const char *name)
{
    char *copy;

    if (schema_find_table(schema, name) != NULL)
        return;
    copy = mem_string(name);
    free(table->name);
    table->name = copy;
    index_rebuild(&schema->index->tables, schema->tables, sizeof *schema->tables, schema->n_tables);
}

static void
replace(char **text, const char *from, const char *to)
{
    if (strcmp(*text, from) != 0)
        return;
    free(*text);
    *text = mem_string(to);
}

static void
replace_name(struct schema_names *names, const char *from, const char *to)
{
    for (size_t i = 0; i < names->n; i++)
        replace(&names->names[i], from, to);
}

void
schema_retitle_table(struct schema *schema, const char *from, const char *to)
{
    struct schema_table *renamed = schema_find_table(schema, from);

    if (renamed == NULL)
        return;
    schema_rename_table(schema, renamed, to);
    for (size_t i = 0; i < schema->n_tables; i++) {
        struct schema_table *table = &schema->tables[i];

        replace_name(&table->parents, from, to);
        for (size_t j = 0; j < table->n_references; j++)
            replace(&table->references[j].parent, from, to);
    }
}

void
schema_retitle_column(
    struct schema *schema, struct schema_table *table, const char *from, const char *to)
{
    for (size_t i = 0; i < table->n_columns; i++)
        replace(&table->columns[i].name, from, to);
    for (size_t i = 0; i < table->n_keys; i++)
        replace_name(&table->keys[i].columns, from, to);
    for (size_t i = 0; i < table->n_references; i++)
        replace_name(&table->references[i].columns, from, to);
    replace_name(&table->data.columns, from, to);
    for (size_t i = 0; i < schema->n_tables; i++)
        for (size_t j = 0; j < schema->tables[i].n_references; j++)
            if (strcmp(schema->tables[i].references[j].parent, table->name) == 0)
                replace_name(&schema->tables[i].references[j].parent_columns, from, to);
}

void
schema_drop_table(struct schema *schema, struct schema_table *table)
{
    size_t behind = schema->n_tables - (size_t)(table - schema->tables) - 1;

    memmove(table, table + 1, behind * sizeof *table);
    schema->n_tables--;
    index_rebuild(&schema->index->tables, schema->tables, sizeof *schema->tables, schema->n_tables);
}

/* Lists of names are short; they grow by powers of two without a field for the room. */
void
schema_add_name(struct schema_names *names, const char *name)
{
    if ((names->n & (names->n - 1)) == 0)
        names->names =
            mem_resize(names->names, names->n == 0 ? 1 : names->n * 2, sizeof *names->names);
    names->names[names->n++] = mem_string(name);
}

void
schema_names_release(struct schema_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct schema_names){0};
}

bool
schema_has_name(const struct schema_names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->names[i], name) == 0)
            return true;
    return false;
}

bool
schema_names_equal(const struct schema_names *a, const struct schema_names *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}
