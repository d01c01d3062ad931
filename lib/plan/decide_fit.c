/* Drift: whether the rows of a backup's table fit the live table. */
#include <string.h>

#include "convert.h"
#include "decide.h"
#include "mem.h"

static const char *
kind_name(enum schema_kind kind)
{
    static const char *const names[] = {
        "a table", "a partitioned table", "a view", "a materialized view", "a foreign table"};

    return names[kind];
}

static void
skip(struct decide_table *table, enum why_code why, char *reason)
{
    if (table->skip != NULL)
        return;
    table->skip = reason;
    table->skip_why = why;
}

/* A table may be missing while what it is a partition of is there. */
static char *
missing_reason(const struct decide *decide, const struct decide_table *table)
{
    const struct schema_names *parents = &table->backup->parents;

    if (table->apart != NULL)
        return mem_format(
            "not in the live database; its rows do not go by way of %s", table->apart);
    for (size_t i = 0; i < parents->n; i++)
        if (schema_find_table(decide->live, parents->names[i]) != NULL)
            return mem_format("not in the live database, though %s is", parents->names[i]);
    return mem_string("not in the live database");
}

/* The columns of the backup's rows. A dump without column lists or DDL: the live table's. */
static void
add_source_columns(
    const struct decide *decide, const struct decide_table *table, struct schema_names *names)
{
    const struct schema_table *declared =
        table->backup->n_columns > 0 ? table->backup : table->live;

    decide_parts_columns(decide, table, names);
    for (size_t i = 0; names->n == 0 && i < declared->n_columns; i++)
        if (!declared->columns[i].generated)
            schema_add_name(names, declared->columns[i].name);
}

static void
fit_column(const struct decide *decide, struct decide_table *table, const char *name)
{
    const struct schema_column *from = schema_find_column(table->backup, name);
    const struct schema_column *to = schema_find_column(table->live, name);

    if (rules_column(table->rules, name)->skip_line != 0 || (to != NULL && to->generated))
        return;
    if (to == NULL) {
        skip(table, WHY_NO_LIVE_COLUMN,
            mem_format("the live table has no column %s (rules: %s.%s skip leaves it out, %s.%s "
                       "renamed-to COLUMN says what it is called there)",
                name, table->name, name, table->name, name));
        return;
    }
    if (from != NULL &&
        convert_check(decide->backup, from->type, decide->live, to->type) == CONVERT_NOT &&
        !(table->rules->identity_line != 0 && table->rules->identity == RULES_IDENTITY_MERGE))
        skip(table, WHY_TYPE_DIFFERS,
            mem_format("column %s is %s in the backup, %s in the live database (rule to "
                       "try it: %s merge)",
                name, from->type, to->type, table->name));
    schema_add_name(&table->columns, name);
}

/* What the backup does not give, the live table must be able to do without. */
static void
fit_rest(struct decide_table *table)
{
    for (size_t i = 0; i < table->live->n_columns; i++) {
        const struct schema_column *column = &table->live->columns[i];

        if (column->not_null && column->default_value == NULL && !column->generated &&
            column->identity == SCHEMA_IDENTITY_NO &&
            !schema_has_name(&table->columns, column->name))
            skip(table, WHY_VALUE_MISSING,
                mem_format(
                    "the live column %s must have a value, and the backup has none (a DEFAULT of "
                    "the live column would fill it)",
                    column->name));
    }
}

/* Its rows are merged all the same. */
static void
skip_into(struct decide_table *table)
{
    skip(table, WHY_ROUTED,
        mem_format("its rows are merged as those of %s: %s", table->into,
            table->live == NULL                 ? "the live database has no such partition"
            : table->live->kind != SCHEMA_TABLE ? "the live partition has partitions itself"
                                                : "the live partition takes other rows"));
    table->left_out = true;
}

bool
decide_is_sampled(const struct decide_table *table)
{
    bool differs = table->skip_why == WHY_RULE || table->skip_why == WHY_NO_LIVE_COLUMN ||
                   table->skip_why == WHY_TYPE_DIFFERS || table->skip_why == WHY_VALUE_MISSING;

    if (table->skip == NULL)
        return true;
    return differs && table->live != NULL && table->live->kind == SCHEMA_TABLE &&
           table->backup != NULL && table->backup->damage == NULL && table->backup->data.present;
}

void
decide_fit(const struct decide *decide, struct decide_table *table)
{
    if (table->into != NULL) {
        skip_into(table);
        return;
    }
    if (table->rules->skip_line != 0) {
        skip(table, WHY_RULE, rules_reason(decide->rules, table->rules->skip_line));
        table->left_out = true;
    }
    if (table->live == NULL)
        skip(table, WHY_NO_LIVE_TABLE, missing_reason(decide, table));
    else if (table->live->kind != SCHEMA_TABLE && !table->partitioned)
        skip(table, WHY_NO_ORDINARY_TABLE,
            mem_format("%s in the live database%s%s", kind_name(table->live->kind),
                table->apart != NULL ? "; rows do not go into " : "",
                table->apart != NULL ? table->apart : ""));
    if (table->skip == NULL && table->backup->damage != NULL) {
        skip(table, WHY_DAMAGED, mem_format("not whole in the backup: %s", table->backup->damage));
        table->left_out = true;
    }
    if (table->skip == NULL && !table->backup->data.present && !table->takes) {
        skip(table, WHY_NO_ROWS, mem_string("the backup holds no rows of it"));
        table->left_out = true;
    }
    if (table->live != NULL)
        add_source_columns(decide, table, &table->source);
    if (!decide_is_sampled(table))
        return;
    for (size_t i = 0; i < table->source.n; i++)
        fit_column(decide, table, table->source.names[i]);
    fit_rest(table);
}
