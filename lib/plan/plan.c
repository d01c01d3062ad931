#include "plan.h"

#include <string.h>

#include "ident.h"
#include "mem.h"
#include "number.h"
#include "why.h"

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

bool
plan_ends_behind(const struct plan_table *table)
{
    const struct plan_column *id = plan_id_column(table);

    return table->same_ids == PLAN_SAME_UP_TO && id != NULL &&
           schema_has_name(&table->key, id->name);
}

bool
plan_is_same_id(const struct plan_table *table, struct slice id)
{
    int64_t number;

    if (table->same_ids != PLAN_SAME_UP_TO)
        return table->same_ids != PLAN_SAME_NONE;
    return number_parse(id, &number) && number <= table->same_up_to;
}

struct plan_table *
plan_find_backup_table(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_tables; i++)
        if (strcmp(plan_table_backup(&plan->tables[i]), name) == 0)
            return &plan->tables[i];
    return NULL;
}

struct plan_column *
plan_find_backup_column(const struct plan_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(plan_column_backup(&table->columns[i]), name) == 0)
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

    *column = (struct plan_column){.name = mem_string(name), .conflict = table->conflict};
    column->newest = table->newest != NULL ? mem_string(table->newest) : NULL;
    return column;
}

struct plan_case *
plan_add_case(struct plan_column *column, const char *value)
{
    struct plan_case *branch = MEM_APPEND(column->cases, column->n_cases, column->room_cases);

    *branch = (struct plan_case){.value = value != NULL ? mem_string(value) : NULL};
    return branch;
}

struct plan_path *
plan_add_path(struct plan_column *column)
{
    struct plan_path *path = MEM_APPEND(column->paths, column->n_paths, column->room_paths);

    *path = (struct plan_path){0};
    return path;
}

const char *
plan_table_backup(const struct plan_table *table)
{
    return table->backup != NULL ? table->backup : table->name;
}

const char *
plan_column_backup(const struct plan_column *column)
{
    return column->backup != NULL ? column->backup : column->name;
}

const struct plan_table *
plan_map(const struct plan *plan, const struct plan_table *table)
{
    return table->map != NULL ? plan_find_table(plan, table->map) : table;
}

/* Of a table without rows nothing is left out, nor of one whose rows another table's take in. */
bool
plan_leaves_out(const struct plan_table *table)
{
    return table->action == PLAN_SKIP && table->into == NULL && !why_has(table->why, WHY_NO_ROWS) &&
           !why_has(table->why, WHY_PARTITIONED);
}

bool
plan_leaves_out_by_rule(const struct plan_table *table)
{
    return plan_leaves_out(table) && why_has(table->why, WHY_RULE);
}

void
plan_path_display(const struct plan_path *path, struct buf *out)
{
    for (size_t i = 0; i < path->keys.n; i++) {
        buf_add_string(out, i > 0 ? "." : "");
        ident_display(slice_string(path->keys.names[i]), out);
    }
}

void
plan_add_no_row(const struct plan *plan, const char *target, struct buf *out)
{
    const struct plan_table *table = plan != NULL ? plan_find_table(plan, target) : NULL;

    buf_add_format(out, " has no row of %s", target);
    if (table != NULL && plan_leaves_out(table))
        buf_add_string(out, ", which is skipped");
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
is_column_reference(const struct plan_column *column, const char *name)
{
    if (column->action == PLAN_COLUMN_REFERENCE && column->target != NULL &&
        strcmp(column->target, name) == 0)
        return true;
    for (size_t i = 0; i < column->n_cases; i++)
        if (column->cases[i].action == PLAN_COLUMN_REFERENCE &&
            strcmp(column->cases[i].target, name) == 0)
            return true;
    return false;
}

static bool
is_column_array(const struct plan_column *column, const char *name)
{
    if (column->action == PLAN_COLUMN_ARRAY && strcmp(column->target, name) == 0)
        return true;
    for (size_t i = 0; i < column->n_paths; i++)
        if (strcmp(column->paths[i].target, name) == 0)
            return true;
    return false;
}

static bool
has_column(const struct plan *plan, const char *name,
    bool (*is)(const struct plan_column *column, const char *name))
{
    for (size_t i = 0; i < plan->n_tables; i++) {
        const struct plan_table *table = &plan->tables[i];

        for (size_t j = 0; table->action != PLAN_SKIP && j < table->n_columns; j++)
            if (is(&table->columns[j], name))
                return true;
    }
    return false;
}

bool
plan_is_referenced(const struct plan *plan, const char *name)
{
    return has_column(plan, name, is_column_reference) || has_column(plan, name, is_column_array);
}

bool
plan_is_array_target(const struct plan *plan, const char *name)
{
    return has_column(plan, name, is_column_array);
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

/* The column of newest(COLUMN), or NULL. */
static bool
check_timestamp(
    const struct plan_table *table, const char *option, const char *column, char **reason)
{
    if (column == NULL || is_usable(table, column))
        return true;
    return fault(reason, mem_format("%s: column %s of %s=newest is not planned, or skipped",
                             table->name, column, option));
}

static bool
check_key(const struct plan_table *table, char **reason)
{
    const struct plan_column *id = plan_id_column(table);

    if (table->action == PLAN_MERGE && table->key.n == 0)
        return fault(reason, mem_format("%s is to be merged, but by no key", table->name));
    if (table->same_ids != PLAN_SAME_NONE && id == NULL)
        return fault(
            reason, mem_format("%s has same-ids, but no column whose action is id", table->name));
    for (size_t i = 0; i < table->same_by.n; i++)
        if (!is_usable(table, table->same_by.names[i]))
            return fault(reason, mem_format("%s: column %s of same-by is not planned, or skipped",
                                     table->name, table->same_by.names[i]));
    for (size_t i = 0; i < table->key.n; i++) {
        const char *name = table->key.names[i];

        if (!is_usable(table, name))
            return fault(reason, mem_format("%s: column %s of the key is not planned, or skipped",
                                     table->name, name));
        if (id != NULL && strcmp(id->name, name) == 0 && table->same_ids != PLAN_SAME_UP_TO)
            return fault(reason,
                mem_format("%s: column %s cannot be both the key and a replaced id (action id)",
                    table->name, name));
    }
    return check_timestamp(table, "conflict", table->newest, reason) &&
           check_timestamp(table, "duplicates", table->duplicates_newest, reason);
}

/* Parents stand first, or in the same cycle; a table that is skipped has no map, ever. */
static bool
check_target(
    const struct plan *plan, size_t at, const char *column, const char *target, char **reason)
{
    const struct plan_table *table = &plan->tables[at];
    const struct plan_table *parent = plan_find_table(plan, target);

    if (parent == NULL)
        return fault(reason, mem_format("%s, column %s: its table %s is not in the plan",
                                 table->name, column, target));
    if (parent->action == PLAN_SKIP)
        return true;
    if (plan_id_column(parent) == NULL)
        return fault(
            reason, mem_format("%s, column %s: its table %s has no column whose action is id",
                        table->name, column, parent->name));
    if (parent >= table && (table->cycle == 0 || table->cycle != parent->cycle))
        return fault(reason, mem_format("%s stands before %s, to which its column %s refers, and "
                                        "they are not in one cycle",
                                 table->name, parent->name, column));
    return true;
}

/* Its value is known, and the live one, when the row's other ids are looked at. */
static bool
can_choose(const struct plan *plan, const struct plan_table *table, const struct plan_column *by)
{
    const struct plan_table *target;

    if (by == NULL || by->action == PLAN_COLUMN_SET)
        return by != NULL;
    target = by->action == PLAN_COLUMN_REFERENCE && by->target != NULL
                 ? plan_find_table(plan, by->target)
                 : NULL;
    return target != NULL && (table->cycle == 0 || target->cycle != table->cycle);
}

static bool
check_cases(const struct plan *plan, size_t at, const struct plan_column *column, char **reason)
{
    const struct plan_table *table = &plan->tables[at];
    const struct plan_column *by = column->by != NULL ? plan_find_column(table, column->by) : NULL;

    if (column->by == NULL && column->n_cases > 0)
        return fault(reason, mem_format("%s, column %s: it has a case, but no option by=COLUMN",
                                 table->name, column->name));
    if (column->by != NULL && !can_choose(plan, table, by))
        return fault(reason,
            mem_format(
                "%s, column %s%s%s%s: column %s of its option by cannot say whose ids these "
                "are: it is left out, or holds the row's own id, arrays, or ids of a table in "
                "the same circle of references",
                table->name, column->name, column->reason != NULL ? " (" : "",
                column->reason != NULL ? column->reason : "", column->reason != NULL ? ")" : "",
                column->by));
    for (size_t i = 0; i < column->n_cases; i++) {
        if (column->cases[i].action == PLAN_COLUMN_REFERENCE &&
            !check_target(plan, at, column->name, column->cases[i].target, reason))
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(column->cases[i].value, column->cases[j].value) == 0)
                return fault(reason, mem_format("%s, column %s: a second case of \"%s\"",
                                         table->name, column->name, column->cases[i].value));
    }
    return true;
}

/* Two paths of which one leads into the other cannot both be ids. */
static bool
is_prefix(const struct schema_names *a, const struct schema_names *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

static bool
check_paths(const struct plan *plan, size_t at, const struct plan_column *column, char **reason)
{
    const char *table = plan->tables[at].name;

    if (column->n_paths > 0 && column->action != PLAN_COLUMN_SET)
        return fault(reason, mem_format("%s, column %s: only a column whose action is set has "
                                        "paths",
                                 table, column->name));
    for (size_t i = 0; i < column->n_paths; i++) {
        if (!check_target(plan, at, column->name, column->paths[i].target, reason))
            return false;
        for (size_t j = 0; j < i; j++)
            if (is_prefix(&column->paths[i].keys, &column->paths[j].keys))
                return fault(reason, mem_format("%s, column %s: two of its paths lead to the same "
                                                "value",
                                         table, column->name));
    }
    return true;
}

static bool
check_column(const struct plan *plan, size_t at, const struct plan_column *column, char **reason)
{
    bool translated =
        column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY;

    if (translated && column->target != NULL &&
        !check_target(plan, at, column->name, column->target, reason))
        return false;
    return check_timestamp(&plan->tables[at], "conflict", column->newest, reason) &&
           check_cases(plan, at, column, reason) && check_paths(plan, at, column, reason);
}

static bool
check_columns(const struct plan *plan, size_t at, char **reason)
{
    const struct plan_table *table = &plan->tables[at];
    size_t ids = 0;

    for (size_t i = 0; i < table->n_columns; i++) {
        ids += table->columns[i].action == PLAN_COLUMN_ID;
        if (!check_column(plan, at, &table->columns[i], reason))
            return false;
    }
    if (ids > 1)
        return fault(
            reason, mem_format("%s has more than one column whose action is id", table->name));
    return true;
}

/* Its map must be one that belongs to no other rows, unless they are those of its whole table. */
static bool
check_map(const struct plan *plan, const struct plan_table *table, char **reason)
{
    const struct plan_table *map = plan_map(plan, table);

    if (map == table || (map != NULL && (map->action == PLAN_SKIP || map->partitioned)))
        return true;
    return fault(reason, mem_format("%s: the table %s of its option map is not in the plan, or not "
                                    "skipped",
                             table->name, table->map));
}

static bool
check_into(const struct plan *plan, const struct plan_table *table, char **reason)
{
    const struct plan_table *into = table->into != NULL ? plan_find_table(plan, table->into) : NULL;

    if (table->into == NULL)
        return true;
    if (table->action != PLAN_SKIP)
        return fault(
            reason, mem_format("%s has the option into, but its action is not skip", table->name));
    if (into != NULL && into->action != PLAN_SKIP)
        return true;
    return fault(reason, mem_format("%s: the table %s of its option into is not in the plan, or "
                                    "skipped",
                             table->name, table->into));
}

/* The tables of a cycle follow one another, but for skipped ones, which have no rows. */
static bool
check_cycles(const struct plan *plan, char **reason)
{
    int before = 0;

    for (size_t i = 0; i < plan->n_tables; i++) {
        const struct plan_table *table = &plan->tables[i];

        if (table->action == PLAN_SKIP)
            continue;
        for (size_t j = 0; table->cycle != 0 && table->cycle != before && j < i; j++)
            if (plan->tables[j].action != PLAN_SKIP && plan->tables[j].cycle == table->cycle)
                return fault(reason,
                    mem_format("the tables of cycle %d do not follow one another", table->cycle));
        before = table->cycle;
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
        if (!check_into(plan, &plan->tables[i], reason))
            return false;
        if (plan->tables[i].action == PLAN_SKIP)
            continue;
        if (!check_map(plan, &plan->tables[i], reason) || !check_key(&plan->tables[i], reason) ||
            !check_columns(plan, i, reason))
            return false;
    }
    return check_cycles(plan, reason);
}
