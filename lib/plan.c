#include "plan.h"

#include <string.h>

#include "mem.h"

struct plan_table *
plan_find_table(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_tables; i++)
        if (strcmp(plan->tables[i].name, name) == 0)
            return &plan->tables[i];
    return NULL;
}

struct plan_column *
plan_find_column(const struct plan_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

struct plan_table *
plan_add_table(struct plan *plan, const char *name)
{
    struct plan_table *table = MEM_APPEND(plan->tables, plan->n_tables, plan->room_tables);

    *table = (struct plan_table){.name = mem_string(name), .rows = -1};
    return table;
}

struct plan_column *
plan_add_column(struct plan_table *table, const char *name)
{
    struct plan_column *column = MEM_APPEND(table->columns, table->n_columns, table->room_columns);

    *column = (struct plan_column){.name = mem_string(name)};
    return column;
}

const struct plan_column *
plan_id_column(const struct plan_table *table)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->columns[i].action == PLAN_COLUMN_ID)
            return &table->columns[i];
    return NULL;
}

size_t
plan_target(const struct plan_table *table, char ***names)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (table->columns[i].action == PLAN_COLUMN_ID) {
            *names = &table->columns[i].name;
            return 1;
        }
    }
    *names = table->key.names;
    return table->key.n;
}

static bool
is_target(const struct plan *plan, const char *name, bool with_references)
{
    for (size_t i = 0; i < plan->n_tables; i++) {
        const struct plan_table *table = &plan->tables[i];

        for (size_t j = 0; table->action != PLAN_SKIP && j < table->n_columns; j++) {
            const struct plan_column *column = &table->columns[j];
            bool counts = column->action == PLAN_COLUMN_ARRAY ||
                          (with_references && column->action == PLAN_COLUMN_REFERENCE);

            if (counts && column->target != NULL && strcmp(column->target, name) == 0)
                return true;
        }
    }
    return false;
}

bool
plan_is_referenced(const struct plan *plan, const char *name)
{
    return is_target(plan, name, true);
}

bool
plan_is_array_target(const struct plan *plan, const char *name)
{
    return is_target(plan, name, false);
}

/* ---- does it make sense as a whole? */

static bool
fault(char **reason, char *text)
{
    *reason = text;
    return false;
}

static bool
is_usable(const struct plan_table *table, const char *name)
{
    const struct plan_column *column = plan_find_column(table, name);

    return column != NULL && column->action != PLAN_COLUMN_SKIP;
}

static bool
check_key(const struct plan_table *table, char **reason)
{
    const struct plan_column *id = plan_id_column(table);

    if (table->action == PLAN_MERGE && table->key.n == 0)
        return fault(reason, mem_format("%s is to be merged, but by no key", table->name));
    for (size_t i = 0; i < table->key.n; i++) {
        const char *name = table->key.names[i];

        if (!is_usable(table, name))
            return fault(reason, mem_format("%s: column %s of the key is not planned, or skipped",
                                     table->name, name));
        if (id != NULL && strcmp(id->name, name) == 0)
            return fault(reason,
                mem_format("%s: column %s cannot be both the key and a replaced id (action id)",
                    table->name, name));
    }
    if (table->newest != NULL && !is_usable(table, table->newest))
        return fault(reason, mem_format("%s: column %s of conflict=newest is not planned",
                                 table->name, table->newest));
    return true;
}

/* Parents stand first, or in the same cycle; a table that is skipped has no map, ever. */
static bool
check_target(const struct plan *plan, size_t at, const struct plan_column *column, char **reason)
{
    const struct plan_table *table = &plan->tables[at];
    const struct plan_table *parent = plan_find_table(plan, column->target);

    if (parent == NULL)
        return fault(reason, mem_format("%s, column %s: its table %s is not in the plan",
                                 table->name, column->name, column->target));
    if (parent->action == PLAN_SKIP)
        return true;
    if (plan_id_column(parent) == NULL)
        return fault(
            reason, mem_format("%s, column %s: its table %s has no column whose action is id",
                        table->name, column->name, parent->name));
    if (parent >= table && (table->cycle == 0 || table->cycle != parent->cycle))
        return fault(reason, mem_format("%s stands before %s, to which its column %s refers, and "
                                        "they are not in one cycle",
                                 table->name, parent->name, column->name));
    return true;
}

static bool
check_columns(const struct plan *plan, size_t at, char **reason)
{
    const struct plan_table *table = &plan->tables[at];
    size_t ids = 0;

    for (size_t i = 0; i < table->n_columns; i++) {
        const struct plan_column *column = &table->columns[i];

        ids += column->action == PLAN_COLUMN_ID;
        if (column->action != PLAN_COLUMN_REFERENCE && column->action != PLAN_COLUMN_ARRAY)
            continue;
        if (!check_target(plan, at, column, reason))
            return false;
    }
    if (ids > 1)
        return fault(
            reason, mem_format("%s has more than one column whose action is id", table->name));
    return true;
}

/* The tables of a cycle follow one another. */
static bool
check_cycles(const struct plan *plan, char **reason)
{
    for (size_t i = 1; i < plan->n_tables; i++) {
        int cycle = plan->tables[i].cycle;

        if (cycle == 0 || plan->tables[i - 1].cycle == cycle)
            continue;
        for (size_t j = 0; j < i; j++)
            if (plan->tables[j].cycle == cycle)
                return fault(
                    reason, mem_format("the tables of cycle %d do not follow one another", cycle));
    }
    return true;
}

bool
plan_check(const struct plan *plan, char **reason)
{
    *reason = NULL;
    if (!plan->started)
        return fault(reason, mem_string("the plan is empty"));
    if (!plan->ended)
        return fault(
            reason, mem_string("the plan is incomplete: its last record, end, is missing"));
    for (size_t i = 0; i < plan->n_tables; i++) {
        if (plan->tables[i].action == PLAN_SKIP)
            continue;
        if (!check_key(&plan->tables[i], reason) || !check_columns(plan, i, reason))
            return false;
    }
    return check_cycles(plan, reason);
}
