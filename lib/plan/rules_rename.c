/* What the backup calls otherwise: `old renamed-to new`, `table.old renamed-to new`. */
#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "rules_line.h"
#include "rules_name.h"

static void
add_rename(struct rules_line *line, const char *table, const char *column, const char *to)
{
    struct rules *rules = line->rules;
    struct rules_rename *rename = MEM_APPEND(rules->renames, rules->n_renames, rules->room_renames);

    *rename = (struct rules_rename){.table = mem_string(table),
        .column = column != NULL ? mem_string(column) : NULL,
        .to = mem_string(to),
        .line = line->number};
}

/* A table of one schema, display form, malloc'd, by `parts`; NULL with a complaint. */
static char *
need_table(struct rules_line *line, const struct schema *schema, const char *const parts[],
    size_t n, const char *complaint, const char *word)
{
    static const struct schema none = {0};
    char *name = rules_name_table(schema, &none, n > 1 ? parts[0] : NULL, parts[n - 1]);

    if (name == NULL)
        rules_line_complain(line, complaint, word);
    return name;
}

static void
rename_table(struct rules_line *line, const struct rules_parts *parts, const char *subject)
{
    const char *const *names = (const char *const *)parts->names.names;
    char *from = need_table(line, line->backup, names, parts->names.n,
        "the backup has no one table (or line above renamed it)", subject);
    char *word = rules_line_need(line, "the name in the live database is missing"), *to = NULL;
    struct rules_parts there = {0};

    if (line->reason == NULL && rules_name_split(word, &there) && there.names.n <= 2)
        to = need_table(line, line->live, (const char *const *)there.names.names, there.names.n,
            "the live database has no one table", word);
    else
        rules_line_complain(line, "a table's name is wanted, not", word);
    if (to != NULL && schema_find_table(line->backup, to) != NULL)
        rules_line_complain(line, "the backup has a table of that name as well:", to);
    if (line->reason == NULL) {
        add_rename(line, from, NULL, to);
        schema_retitle_table(line->backup, from, to);
    }
    free(word);
    free(from);
    free(to);
}

/* The table as the backup calls it, display form, malloc'd: it may have got its live name. */
static char *
backup_table(struct rules_line *line, const struct rules_parts *parts, const char *subject)
{
    size_t n = parts->names.n - 1;
    const char *schema = n > 1 ? parts->names.names[0] : "public";
    char *name = ident_qualified(schema, parts->names.names[n - 1]);

    for (size_t i = 0; i < line->rules->n_renames; i++)
        if (line->rules->renames[i].column == NULL &&
            strcmp(line->rules->renames[i].table, name) == 0)
            return name;
    free(name);
    name = need_table(line, line->backup, (const char *const *)parts->names.names, n,
        "the backup has no one table of the column", subject);
    if (name != NULL && rules_backup_table(line->rules, name) != NULL) {
        rules_line_complain(line, "the column's table is to be named as in the backup:",
            rules_backup_table(line->rules, name));
        free(name);
        return NULL;
    }
    return name;
}

static bool
has_column(const struct schema_table *table, const char *name)
{
    return schema_find_column(table, name) != NULL || schema_has_name(&table->data.columns, name);
}

/* The live database's column that the line names, malloc'd; NULL with a complaint. */
static char *
need_live_column(struct rules_line *line, const char *live_table)
{
    char *word = rules_line_need(line, "the name in the live database is missing");
    const struct schema_table *live = schema_find_table(line->live, live_table);
    struct slice rest = slice_string(word);
    struct buf name = {0};

    if (!ident_parse(&rest, &name) || rest.length > 0)
        rules_line_complain(line, "a column's name is wanted, not", word);
    else if (live == NULL)
        rules_line_complain(line, "the live database has no table", live_table);
    else if (schema_find_column(live, buf_string(&name)) == NULL)
        rules_line_complain(line, "the live table has no column", word);
    free(word);
    buf_string(&name);
    return name.data;
}

static void
rename_column(struct rules_line *line, const struct rules_parts *parts, const char *subject)
{
    const char *column = parts->names.names[parts->names.n - 1];
    char *table = backup_table(line, parts, subject), *to = NULL;
    const char *live;
    struct schema_table *backup;

    if (table == NULL)
        return;
    live = rules_live_table(line->rules, table);
    backup = schema_find_table(line->backup, live);
    if (backup == NULL || !has_column(backup, column))
        rules_line_complain(
            line, "the backup's table has no column (or a line above renamed it)", column);
    to = need_live_column(line, live);
    if (line->reason == NULL && has_column(backup, to))
        rules_line_complain(line, "the backup's table has a column of that name as well:", to);
    if (line->reason == NULL) {
        add_rename(line, table, column, to);
        schema_retitle_column(line->backup, backup, column, to);
    }
    free(table);
    free(to);
}

/* `a.b` is a table with its schema, or a column with its table: as the backup has it. */
static bool
is_table(const struct rules_line *line, const struct rules_parts *parts)
{
    char *name;
    bool found;

    if (parts->names.n != 2)
        return parts->names.n == 1;
    name = ident_qualified(parts->names.names[0], parts->names.names[1]);
    found = schema_find_table(line->backup, name) != NULL;
    for (size_t i = 0; !found && i < line->rules->n_renames; i++)
        found = line->rules->renames[i].column == NULL &&
                strcmp(line->rules->renames[i].table, name) == 0;
    free(name);
    return found;
}

void
rules_rename_take(struct rules_line *line, const char *subject, enum rules_pass pass)
{
    struct rules_parts parts = {0};
    bool about_table;

    if (!rules_name_split(subject, &parts) || parts.names.n > 3) {
        if (pass == RULES_PASS_TABLE_NAMES)
            rules_line_complain(
                line, "a table or TABLE.COLUMN of the backup is wanted, not", subject);
        return;
    }
    about_table = is_table(line, &parts);
    if (about_table && pass == RULES_PASS_TABLE_NAMES)
        rename_table(line, &parts, subject);
    else if (!about_table && pass == RULES_PASS_COLUMN_NAMES)
        rename_column(line, &parts, subject);
    else
        line->rest = slice_make(line->rest.data + line->rest.length, 0);
}

/* ---- looking up */

static const struct rules_rename *
find(const struct rules *rules, const char *table, const char *column)
{
    for (size_t i = 0; i < rules->n_renames; i++) {
        const struct rules_rename *rename = &rules->renames[i];

        if (strcmp(rename->table, table) == 0 && (column == NULL) == (rename->column == NULL) &&
            (column == NULL || strcmp(rename->column, column) == 0))
            return rename;
    }
    return NULL;
}

const char *
rules_live_table(const struct rules *rules, const char *backup_table)
{
    const struct rules_rename *rename = find(rules, backup_table, NULL);

    return rename != NULL ? rename->to : backup_table;
}

const char *
rules_live_column(const struct rules *rules, const char *backup_table, const char *backup_column)
{
    const struct rules_rename *rename = find(rules, backup_table, backup_column);

    return rename != NULL ? rename->to : backup_column;
}

const char *
rules_backup_table(const struct rules *rules, const char *live_table)
{
    for (size_t i = 0; i < rules->n_renames; i++)
        if (rules->renames[i].column == NULL && strcmp(rules->renames[i].to, live_table) == 0)
            return rules->renames[i].table;
    return NULL;
}

const char *
rules_backup_column(const struct rules *rules, const char *live_table, const char *live_column)
{
    const char *backup = rules_backup_table(rules, live_table);

    if (backup == NULL)
        backup = live_table;
    for (size_t i = 0; i < rules->n_renames; i++) {
        const struct rules_rename *rename = &rules->renames[i];

        if (rename->column != NULL && strcmp(rename->table, backup) == 0 &&
            strcmp(rename->to, live_column) == 0)
            return rename->column;
    }
    return NULL;
}
