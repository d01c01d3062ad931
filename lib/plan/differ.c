#include "differ.h"

#include <string.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"

struct list {
    struct buf *out;
    size_t n;
};

static void
add(struct list *list, const char *what, const char *table, const char *name, const char *backup,
    const char *live)
{
    const char *const values[] = {what, table, name, backup, live};

    for (size_t i = 0; i < 5; i++) {
        if (i > 0)
            buf_add_char(list->out, '\t');
        if (values[i] != NULL)
            copyrow_escape(slice_string(values[i]), list->out);
        else
            buf_add_slice(list->out, COPYROW_NULL);
    }
    buf_add_char(list->out, '\n');
    list->n++;
}

/* `(a, b)`, malloc'd. */
static char *
names_text(const struct schema_names *names)
{
    struct buf text = {0};

    ident_list_format((const char *const *)names->names, names->n, &text);
    buf_string(&text);
    return text.data;
}

static void
compare_columns(struct list *list, const struct decide_table *table)
{
    const struct schema_table *live = table->live, *backup = table->backup;

    for (size_t i = 0; i < table->source.n; i++) {
        const char *name = table->source.names[i];
        const struct schema_column *from = schema_find_column(backup, name);
        const struct schema_column *to = schema_find_column(live, name);
        const char *type = from != NULL ? from->type : "(not declared)";

        if (to == NULL)
            add(list, "column", table->name, name, type, NULL);
        else if (from != NULL && strcmp(from->type, to->type) != 0)
            add(list, "type", table->name, name, type, to->type);
    }
    for (size_t i = 0; i < live->n_columns; i++) {
        const struct schema_column *to = &live->columns[i];

        if (schema_find_column(backup, to->name) == NULL && !to->generated &&
            !schema_has_name(&table->source, to->name))
            add(list, "column", table->name, to->name, NULL, to->type);
    }
}

/* A unique key is the same whatever its name, be it a constraint or an index. */
static bool
has_key(const struct schema_table *table, const struct schema_key *key)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if ((table->keys[i].kind == SCHEMA_KEY_PRIMARY) == (key->kind == SCHEMA_KEY_PRIMARY) &&
            schema_names_equal(&table->keys[i].columns, &key->columns))
            return true;
    return false;
}

static void
compare_keys(struct list *list, const struct schema_table *backup, const struct schema_table *live)
{
    for (size_t i = 0; i < backup->n_keys; i++)
        if (!has_key(live, &backup->keys[i]))
            add(list, "key", backup->name, backup->keys[i].name,
                names_text(&backup->keys[i].columns), NULL);
    for (size_t i = 0; i < live->n_keys; i++)
        if (!has_key(backup, &live->keys[i]))
            add(list, "key", backup->name, live->keys[i].name, NULL,
                names_text(&live->keys[i].columns));
}

static char *
reference_text(const struct schema_reference *reference)
{
    return mem_format("%s %s %s", names_text(&reference->columns), reference->parent,
        names_text(&reference->parent_columns));
}

static bool
has_reference(const struct schema_table *table, const struct schema_reference *reference)
{
    for (size_t i = 0; i < table->n_references; i++)
        if (strcmp(table->references[i].parent, reference->parent) == 0 &&
            schema_names_equal(&table->references[i].columns, &reference->columns) &&
            schema_names_equal(&table->references[i].parent_columns, &reference->parent_columns))
            return true;
    return false;
}

static void
compare_references(
    struct list *list, const struct schema_table *backup, const struct schema_table *live)
{
    for (size_t i = 0; i < backup->n_references; i++)
        if (!has_reference(live, &backup->references[i]))
            add(list, "reference", backup->name, backup->references[i].name,
                reference_text(&backup->references[i]), NULL);
    for (size_t i = 0; i < live->n_references; i++)
        if (!has_reference(backup, &live->references[i]))
            add(list, "reference", backup->name, live->references[i].name, NULL,
                reference_text(&live->references[i]));
}

static const char *
kind_word(enum schema_kind kind)
{
    static const char *const words[] = {"table", "partitioned", "view", "matview", "foreign"};

    return words[kind];
}

static void
compare_table(struct list *list, const struct decide_table *table)
{
    const struct schema_table *backup = table->backup, *live = table->live;

    if (live == NULL) {
        add(list, "table", table->name, NULL, kind_word(backup->kind), NULL);
        return;
    }
    if (live->kind != backup->kind && backup->n_columns > 0) {
        add(list, "table", table->name, NULL, kind_word(backup->kind), kind_word(live->kind));
        return;
    }
    compare_columns(list, table);
    if (backup->n_columns == 0)
        return; /* a dump of data only declares nothing */
    compare_keys(list, backup, live);
    compare_references(list, backup, live);
}

static void
compare_enums(struct list *list, const struct decide *decide)
{
    for (size_t i = 0; i < decide->backup->n_enums; i++) {
        const struct schema_enum *from = &decide->backup->enums[i];
        const struct schema_enum *to = schema_find_enum(decide->live, from->name);

        if (to == NULL)
            add(list, "enum", NULL, from->name, names_text(&from->labels), NULL);
        else if (!schema_names_equal(&from->labels, &to->labels))
            add(list, "enum", NULL, from->name, names_text(&from->labels), names_text(&to->labels));
    }
}

size_t
differ_list(const struct decide *decide, struct buf *out)
{
    struct list list = {.out = out};

    buf_add_string(out, "what\ttable\tname\tbackup\tlive\n");
    for (size_t i = 0; i < decide->n_tables; i++)
        if (decide->tables[i].backup != NULL)
            compare_table(&list, &decide->tables[i]);
    compare_enums(&list, decide);
    return list.n;
}
