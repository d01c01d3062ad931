/* Rules that contradict one another, or themselves, without being the same word twice. */
#include <string.h>

#include "mem.h"
#include "rules.h"

/* What is wrong first; the line is 0 while all is well. */
struct fault {
    unsigned long line;
    char *reason;
};

static void
complain(struct fault *fault, unsigned long line, char *reason)
{
    if (line != 0 && fault->line == 0)
        *fault = (struct fault){line, reason};
}

static unsigned long
latest(unsigned long a, unsigned long b)
{
    return a > b ? a : b;
}

static unsigned long
line_of_ids(const struct rules_ids *ids)
{
    return latest(ids->none_line, latest(ids->role_line, ids->unresolved_line));
}

static unsigned long
line_of_column(const struct rules_column *column)
{
    unsigned long line = latest(column->conflict_line, line_of_ids(&column->ids));

    for (size_t i = 0; i < column->n_paths; i++)
        line = latest(line, line_of_ids(&column->paths[i].ids));
    return line;
}

/* Without the lineage, which counts for what refers to the table's rows. */
static unsigned long
line_of_table(const struct rules_table *table)
{
    unsigned long line =
        latest(latest(table->identity_line, table->conflict_line), table->duplicates_line);

    for (size_t i = 0; i < table->n_columns; i++)
        line =
            latest(line, latest(line_of_column(&table->columns[i]), table->columns[i].skip_line));
    return line;
}

/* What is skipped can be neither ruled nor used. */
static void
check_skips(const struct rules_table *table, struct fault *fault)
{
    if (table->skip_line != 0)
        complain(fault, line_of_table(table),
            mem_format("line %lu skips the whole table", table->skip_line));
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].skip_line != 0)
            complain(fault, line_of_column(&table->columns[i]),
                mem_format("line %lu skips the column", table->columns[i].skip_line));
}

/* `column`, which the rule of `line` needs, must not be skipped; NULL: it needs none. */
static void
check_use(
    const struct rules_table *table, const char *column, unsigned long line, struct fault *fault)
{
    unsigned long skipped = column != NULL ? rules_column(table, column)->skip_line : 0;

    if (skipped != 0)
        complain(fault, line, mem_format("line %lu skips the column %s", skipped, column));
}

/* One id can choose, for it is translated before. */
static void
check_chooser(
    const struct rules_table *table, const struct rules_column *column, struct fault *fault)
{
    const struct rules_ids *by =
        column->ids.by != NULL ? &rules_column(table, column->ids.by)->ids : NULL;

    if (by != NULL && by->role_line != 0 && by->role != RULES_ROLE_REFERENCE)
        complain(fault, column->ids.role_line,
            mem_format("line %lu says that %s holds ids of several rows or tables itself",
                by->role_line, column->ids.by));
}

static void
check_uses(const struct rules_table *table, struct fault *fault)
{
    check_use(table, table->newest, table->conflict_line, fault);
    check_use(table, table->duplicates_newest, table->duplicates_line, fault);
    for (size_t i = 0; i < table->key.n; i++)
        check_use(table, table->key.names[i], table->identity_line, fault);
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct rules_column *column = &table->columns[i];

        check_use(table, column->newest, column->conflict_line, fault);
        check_use(table, column->ids.by, column->ids.role_line, fault);
        check_chooser(table, column, fault);
    }
}

/* Rows that are compared as a whole must come out the same each time; an id of the table itself
 * that is not known yet is, the next time. */
static void
check_own_losses(const struct rules_table *table, const struct rules_ids *ids, struct fault *fault)
{
    bool loses = ids->unresolved_line != 0 && (ids->unresolved == PLAN_UNRESOLVED_DROP ||
                                                  ids->unresolved == PLAN_UNRESOLVED_NULL);

    if (loses && ids->target != NULL && strcmp(ids->target, table->name) == 0)
        complain(fault, ids->unresolved_line,
            mem_format("line %lu says append: rows that lose ids of their own table would be added "
                       "once more by each merge",
                table->identity_line));
}

/* Rows that are only added are never the same as others: nothing can be in conflict. */
static void
check_append(const struct rules_table *table, struct fault *fault)
{
    if (table->identity_line == 0 || table->identity != RULES_IDENTITY_APPEND)
        return;
    complain(fault, latest(table->conflict_line, table->duplicates_line),
        mem_format("line %lu says append: its rows are only added, so none is in conflict with "
                   "another, nor a duplicate",
            table->identity_line));
    for (size_t i = 0; i < table->n_columns; i++)
        complain(fault, table->columns[i].conflict_line,
            mem_format("line %lu says append: its rows are never updated", table->identity_line));
    for (size_t i = 0; i < table->n_columns; i++)
        check_own_losses(table, &table->columns[i].ids, fault);
}

static bool
refers_to_itself(
    const struct rules_table *table, const struct schema_table *live, const char *column)
{
    const struct rules_ids *ids = &rules_column(table, column)->ids;

    if (ids->role_line != 0)
        return ids->role == RULES_ROLE_REFERENCE && strcmp(ids->target, table->name) == 0;
    for (size_t i = 0; live != NULL && i < live->n_references; i++)
        if (strcmp(live->references[i].parent, table->name) == 0 &&
            schema_has_name(&live->references[i].columns, column))
            return true;
    return false;
}

/* Rows cannot be told apart by the rows of the same table alone, nor can a row's id be another's.
 */
static void
check_own_ids(const struct rules_table *table, const struct schema_table *live, struct fault *fault)
{
    const struct schema_key *primary = live != NULL ? schema_primary_key(live) : NULL;
    size_t own = 0;

    for (size_t i = 0; i < table->key.n; i++)
        own += refers_to_itself(table, live, table->key.names[i]);
    if (table->key.n > 0 && own == table->key.n)
        complain(fault, table->identity_line,
            mem_string("the key holds only references to the table itself: rows that are not "
                       "known yet cannot tell which rows they are"));
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct rules_column *column = &table->columns[i];

        if (column->ids.role_line != 0 && column->ids.role == RULES_ROLE_REFERENCE &&
            strcmp(column->ids.target, table->name) == 0 && primary != NULL &&
            primary->columns.n == 1 && strcmp(primary->columns.names[0], column->name) == 0)
            complain(fault, column->ids.role_line,
                mem_string("the column is the table's own primary key, which refers to nothing"));
    }
}

static void
check_paths(const struct rules_table *table, struct fault *fault)
{
    for (size_t i = 0; i < table->n_columns; i++)
        for (size_t j = 0; j < table->columns[i].n_paths; j++) {
            const struct rules_ids *ids = &table->columns[i].paths[j].ids;

            if (ids->role_line == 0)
                complain(fault, ids->unresolved_line,
                    mem_string("no rule says whose ids these are: array-of or refers-to"));
            else if (ids->role == RULES_ROLE_REFERENCE && ids->unresolved_line != 0 &&
                     ids->unresolved == PLAN_UNRESOLVED_DROP)
                complain(fault, ids->unresolved_line,
                    mem_format(
                        "drop is for arrays, and line %lu says that it is one id", ids->role_line));
        }
}

static void
check_no_ids(const struct rules_table *table, const struct schema_table *live, struct fault *fault)
{
    for (size_t i = 0; i < table->n_columns; i++)
        for (size_t j = 0; live != NULL && j < live->n_references; j++)
            if (schema_has_name(&live->references[j].columns, table->columns[i].name))
                complain(fault, table->columns[i].ids.none_line,
                    mem_format("the foreign key %s says whose ids the column holds",
                        live->references[j].name));
}

bool
rules_check(
    const struct rules *rules, const struct schema *live, unsigned long *line, char **reason)
{
    struct fault fault = {0};

    for (size_t i = 0; i < rules->n_tables; i++) {
        const struct rules_table *table = &rules->tables[i];

        check_skips(table, &fault);
        check_uses(table, &fault);
        check_append(table, &fault);
        check_own_ids(table, schema_find_table(live, table->name), &fault);
        check_paths(table, &fault);
        check_no_ids(table, schema_find_table(live, table->name), &fault);
    }
    *line = fault.line;
    *reason = fault.reason;
    return fault.line == 0;
}
