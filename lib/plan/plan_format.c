#include "plan.h"
#include "plan_options.h"
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

/* `column`, or `column.key.key` of a path. */
static const char *
column_text(const char *column, const struct schema_names *keys, struct buf *out)
{
    ident_display(slice_string(column), out);
    for (size_t i = 0; keys != NULL && i < keys->n; i++) {
        buf_add_char(out, '.');
        ident_display(slice_string(keys->names[i]), out);
    }
    return buf_string(out);
}

static void
format_case(const char *table, const char *column, const struct plan_case *branch, struct buf *out)
{
    struct buf name = {0}, options = {0};

    plan_options_format_case(branch, &options);
    add_record(out, (const char *[PLAN_FIELDS]){"case", table, column_text(column, NULL, &name),
                        plan_column_actions[branch->action], branch->target, NULL,
                        buf_string(&options), branch->reason});
    buf_release(&name);
    buf_release(&options);
}

static void
format_path(const char *table, const char *column, const struct plan_path *path, struct buf *out)
{
    struct buf name = {0}, options = {0};

    plan_options_format_path(path, &options);
    add_record(out, (const char *[PLAN_FIELDS]){"path", table,
                        column_text(column, &path->keys, &name), plan_column_actions[path->action],
                        path->target, NULL, buf_string(&options), path->reason});
    buf_release(&name);
    buf_release(&options);
}

static void
format_column(const struct plan_table *table, const struct plan_column *column, struct buf *out)
{
    struct buf name = {0}, options = {0};

    plan_options_format_column(table, column, &options);
    add_record(out, (const char *[PLAN_FIELDS]){"column", table->name,
                        column_text(column->name, NULL, &name), plan_column_actions[column->action],
                        column->target, column->type, options_text(&options), column->reason});
    for (size_t i = 0; i < column->n_cases; i++)
        format_case(table->name, column->name, &column->cases[i], out);
    for (size_t i = 0; i < column->n_paths; i++)
        format_path(table->name, column->name, &column->paths[i], out);
    buf_release(&name);
    buf_release(&options);
}

static void
format_table(const struct plan_table *table, struct buf *out)
{
    struct buf key = {0}, options = {0};

    if (table->key.n > 0)
        ident_list_format((const char *const *)table->key.names, table->key.n, &key);
    plan_options_format_table(table, &options);
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
