#include "planverify.h"

#include <string.h>

#include "mem.h"

static bool
fault(char **reason, char *text)
{
    *reason = text;
    return false;
}

static bool
has_source(const struct schema_table *backup, const char *column)
{
    return schema_has_name(&backup->data.columns, column) ||
           (backup->data.columns.n == 0 &&
               (backup->n_columns == 0 || schema_find_column(backup, column) != NULL));
}

static bool
verify_table(const struct plan_table *table, const struct schema_table *backup,
    const struct schema_table *live, char **reason)
{
    if (backup == NULL || (!backup->data.present && backup->kind != SCHEMA_PARTITIONED))
        return fault(
            reason, mem_format("the backup holds no rows of %s", plan_table_backup(table)));
    if (live == NULL)
        return fault(reason, mem_format("%s is not in the live database", table->name));
    if (live->kind != (table->partitioned ? SCHEMA_PARTITIONED : SCHEMA_TABLE))
        return fault(reason, mem_format("%s is no %s table in the live database", table->name,
                                 table->partitioned ? "partitioned" : "ordinary"));
    for (size_t i = 0; i < table->key.n; i++)
        if (schema_find_column(live, table->key.names[i]) == NULL)
            return fault(reason,
                mem_format("the live table has no column %s of the key", table->key.names[i]));
    return true;
}

static bool
verify_column(struct plan_column *column, const struct schema_table *backup,
    const struct schema_table *live, char **reason)
{
    const struct schema_column *there = schema_find_column(live, column->name);

    if (!has_source(backup, column->name))
        return fault(
            reason, mem_format("the backup's rows have no column %s", plan_column_backup(column)));
    if (column->action == PLAN_COLUMN_SKIP)
        return true;
    if (there == NULL)
        return fault(reason, mem_format("the live table has no column %s", column->name));
    if (there->generated)
        return fault(reason, mem_format("the live column %s is generated", column->name));
    if (column->type == NULL)
        column->type = mem_string(there->type);
    if (strcmp(column->type, there->type) != 0)
        return fault(reason, mem_format("the live column %s is %s, not %s", column->name,
                                 there->type, column->type));
    return true;
}

bool
planverify_last(
    struct plan *plan, const struct schema *backup, const struct schema *live, char **reason)
{
    struct plan_table *table;
    const struct schema_table *from, *to;

    *reason = NULL;
    if (plan->n_tables == 0 || plan->ended)
        return true;
    table = &plan->tables[plan->n_tables - 1];
    from = schema_find_table(backup, table->name);
    to = schema_find_table(live, table->name);
    if (table->action == PLAN_SKIP)
        return true;
    if (table->n_columns == 0)
        return verify_table(table, from, to, reason);
    if (from == NULL || to == NULL)
        return true; /* said at the table's own record */
    return verify_column(&table->columns[table->n_columns - 1], from, to, reason);
}
