/* Columns, and values inside of json, that hold ids of other rows: by whose map they are
 * translated.
 */
#include <string.h>

#include "buf.h"
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
    enum why_code why;
};

/* Of the kinds of relations those that hold rows of their own, or whose partitions do. */
static bool
has_rows(const struct schema_table *table)
{
    return table->kind == SCHEMA_TABLE || table->kind == SCHEMA_PARTITIONED;
}

/* The column's values are made, and are those of the primary key that tell the rows apart. */
static bool
is_own_id(const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    if (primary == NULL || !schema_has_name(&primary->columns, column))
        return false;
    if (decide_made_column(decide, table, column) != NULL)
        return primary->columns.n == 1 || !decide_made_is_reference(table, column);
    return primary->columns.n == 1 &&
           strcmp(schema_find_column(table->live, column)->type, "uuid") == 0;
}

/* It is left out, and with it the ids of its rows. */
static bool
lacks_map(const struct decide_table *parent)
{
    return parent->skip != NULL && !parent->replaces_id && !parent->ids_kept &&
           parent->live != NULL && has_rows(parent->live);
}

/*
 * True when values of the parent's column must be translated by the parent's map. A parent that is
 * left out has none, but where ids mean something else its ids must not be taken as they are.
 */
static bool
translates(const struct decide *decide, const struct decide_table *parent, const char *column)
{
    if (parent->replaces_id)
        return strcmp(parent->id->name, column) == 0;
    return lacks_map(parent) && parent->lineage == PLAN_LINEAGE_OTHER &&
           is_own_id(decide, parent, column);
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
    const struct decide_table *parent =
        decide_made_map(decide, decide_find_taker(decide, reference->parent));

    if (there == NULL || parent == NULL)
        return NULL;
    if (translates(decide, parent, there))
        return parent;
    return parent->skip == NULL || parent->replaces_id || decide_is_lost(decide, parent)
               ? find_map(decide, parent, there, depth + 1)
               : NULL;
}

/* The ids of a rule's target are its surrogate ids, else its primary key of one column. */
static const struct decide_table *
find_map_by_rule(const struct decide *decide, const char *target)
{
    const struct decide_table *parent = decide_made_map(decide, decide_find_taker(decide, target));
    const struct schema_key *primary;

    if (parent == NULL || parent->replaces_id)
        return parent;
    if (parent->live == NULL)
        return NULL;
    primary = schema_primary_key(parent->live);
    for (size_t i = 0; primary != NULL && i < primary->columns.n; i++)
        if (translates(decide, parent, primary->columns.names[i]))
            return parent;
    return NULL;
}

/* The table by whose map a column is translated, over keys that are foreign keys themselves. */
static const struct decide_table *
find_map(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth)
{
    const struct rules_ids *rule = &rules_column(table->rules, column)->ids;
    const struct decide_table *found = NULL;

    if (depth > MAX_DEPTH)
        return NULL;
    if (rule->role_line != 0)
        return rule->role != RULES_ROLE_CASES ? find_map_by_rule(decide, rule->target) : NULL;
    for (size_t i = 0; found == NULL && i < table->live->n_references; i++)
        found = find_map_by(decide, &table->live->references[i], column, depth);
    return found;
}

static bool
is_other(const struct decide *decide, const char *target)
{
    const struct decide_table *parent = decide_made_map(decide, decide_find_taker(decide, target));

    return parent != NULL && parent->lineage == PLAN_LINEAGE_OTHER;
}

/* Of the tables that a rule names. */
static bool
is_other_by_rule(const struct decide *decide, const struct rules_ids *rule)
{
    if (rule->role != RULES_ROLE_CASES)
        return is_other(decide, rule->target);
    for (size_t i = 0; i < rule->n_cases; i++)
        if (is_other(decide, rule->cases[i].target))
            return true;
    return false;
}

static bool
mean_other_rows(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth)
{
    const struct rules_ids *rule = &rules_column(table->rules, column)->ids;
    const struct decide_table *parent;
    bool other = false;

    if (rule->role_line != 0)
        return is_other_by_rule(decide, rule);
    for (size_t i = 0; !other && depth < MAX_DEPTH && i < table->live->n_references; i++) {
        const struct schema_reference *reference = &table->live->references[i];
        const char *there = parent_column(reference, column);

        parent = decide_made_map(decide, decide_find_taker(decide, reference->parent));
        if (there != NULL && parent != NULL && parent->live != NULL)
            other = is_own_id(decide, parent, there)
                        ? parent->lineage == PLAN_LINEAGE_OTHER
                        : mean_other_rows(decide, parent, there, depth + 1);
    }
    return other;
}

bool
decide_ids_mean_others(
    const struct decide *decide, const struct decide_table *table, const char *column)
{
    return mean_other_rows(decide, table, column, 0);
}

static struct origin
find_origin(const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct rules_ids *rule = &rules_column(table->rules, column)->ids;
    struct origin origin = {.parent = find_map(decide, table, column, 0)};

    if (rule->role_line != 0) {
        origin.table = rule->target;
        origin.why = WHY_RULE;
        origin.because = rules_reason(decide->rules, rule->role_line);
        return origin;
    }
    for (size_t i = 0; origin.table == NULL && i < table->live->n_references; i++) {
        const struct schema_reference *reference = &table->live->references[i];

        if (parent_column(reference, column) == NULL ||
            (origin.parent != NULL && find_map_by(decide, reference, column, 0) != origin.parent))
            continue;
        origin.table = reference->parent;
        origin.why = WHY_FOREIGN_KEY;
        origin.because = mem_format("foreign key %s", reference->name);
    }
    return origin;
}

static void
because(struct plan_column *planned, enum why_code code, char *text)
{
    decide_because(&planned->why, &planned->reason, code, text);
}

/* In the same lineage an id means the same row, wherever that is; in another it names a stranger.
 */
static enum plan_unresolved
unresolved_by(const struct decide_table *parent)
{
    return parent->lineage == PLAN_LINEAGE_OTHER ? PLAN_UNRESOLVED_REJECT : PLAN_UNRESOLVED_KEEP;
}

static void
decide_reference(const struct decide *decide, const struct decide_table *table,
    struct plan_column *planned, const struct origin *origin)
{
    const struct rules_ids *rule = &rules_column(table->rules, planned->name)->ids;
    bool is_array = rule->role_line != 0 && rule->role == RULES_ROLE_ARRAY;

    planned->action = is_array ? PLAN_COLUMN_ARRAY : PLAN_COLUMN_REFERENCE;
    planned->target = mem_string(origin->parent->name);
    planned->unresolved = unresolved_by(origin->parent);
    because(planned, origin->why, origin->because);
    if (strcmp(origin->table, origin->parent->name) != 0)
        because(planned, origin->why, mem_format("by way of %s", origin->table));
    if (decide_is_lost(decide, origin->parent) && origin->parent->rules->lineage_line == 0)
        because(planned, WHY_PARENT_SKIPPED,
            mem_format("%s is not whole in the backup, and whether its ids mean the same here is "
                       "not known (rule, if they do: %s lineage same)",
                origin->parent->name, origin->parent->name));
    else if (origin->parent->skip != NULL && !origin->parent->replaces_id)
        because(planned, WHY_PARENT_SKIPPED,
            mem_format(
                "%s is not merged, and its ids mean something else here", origin->parent->name));
    if (rule->unresolved_line != 0) {
        planned->unresolved = rule->unresolved;
        because(planned, WHY_RULE, rules_reason(decide->rules, rule->unresolved_line));
    }
}

static bool
decide_column_ids(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    struct origin origin = find_origin(decide, table, planned->name);

    if (origin.parent != NULL)
        decide_reference(decide, table, planned, &origin);
    else if (origin.table != NULL)
        because(planned, WHY_IDS_KEPT,
            mem_format("%s: ids of %s are kept", origin.because, origin.table));
    return origin.parent != NULL;
}

/* ---- ids of the table that another column names */

static void
add_case(const struct decide *decide, struct plan_column *planned, const struct rules_case *rule)
{
    const struct decide_table *parent = find_map_by_rule(decide, rule->target);
    struct plan_case *branch = plan_add_case(planned, rule->value);

    branch->target = mem_string(rule->target);
    branch->action = parent != NULL ? PLAN_COLUMN_REFERENCE : PLAN_COLUMN_SET;
    if (parent == NULL)
        branch->reason = mem_string("its ids are kept");
    else if (unresolved_by(parent) == PLAN_UNRESOLVED_REJECT)
        planned->unresolved = PLAN_UNRESOLVED_REJECT;
}

static bool
decide_cases(const struct decide *decide, const struct rules_ids *rule, struct plan_column *planned)
{
    bool translated = false;

    for (size_t i = 0; i < rule->n_cases; i++)
        translated |= find_map_by_rule(decide, rule->cases[i].target) != NULL;
    because(planned, WHY_RULE, rules_reason(decide->rules, rule->role_line));
    if (!translated) {
        because(planned, WHY_IDS_KEPT, mem_string("ids of all its tables are kept"));
        return false;
    }
    planned->action = PLAN_COLUMN_REFERENCE;
    planned->by = mem_string(rule->by);
    planned->unresolved = PLAN_UNRESOLVED_KEEP;
    for (size_t i = 0; i < rule->n_cases; i++)
        add_case(decide, planned, &rule->cases[i]);
    if (rule->unresolved_line != 0) {
        planned->unresolved = rule->unresolved;
        because(planned, WHY_RULE, rules_reason(decide->rules, rule->unresolved_line));
    }
    return true;
}

/* ---- ids inside of json */

static void
add_path(const struct decide *decide, struct plan_column *planned, const struct rules_path *rule)
{
    const struct rules_ids *ids = &rule->ids;
    const struct decide_table *parent =
        ids->role_line != 0 ? find_map_by_rule(decide, ids->target) : NULL;
    struct plan_path *path;

    if (parent == NULL) {
        if (ids->role_line != 0)
            because(planned, WHY_IDS_KEPT,
                mem_format("%s: ids of %s are kept", rules_reason(decide->rules, ids->role_line),
                    ids->target));
        return;
    }
    path = plan_add_path(planned);
    for (size_t i = 0; i < rule->keys.n; i++)
        schema_add_name(&path->keys, rule->keys.names[i]);
    path->action = ids->role == RULES_ROLE_ARRAY ? PLAN_COLUMN_ARRAY : PLAN_COLUMN_REFERENCE;
    path->target = mem_string(parent->name);
    path->unresolved = ids->unresolved_line != 0 ? ids->unresolved : unresolved_by(parent);
    path->reason = rules_reason(decide->rules, ids->role_line);
    if (ids->unresolved_line != 0)
        path->reason =
            mem_format("%s; %s", path->reason, rules_reason(decide->rules, ids->unresolved_line));
}

static void
note_no_ids(const struct decide *decide, struct plan_column *planned, unsigned long line)
{
    if (line != 0)
        because(planned, WHY_RULE, mem_format("%s: no ids", rules_reason(decide->rules, line)));
}

bool
decide_ids(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    const struct rules_column *rule = rules_column(table->rules, planned->name);

    for (size_t i = 0; i < rule->n_paths; i++) {
        add_path(decide, planned, &rule->paths[i]);
        note_no_ids(decide, planned, rule->paths[i].ids.none_line);
    }
    note_no_ids(decide, planned, rule->ids.none_line);
    if (rule->ids.role_line != 0 && rule->ids.role == RULES_ROLE_CASES)
        return decide_cases(decide, &rule->ids, planned);
    return decide_column_ids(decide, table, planned);
}

/* ---- doubts */

/* The parent's number of its own that the column holds and that is in no map. */
static bool
is_loose(const struct decide *decide, const struct decide_table *parent, const char *column)
{
    return parent != NULL && column != NULL && lacks_map(parent) &&
           is_own_id(decide, parent, column) &&
           number_is_type(schema_find_column(parent->live, column)->type);
}

static const struct decide_table *
find_parent(const struct decide *decide, const char *name)
{
    return decide_made_map(decide, decide_find_taker(decide, name));
}

/* The table of which the column holds such numbers, or NULL. */
static const struct decide_table *
find_loose(const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct rules_ids *rule = &rules_column(table->rules, column)->ids;
    const struct decide_table *parent = NULL;

    if (rule->role_line != 0 && rule->role != RULES_ROLE_CASES) {
        const struct schema_key *primary;

        parent = find_parent(decide, rule->target);
        primary = parent != NULL && parent->live != NULL ? schema_primary_key(parent->live) : NULL;
        return primary != NULL && is_loose(decide, parent, primary->columns.names[0]) ? parent
                                                                                      : NULL;
    }
    for (size_t i = 0; i < table->live->n_references; i++) {
        const struct schema_reference *reference = &table->live->references[i];

        parent = find_parent(decide, reference->parent);
        if (is_loose(decide, parent, parent_column(reference, column)))
            return parent;
    }
    return NULL;
}

/* Samples show that its ids mean the same, or there is nobody to be taken for another. */
static bool
is_known(const struct decide_table *parent)
{
    const struct decide_evidence *own = &parent->evidence;

    return parent->rules->lineage_line != 0 || parent->vacant || own->key_pairs >= DECIDE_ENOUGH ||
           own->content_pairs >= DECIDE_ENOUGH;
}

char *
decide_parent_doubt(
    const struct decide *decide, const struct plan_table *planned, const struct plan_column *column)
{
    const struct decide_table *table = decide_find(decide, planned->name), *parent = NULL;
    struct buf name = {0};
    bool parted;
    char *text;

    if (planned->action != PLAN_SKIP && column->action == PLAN_COLUMN_SET && table != NULL)
        parent = find_loose(decide, table, column->name);
    parted =
        parent != NULL && parent->rules->lineage_line == 0 && decide_has_parted(&parent->evidence);
    if (parent == NULL || (is_known(parent) && !parted))
        return NULL;
    buf_add_format(&name, "%s.", planned->name);
    ident_display(slice_string(column->name), &name);
    text = mem_format(
        parted ? "%s: ids of %s, whose rows are not merged, are taken as they are, though samples "
                 "show that some mean other rows here: what refers to these goes to strangers; the "
                 "rule '%s lineage other' rejects all that refers to its ids"
               : "%s: ids of %s, whose rows are not merged, are taken as they are: rows that both "
                 "databases added since they parted would be taken for one another; the rule '%s "
                 "lineage same' says that they are the same",
        buf_string(&name), parent->name, parent->name);
    buf_release(&name);
    return text;
}
