/* Whether the live table may refuse rows that the backup's took: a dry run looks closer then. */
#include <string.h>

#include "decide.h"

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

bool
decide_is_stricter(const struct decide *decide, const struct decide_table *table)
{
    if (table->backup == NULL || table->backup->n_columns == 0)
        return false; /* data only: the backup does not say */
    for (size_t i = 0; i < table->live->n_checks; i++)
        if (!has_check(table->backup, table->live->checks[i].expression))
            return true;
    for (size_t i = 0; i < table->live->n_keys; i++)
        if (!has_key(table->backup, &table->live->keys[i].columns))
            return true;
    return is_partition(decide, table->live) || columns_are_stricter(decide, table);
}
