#include "plan.h"
#include "plan_words.h"

#include <string.h>

#include "copyrow.h"
#include "ident.h"

/* In a record "-" stands for none, and a value that is "-" itself is written "\-". */

static void
add_value(struct buf *out, const char *value)
{
    if (value == NULL)
        buf_add_char(out, '-');
    else if (strcmp(value, "-") == 0)
        buf_add_string(out, "\\-");
    else
        copyrow_escape(slice_string(value), out);
}

/* Adds a whole record; the values are unescaped, NULL for none. */
static void
add_record(struct buf *out, const char *const values[PLAN_FIELDS])
{
    for (size_t i = 0; i < PLAN_FIELDS; i++) {
        if (i > 0)
            buf_add_char(out, '\t');
        add_value(out, values[i]);
    }
    buf_add_char(out, '\n');
}

/* NULL when no option was added. */
static const char *
options_text(struct buf *options)
{
    return options->length > 0 ? buf_string(options) : NULL;
}

static void
add_option(struct buf *options, const char *name, const char *value)
{
    if (options->length > 0)
        buf_add_char(options, ' ');
    buf_add_format(options, "%s=%s", name, value);
}

static void
add_number_option(struct buf *options, const char *name, int64_t value)
{
    add_option(options, name, "");
    buf_add_int(options, value);
}

static void
format_table_options(const struct plan_table *table, struct buf *options)
{
    if (table->action != PLAN_SKIP || table->lineage != PLAN_LINEAGE_UNKNOWN)
        add_option(options, "lineage", plan_lineages[table->lineage]);
    if (table->conflict != PLAN_CONFLICT_UPDATE)
        add_option(options, "conflict", plan_conflicts[table->conflict]);
    if (table->conflict == PLAN_CONFLICT_NEWEST) {
        buf_add_char(options, '(');
        ident_display(slice_string(table->newest), options);
        buf_add_char(options, ')');
    }
    if (table->cycle != 0)
        add_number_option(options, "cycle", table->cycle);
    if (table->rows >= 0)
        add_number_option(options, "rows", table->rows);
    if (table->stricter)
        add_option(options, "stricter", "yes");
}

static void
format_column(const struct plan_table *table, const struct plan_column *column, struct buf *out)
{
    struct buf name = {0}, options = {0};

    ident_display(slice_string(column->name), &name);
    if (column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY)
        add_option(&options, "unresolved", plan_unresolveds[column->unresolved]);
    if (column->keep)
        add_option(&options, "conflict", "keep");
    if (column->converted)
        add_option(&options, "converted", "yes");
    add_record(out, (const char *[PLAN_FIELDS]){"column", table->name, buf_string(&name),
                        plan_column_actions[column->action], column->target, column->type,
                        options_text(&options), column->reason});
    buf_release(&name);
    buf_release(&options);
}

static void
format_table(const struct plan_table *table, struct buf *out)
{
    struct buf key = {0}, options = {0};

    if (table->key.n > 0)
        ident_list_format((const char *const *)table->key.names, table->key.n, &key);
    format_table_options(table, &options);
    add_record(
        out, (const char *[PLAN_FIELDS]){"table", table->name, NULL, plan_actions[table->action],
                 options_text(&key), NULL, options_text(&options), table->reason});
    for (size_t i = 0; i < table->n_columns; i++)
        format_column(table, &table->columns[i], out);
    buf_release(&key);
    buf_release(&options);
}

void
plan_format(const struct plan *plan, struct buf *out)
{
    add_record(out, plan_field_names);
    add_record(out, (const char *[PLAN_FIELDS]){"plan", NULL, NULL, PLAN_VERSION});
    add_record(out, (const char *[PLAN_FIELDS]){"lineage", NULL, NULL, plan_lineages[plan->lineage],
                        NULL, NULL, NULL, plan->lineage_reason});
    for (size_t i = 0; i < plan->n_tables; i++)
        format_table(&plan->tables[i], out);
    add_record(out, (const char *[PLAN_FIELDS]){"end"});
}
