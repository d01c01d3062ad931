/* What happens to each column. */
#include <string.h>

#include "buf.h"
#include "convert.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

#define MAX_DEPTH 32 /* foreign keys to foreign keys; a circle of them ends here */

/* Where a column's ids come from. */
struct origin {
    const struct decide_table *parent; /* whose map translates them; NULL: they are kept */
    const char *table;                 /* what it refers to; NULL: to nothing */
    char *because;                     /* "foreign key x" or the rule */
};

static bool
looks_made(const struct schema_column *column)
{
    return column != NULL && (column->sequence != NULL || column->identity != SCHEMA_IDENTITY_NO ||
                                 strcmp(column->type, "uuid") == 0);
}

/*
 * True when values of the parent's column must be translated by the parent's map. A parent that is
 * left out has none, but where ids mean something else its ids must not be taken as they are.
 */
static bool
translates(const struct decide_table *parent, const char *column)
{
    const struct schema_key *primary;

    if (parent->skip == NULL)
        return parent->replaces_id && strcmp(parent->id->name, column) == 0;
    if (parent->live == NULL || parent->live->kind != SCHEMA_TABLE ||
        parent->lineage != PLAN_LINEAGE_OTHER)
        return false;
    primary = schema_primary_key(parent->live);
    return primary != NULL && primary->columns.n == 1 &&
           strcmp(primary->columns.names[0], column) == 0 &&
           looks_made(schema_find_column(parent->live, column));
}

/* The parent's column that `column` refers to by `reference`, or NULL. */
static const char *
parent_column(const struct schema_reference *reference, const char *column)
{
    for (size_t i = 0; i < reference->columns.n; i++)
        if (strcmp(reference->columns.names[i], column) == 0)
            return reference->parent_columns.names[i];
    return NULL;
}

static const struct decide_table *find_map(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth);

static const struct decide_table *
find_map_by(const struct decide *decide, const struct schema_reference *reference,
    const char *column, int depth)
{
    const char *there = parent_column(reference, column);
    const struct decide_table *parent = decide_find(decide, reference->parent);

    if (there == NULL || parent == NULL)
        return NULL;
    if (translates(parent, there))
        return parent;
    return parent->skip == NULL ? find_map(decide, parent, there, depth + 1) : NULL;
}

/* The rule's target has one id column by its primary key. */
static const struct decide_table *
find_map_by_rule(const struct decide *decide, const char *target)
{
    const struct decide_table *parent = decide_find(decide, target);
    const struct schema_key *primary;

    if (parent == NULL || parent->live == NULL)
        return NULL;
    primary = schema_primary_key(parent->live);
    return primary != NULL && primary->columns.n == 1 &&
                   translates(parent, primary->columns.names[0])
               ? parent
               : NULL;
}

/* The table by whose map a column is translated, over keys that are foreign keys themselves. */
static const struct decide_table *
find_map(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth)
{
    const struct rules_column *rule = rules_column(table->rules, column);
    const struct decide_table *found = NULL;

    if (depth > MAX_DEPTH)
        return NULL;
    if (rule->role_line != 0)
        return find_map_by_rule(decide, rule->target);
    for (size_t i = 0; found == NULL && i < table->live->n_references; i++)
        found = find_map_by(decide, &table->live->references[i], column, depth);
    return found;
}

static struct origin
find_origin(const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct rules_column *rule = rules_column(table->rules, column);
    struct origin origin = {.parent = find_map(decide, table, column, 0)};

    if (rule->role_line != 0) {
        origin.table = rule->target;
        origin.because = rules_reason(decide->rules, rule->role_line);
        return origin;
    }
    for (size_t i = 0; origin.table == NULL && i < table->live->n_references; i++) {
        const struct schema_reference *reference = &table->live->references[i];

        if (parent_column(reference, column) == NULL ||
            (origin.parent != NULL && find_map_by(decide, reference, column, 0) != origin.parent))
            continue;
        origin.table = reference->parent;
        origin.because = mem_format("foreign key %s", reference->name);
    }
    return origin;
}

static void
add_reason(struct plan_column *planned, char *text)
{
    planned->reason = planned->reason != NULL ? mem_format("%s; %s", planned->reason, text) : text;
}

static void
decide_reference(const struct decide *decide, const struct decide_table *table,
    struct plan_column *planned, const struct origin *origin)
{
    const struct rules_column *rule = rules_column(table->rules, planned->name);
    bool is_array = rule->role_line != 0 && rule->role == RULES_ROLE_ARRAY;

    planned->action = is_array ? PLAN_COLUMN_ARRAY : PLAN_COLUMN_REFERENCE;
    planned->target = mem_string(origin->parent->name);
    planned->unresolved = origin->parent->lineage == PLAN_LINEAGE_OTHER ? PLAN_UNRESOLVED_REJECT
                                                                        : PLAN_UNRESOLVED_KEEP;
    add_reason(planned, origin->because);
    if (strcmp(origin->table, origin->parent->name) != 0)
        add_reason(planned, mem_format("by way of %s", origin->table));
    if (origin->parent->skip != NULL)
        add_reason(planned, mem_format("%s is not merged, and its ids mean something else here",
                                origin->parent->name));
    if (rule->unresolved_line != 0) {
        planned->unresolved = rule->unresolved;
        add_reason(planned, rules_reason(decide->rules, rule->unresolved_line));
    }
}

static void
decide_set(const struct decide *decide, const struct decide_table *table,
    struct plan_column *planned, const struct origin *origin)
{
    const struct rules_column *rule = rules_column(table->rules, planned->name);
    const struct schema_column *live = schema_find_column(table->live, planned->name);

    planned->action = PLAN_COLUMN_SET;
    planned->target = live->sequence != NULL ? mem_string(live->sequence) : NULL;
    if (origin->table != NULL)
        add_reason(planned, mem_format("%s: ids of %s are kept", origin->because, origin->table));
    if (rule->conflict_line != 0) {
        planned->conflict = rule->conflict;
        add_reason(planned, rules_reason(decide->rules, rule->conflict_line));
    }
}

static void
decide_id(const struct decide_table *table, struct plan_column *planned)
{
    planned->action = PLAN_COLUMN_ID;
    planned->target = table->id->sequence != NULL ? mem_string(table->id->sequence) : NULL;
    add_reason(
        planned, mem_string(table->lineage == PLAN_LINEAGE_OTHER
                                ? "the live row's id; new rows get fresh ones"
                                : "the live row's id; new rows keep theirs when it is free"));
}

static void
note_type(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    const struct schema_column *from = schema_find_column(table->backup, planned->name);

    if (from != NULL &&
        convert_check(decide->backup, from->type, decide->live, planned->type) != CONVERT_SAME) {
        planned->converted = true;
        add_reason(planned, mem_format("%s in the backup", from->type));
    }
}

static void
decide_merged(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    struct origin origin;

    if (table->replaces_id && strcmp(table->id->name, planned->name) == 0) {
        decide_id(table, planned);
    } else {
        origin = find_origin(decide, table, planned->name);
        if (origin.parent != NULL)
            decide_reference(decide, table, planned, &origin);
        else
            decide_set(decide, table, planned, &origin);
    }
    note_type(decide, table, planned);
}

void
decide_column_all(
    const struct decide *decide, const struct decide_table *table, struct plan_table *planned)
{
    for (size_t i = 0; i < table->source.n; i++) {
        const char *name = table->source.names[i];
        const struct schema_column *live = schema_find_column(table->live, name);
        const struct rules_column *rule = rules_column(table->rules, name);
        struct plan_column *column = plan_add_column(planned, name);

        column->type = live != NULL ? mem_string(live->type) : NULL;
        if (schema_has_name(&table->columns, name)) {
            decide_merged(decide, table, column);
            continue;
        }
        column->action = PLAN_COLUMN_SKIP;
        column->reason = rule->skip_line != 0 ? rules_reason(decide->rules, rule->skip_line)
                                              : mem_string("generated in the live database");
    }
}

/* ---- doubts */

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length > tail && strcmp(text + length - tail, end) == 0;
}

/* An array of integers, or an integer with a name such as user_id or userId. */
static bool
looks_like_ids(const struct plan_column *column, bool *is_array)
{
    static const char *const arrays[] = {"smallint[]", "integer[]", "bigint[]"};

    *is_array = false;
    if (column->action != PLAN_COLUMN_SET || column->type == NULL || column->reason != NULL)
        return false;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        if (strcmp(column->type, arrays[i]) == 0)
            *is_array = true;
    return *is_array || (number_is_type(column->type) && column->target == NULL &&
                            (ends_with(column->name, "_id") || ends_with(column->name, "Id")));
}

char *
decide_column_doubt(const struct plan *plan, size_t table, size_t column)
{
    const struct plan_table *planned = &plan->tables[table];
    const struct plan_column *doubtful = &planned->columns[column];
    struct buf name = {0};
    char *text;
    bool is_array;

    if (plan->lineage != PLAN_LINEAGE_OTHER || planned->action == PLAN_SKIP ||
        !looks_like_ids(doubtful, &is_array))
        return NULL;
    buf_add_format(&name, "%s.", planned->name);
    ident_display(slice_string(doubtful->name), &name);
    text = mem_format("%s: %s is merged as it is; if it holds ids of a table, say so by rule: "
                      "%s %s TABLE",
        buf_string(&name), doubtful->type, buf_string(&name), is_array ? "array-of" : "refers-to");
    buf_release(&name);
    return text;
}
