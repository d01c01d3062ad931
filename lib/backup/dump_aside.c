/* The part of dump about statements that change data in another way than by rows. */
#include <stdlib.h>
#include <string.h>

#include "dump_parts.h"
#include "msg.h"
#include "otherdata.h"

/* True when it is that table, or a partition or child of it. */
static bool
is_within(const struct schema *schema, const struct schema_table *table, const char *name)
{
    if (strcmp(table->name, name) == 0)
        return true;
    for (size_t i = 0; i < table->parents.n; i++) {
        const struct schema_table *parent = schema_find_table(schema, table->parents.names[i]);

        if (parent != NULL && parent != table && is_within(schema, parent, name))
            return true;
    }
    return false;
}

/* True when the table has rows, which are noted to be changed. */
static bool
note_table(struct backup *backup, const struct schema_table *table)
{
    if (table == NULL || !table->data.present)
        return false;
    if (!schema_has_name(&backup->changed, table->name))
        schema_add_name(&backup->changed, table->name);
    return true;
}

/* Notes the tables with rows that a change of this one changes; true when there are some. */
static bool
note_changed(struct backup *backup, const char *name)
{
    bool some = false;

    if (!backup->ddl.has_children) /* else, of very many tables, all would be looked at each time */
        return note_table(backup, schema_find_table(&backup->schema, name));
    for (size_t i = 0; i < backup->schema.n_tables; i++)
        if (is_within(&backup->schema, &backup->schema.tables[i], name) &&
            note_table(backup, &backup->schema.tables[i]))
            some = true;
    return some;
}

/* True when something is to be said: not for a table that is emptied before its rows come. */
static bool
changes_rows(struct dump *dump, const struct otherdata *other, const char *name)
{
    const struct schema_table *table = schema_find_table(&dump->backup->schema, name);
    bool plain =
        table != NULL && (table->kind == SCHEMA_TABLE || table->kind == SCHEMA_PARTITIONED);

    if (!other->needs_rows && !schema_has_name(&dump->backup->changed, name))
        schema_add_name(&dump->backup->changed, name); /* rows of it may come later, too */
    return note_changed(dump->backup, name) || !other->needs_rows || !plain;
}

/* Once for each kind of change and table: a script may have millions of them. */
static void
say_change(struct dump *dump, uint64_t line, const char *what, const char *table, const char *why)
{
    char *key = mem_format("%s %s", what, table != NULL ? table : "");

    if (!schema_has_name(&dump->said, key)) {
        schema_add_name(&dump->said, key);
        if (table != NULL)
            backup_warn(dump->backup,
                "%s, line %llu: %s changes the data of %s and is left aside: the rows that "
                "the backup gives are taken as they stand",
                dump->backup->name, (unsigned long long)line, what, table);
        else
            backup_warn(dump->backup, "%s, line %llu: %s is left aside: it %s", dump->backup->name,
                (unsigned long long)line, what, why);
    }
    free(key);
}

static void
leave_aside(struct dump *dump, struct otherdata *other, uint64_t line)
{
    if (other->large_objects) {
        dump->backup->large_objects = true;
        dump->backup->n_large_objects += other->made;
        return;
    }
    for (size_t i = 0; i < other->tables.n; i++)
        if (changes_rows(dump, other, other->tables.names[i]))
            say_change(dump, line, other->what, other->tables.names[i], NULL);
    if (other->tables.n == 0)
        say_change(dump, line, other->what, NULL, other->where);
    otherdata_release(other);
}

void
dump_pass_change(struct dump *dump)
{
    struct otherdata other;

    if (otherdata_parse(&dump->backup->ddl, script_tokens(&dump->script), &other))
        leave_aside(dump, &other, dump->script.line);
}

void
dump_pass_command(struct dump *dump, const struct sqllex_token *token)
{
    struct otherdata other;

    if (otherdata_parse_command(&dump->backup->ddl, token->text, &other))
        leave_aside(dump, &other, token->line);
}
