/* Whether the live table may refuse rows that the backup's took: a dry run looks closer then. */
#include <string.h>

#include "decide.h"
#include "number.h"

/* A label of the backup's enum that the live one lacks; domains are not looked into. */
static bool
type_is_stricter(const struct decide *decide, const char *type)
{
    const struct schema_enum *live = schema_find_enum(decide->live, type);
    const struct schema_enum *backup = schema_find_enum(decide->backup, type);

    if (schema_find_domain(decide->live, type) != NULL || (live == NULL) != (backup == NULL))
        return true;
    for (size_t i = 0; live != NULL && i < backup->labels.n; i++)
        if (!schema_has_name(&live->labels, backup->labels.names[i]))
            return true;
    return false;
}

static bool
columns_are_stricter(const struct decide *decide, const struct decide_table *table)
{
    for (size_t i = 0; i < table->columns.n; i++) {
        const struct schema_column *live = schema_find_column(table->live, table->columns.names[i]);
        const struct schema_column *backup =
            schema_find_column(table->backup, table->columns.names[i]);

        if (backup == NULL || live == NULL || strcmp(backup->type, live->type) != 0 ||
            (live->not_null && !backup->not_null) || type_is_stricter(decide, live->type))
            return true;
    }
    return false;
}

static bool
has_check(const struct schema_table *table, const char *expression)
{
    for (size_t i = 0; i < table->n_checks; i++)
        if (strcmp(table->checks[i].expression, expression) == 0)
            return true;
    return false;
}

static bool
has_key(const struct schema_table *table, const struct schema_names *columns)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (schema_names_equal(&table->keys[i].columns, columns))
            return true;
    return false;
}

/* The bounds of partitions are not compared. */
static bool
is_partition(const struct decide *decide, const struct schema_table *live)
{
    for (size_t i = 0; i < live->parents.n; i++) {
        const struct schema_table *parent = schema_find_table(decide->live, live->parents.names[i]);

        if (parent != NULL && parent->kind == SCHEMA_PARTITIONED)
            return true;
    }
    return false;
}

/* ---- foreign keys that may lead nowhere */

/* All rows that the backup's table had are merged; of a partitioned one those of its partitions. */
static bool
is_whole(const struct decide *decide, const char *name)
{
    const struct decide_table *found = decide_find(decide, name);
    const struct schema_table *live = schema_find_table(decide->live, name);
    bool whole =
        live != NULL && live->kind == SCHEMA_PARTITIONED
            ? decide->backup->damage == NULL
            : found != NULL && found->skip == NULL; /* without rows: they may have been left out */

    for (size_t i = 0; whole && i < decide->n_tables; i++) {
        const struct decide_table *part = &decide->tables[i];

        whole = part->root == NULL || strcmp(part->root, name) != 0 || part->backup == NULL ||
                part->skip == NULL || part->into != NULL || part->skip_why == WHY_NO_ROWS ||
                part->skip_why == WHY_PARTITIONED;
    }
    return whole;
}

/* After a merge the live row has the value that the backup's row has, unless it is refused. */
static bool
follows(const struct decide *decide, const char *parent, const char *column)
{
    const struct decide_table *table = decide_find(decide, parent);
    const struct rules_column *rule;

    if (table == NULL || table->skip != NULL || table->action == PLAN_APPEND)
        return true; /* its rows stand in its partitions, or it has none, or the live row is equal
                      */
    rule = rules_column(table->rules, column);
    if (!schema_has_name(&table->columns, column))
        return false;
    return (table->id != NULL && strcmp(table->id->name, column) == 0) ||
           schema_has_name(table->merge_key, column) ||
           (rule->conflict_line != 0 ? rule->conflict : table->rules->conflict) ==
               PLAN_CONFLICT_UPDATE;
}

static bool
has_same_texts(const struct schema_table *table, const char *column,
    const struct schema_table *parent, const char *there)
{
    const struct schema_column *own = schema_find_column(table, column);
    const struct schema_column *named = parent != NULL ? schema_find_column(parent, there) : NULL;

    return own != NULL && named != NULL &&
           (strcmp(own->type, named->type) == 0 ||
               (number_is_type(own->type) && number_is_type(named->type)));
}

/* What a row refers to was there in the backup, and is after the merge. */
static bool
holds(const struct decide *decide, const struct decide_table *table,
    const struct schema_reference *reference)
{
    bool declared = table->backup->n_columns > 0, held = is_whole(decide, reference->parent);

    for (size_t i = 0; held && i < reference->columns.n; i++) {
        const char *there = reference->parent_columns.names[i];

        held = follows(decide, reference->parent, there) &&
               (!declared || has_same_texts(table->backup, reference->columns.names[i],
                                 schema_find_table(decide->backup, reference->parent), there));
    }
    return held;
}

static bool
has_reference(const struct schema_table *table, const struct schema_reference *live)
{
    for (size_t i = 0; i < table->n_references; i++) {
        const struct schema_reference *reference = &table->references[i];

        if (strcmp(reference->parent, live->parent) == 0 &&
            schema_names_equal(&reference->columns, &live->columns) &&
            schema_names_equal(&reference->parent_columns, &live->parent_columns))
            return true;
    }
    return false;
}

/* A dump of data only says nothing of foreign keys: it has those of the live table. */
static bool
references_are_stricter(const struct decide *decide, const struct decide_table *table)
{
    for (size_t i = 0; i < table->live->n_references; i++) {
        const struct schema_reference *live = &table->live->references[i];

        if ((table->backup->n_columns > 0 && !has_reference(table->backup, live)) ||
            !holds(decide, table, live))
            return true;
    }
    return false;
}

bool
decide_is_stricter(const struct decide *decide, const struct decide_table *table)
{
    if (table->partitioned)
        return true;
    if (table->backup == NULL)
        return false;
    if (references_are_stricter(decide, table))
        return true;
    if (table->backup->n_columns == 0)
        return false; /* data only: the backup does not say */
    for (size_t i = 0; i < table->live->n_checks; i++)
        if (!has_check(table->backup, table->live->checks[i].expression))
            return true;
    for (size_t i = 0; i < table->live->n_keys; i++)
        if (!has_key(table->backup, &table->live->keys[i].columns))
            return true;
    return is_partition(decide, table->live) || columns_are_stricter(decide, table);
}
