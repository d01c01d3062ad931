#include "decide.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "order.h"

struct decide_table *
decide_find(const struct decide *decide, const char *name)
{
    size_t low = 0, high = decide->n_tables;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int comparison = strcmp(name, decide->tables[middle].name);

        if (comparison == 0)
            return &decide->tables[middle];
        if (comparison < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct decide_table *
decide_find_taker(const struct decide *decide, const char *name)
{
    struct decide_table *table = decide_find(decide, name);

    return table != NULL && table->into != NULL ? decide_find(decide, table->into) : table;
}

/* ---- which tables */

struct decide_table *
decide_add_table(struct decide *decide, const char *name)
{
    struct decide_table *table = MEM_APPEND(decide->tables, decide->n_tables, decide->room_tables);

    *table = (struct decide_table){.name = name,
        .backup = schema_find_table(decide->backup, name),
        .live = schema_find_table(decide->live, name),
        .rules = rules_table(decide->rules, name)};
    table->root = decide_parts_root(decide->live, table->live);
    if (table->rules->name == NULL && table->root != NULL)
        table->rules = rules_table(decide->rules, table->root);
    return table;
}

static int
by_name(const void *a, const void *b)
{
    const struct decide_table *left = a, *right = b;

    return strcmp(left->name, right->name);
}

static void
sort_tables(struct decide *decide)
{
    if (decide->n_tables > 1)
        qsort(decide->tables, decide->n_tables, sizeof *decide->tables, by_name);
}

/* Views and partitioned tables have no rows in a dump; pg_dump can be told otherwise. */
static void
collect(struct decide *decide)
{
    for (size_t i = 0; i < decide->backup->n_tables; i++) {
        const struct schema_table *table = &decide->backup->tables[i];

        if (table->kind == SCHEMA_TABLE || table->data.present)
            decide_add_table(decide, table->name);
    }
    sort_tables(decide);
    decide_parts(decide);
    sort_tables(decide);
}

static void
add_absent(struct decide *decide, const char *name, size_t n_sorted)
{
    size_t n = decide->n_tables;
    struct decide_table *table;

    decide->n_tables = n_sorted; /* the rest is not sorted yet */
    table = decide_find(decide, name);
    decide->n_tables = n;
    for (size_t i = n_sorted; table == NULL && i < n; i++)
        if (strcmp(decide->tables[i].name, name) == 0)
            table = &decide->tables[i];
    if (table != NULL)
        return;
    table = decide_add_table(decide, name);
    table->backup = NULL;
    table->skip = mem_string("not in the backup");
    table->skip_why = WHY_NOT_IN_BACKUP;
    table->left_out = true;
}

/* Tables of the live database that are referred to, or have partitions in the backup, but are not
 * in it themselves: they have ids all the same. */
static void
collect_absent(struct decide *decide)
{
    size_t n_sorted = decide->n_tables;

    for (size_t i = 0; i < n_sorted; i++) {
        const struct schema_table *live = decide->tables[i].live;
        const struct rules_table *rules = decide->tables[i].rules;
        const char *target, *root = decide_parts_root(decide->live, live);

        if (root != NULL)
            add_absent(decide, root, n_sorted);
        for (size_t j = 0; live != NULL && j < live->n_references; j++)
            add_absent(decide, live->references[j].parent, n_sorted);
        for (size_t j = 0; (target = rules_target(rules, j)) != NULL; j++)
            add_absent(decide, target, n_sorted);
    }
    sort_tables(decide);
}

/* ---- their order */

struct edges {
    struct order_edge *edges;
    size_t n, room;
};

static void
add_edge(struct edges *edges, size_t child, size_t parent)
{
    *MEM_APPEND(edges->edges, edges->n, edges->room) = (struct order_edge){child, parent};
}

static bool
descends(const struct decide *decide, const struct schema_table *table, const char *ancestor)
{
    for (size_t i = 0; table != NULL && i < table->parents.n; i++) {
        const char *parent = table->parents.names[i];

        if (strcmp(parent, ancestor) == 0 ||
            descends(decide, schema_find_table(decide->live, parent), ancestor))
            return true;
    }
    return false;
}

bool
decide_is_lost(const struct decide *decide, const struct decide_table *table)
{
    if (table->skip == NULL || table->live == NULL)
        return false;
    return table->skip_why == WHY_DAMAGED ||
           (table->skip_why == WHY_NOT_IN_BACKUP && decide->backup->damage != NULL);
}

/* Ids go on through a table that is lost: what it refers to stays its parent. */
static bool
has_edges(const struct decide *decide, const struct decide_table *table)
{
    return table->skip == NULL || decide_is_lost(decide, table);
}

/* Rows of a partitioned table stand in its partitions. */
static void
add_edges_to(const struct decide *decide, struct edges *edges, size_t child, const char *parent)
{
    const struct schema_table *live = schema_find_table(decide->live, parent);
    const struct decide_table *found = decide_find_taker(decide, parent);

    if (found != NULL && has_edges(decide, found))
        add_edge(edges, child, (size_t)(found - decide->tables));
    if (live == NULL || live->kind != SCHEMA_PARTITIONED)
        return;
    for (size_t i = 0; i < decide->n_tables; i++)
        if (decide->tables[i].skip == NULL && descends(decide, decide->tables[i].live, parent))
            add_edge(edges, child, i);
}

static void
collect_edges(const struct decide *decide, struct edges *edges)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        const struct decide_table *table = &decide->tables[i];
        const char *target;

        if (!has_edges(decide, table))
            continue;
        for (size_t j = 0; j < table->live->n_references; j++)
            add_edges_to(decide, edges, i, table->live->references[j].parent);
        for (size_t j = 0; (target = rules_target(table->rules, j)) != NULL; j++)
            add_edges_to(decide, edges, i, target);
    }
}

static void
put_in_order(struct decide *decide)
{
    struct edges edges = {0};
    struct order order;
    size_t n = 0;

    collect_edges(decide, &edges);
    order_make(&order, decide->n_tables, edges.edges, edges.n);
    decide->order = mem_alloc((decide->n_tables + 1) * sizeof *decide->order);
    for (int skipped = 0; skipped < 2; skipped++)
        for (size_t i = 0; i < decide->n_tables; i++)
            if ((decide->tables[order.sequence[i]].skip != NULL) == skipped)
                decide->order[n++] = order.sequence[i];
    for (size_t i = 0; i < decide->n_tables; i++)
        decide->tables[i].cycle = order.cycle[i];
    order_release(&order);
    free(edges.edges);
}

void
decide_tables(struct decide *decide)
{
    collect(decide);
    for (size_t i = 0; i < decide->n_tables; i++)
        decide_fit(decide, &decide->tables[i]);
    collect_absent(decide);
    put_in_order(decide);
    for (size_t i = 0; i < decide->n_tables; i++)
        decide_default(decide, &decide->tables[i]);
    for (size_t i = 0; i < decide->n_tables; i++)
        decide_key_find(decide, &decide->tables[i]);
}

/* ---- the plan */

void
decide_because(char **why, char **reason, enum why_code code, char *text)
{
    why_add(why, code);
    *reason = *reason != NULL ? mem_format("%s; %s", *reason, text) : text;
}

static void
count_columns(const struct plan_table *planned, size_t counts[PLAN_COLUMN_SKIP + 1])
{
    for (size_t i = 0; i < planned->n_columns; i++)
        counts[planned->columns[i].action]++;
}

static void
add_count(struct buf *reason, size_t count, const char *one)
{
    if (count > 0)
        buf_add_format(reason, "; %zu %s%s", count, one, count > 1 ? "s" : "");
}

/* Live columns that the backup knows nothing of keep their values, or take their defaults. */
static bool
is_live_only(const struct decide_table *table, const struct schema_column *column)
{
    return !column->generated && !schema_has_name(&table->source, column->name);
}

static bool
has_live_only(const struct decide_table *table)
{
    for (size_t i = 0; i < table->live->n_columns; i++)
        if (is_live_only(table, &table->live->columns[i]))
            return true;
    return false;
}

static void
add_live_only(struct buf *reason, const struct decide_table *table)
{
    const char *before = "; not in the backup: ";

    for (size_t i = 0; i < table->live->n_columns; i++) {
        const struct schema_column *column = &table->live->columns[i];

        if (!is_live_only(table, column))
            continue;
        buf_add_format(reason, "%s%s", before, column->name);
        before = ", ";
    }
}

static void
add_codes(const struct decide_table *table, struct plan_table *planned)
{
    why_add(&planned->why, table->key_why);
    if (table->id != NULL)
        why_add(&planned->why, table->lineage_why);
    if (planned->backup != NULL)
        why_add(&planned->why, WHY_RENAMED);
    if (table->backup->n_columns == 0)
        why_add(&planned->why, WHY_NO_DDL);
    if (has_live_only(table))
        why_add(&planned->why, WHY_DEFAULTS);
}

/* Of a table that is merged by its natural key. */
static void
add_same_ids(struct buf *reason, const struct decide_table *table, const struct plan_table *planned)
{
    if (planned->same_ids == PLAN_SAME_NONE || planned->same_ids == PLAN_SAME_UP_TO)
        return;
    buf_add_string(reason, ", else by ");
    ident_display(slice_string(table->id->name), reason);
    for (size_t i = 0; i < planned->same_by.n; i++) {
        buf_add_string(reason, i > 0 ? ", " : " where most agrees of ");
        ident_display(slice_string(planned->same_by.names[i]), reason);
    }
}

static char *
table_reason(
    const struct decide *decide, const struct decide_table *table, const struct plan_table *planned)
{
    size_t counts[PLAN_COLUMN_SKIP + 1] = {0};
    struct buf reason = {0};

    count_columns(planned, counts);
    buf_add_string(&reason, table->key_reason);
    add_same_ids(&reason, table, planned);
    if (table->id != NULL)
        buf_add_format(&reason, "; %s", table->lineage_reason);
    add_count(&reason, counts[PLAN_COLUMN_REFERENCE], "reference");
    add_count(&reason, counts[PLAN_COLUMN_ARRAY], "array");
    add_count(&reason, counts[PLAN_COLUMN_SKIP], "skipped column");
    if (table->rules->conflict_line != 0 && table->action == PLAN_MERGE)
        buf_add_format(
            &reason, "; conflict by %s", rules_reason(decide->rules, table->rules->conflict_line));
    if (table->passed_over != NULL && table->action == PLAN_MERGE)
        buf_add_format(&reason, "; %s", table->passed_over);
    if (planned->backup != NULL)
        buf_add_format(&reason, "; %s in the backup", planned->backup);
    if (table->backup->n_columns == 0)
        buf_add_string(&reason, "; no DDL in the backup: declared as the live table");
    if (table->partitioned)
        buf_add_string(&reason, "; rows go into the live partitions");
    add_live_only(&reason, table);
    buf_string(&reason);
    return reason.data;
}

static void
plan_merged(
    const struct decide *decide, const struct decide_table *table, struct plan_table *planned)
{
    planned->action = table->action;
    if (table->action == PLAN_MERGE)
        for (size_t i = 0; i < table->merge_key->n; i++)
            schema_add_name(&planned->key, table->merge_key->names[i]);
    planned->nulls = decide_key_nulls(table);
    planned->lineage = table->lineage;
    decide_same_ids(table, planned);
    planned->conflict = table->rules->conflict;
    planned->newest = table->rules->newest;
    planned->duplicates = table->rules->duplicates;
    planned->duplicates_newest = table->rules->duplicates_newest;
    planned->cycle = table->cycle;
    if (decide_made_map(decide, table) != table)
        planned->map = mem_string(table->root);
    planned->partitioned = table->partitioned;
    planned->stricter = decide_is_stricter(decide, table);
    decide_column_all(decide, table, planned);
    planned->reason = table_reason(decide, table, planned);
    add_codes(table, planned);
}

static void
note_target(const struct decide *decide, const char *name)
{
    if (name != NULL)
        decide_find(decide, name)->targeted = true;
}

/* A table that is not in the backup stands in the plan only where somebody refers to it. */
static void
note_targets(const struct decide *decide, const struct plan_table *planned)
{
    for (size_t i = 0; i < planned->n_columns; i++) {
        const struct plan_column *column = &planned->columns[i];

        if (column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY)
            note_target(decide, column->target);
        for (size_t j = 0; j < column->n_cases; j++)
            note_target(decide, column->cases[j].target);
        for (size_t j = 0; j < column->n_paths; j++)
            note_target(decide, column->paths[j].target);
    }
}

/* The backup has no rows of it, or but such as go into it, if it were not left out. */
static bool
is_empty(const struct decide_table *table)
{
    return table->backup == NULL ||
           (table->takes && table->skip != NULL && !table->backup->data.present);
}

static void
plan_skipped(const struct decide_table *table, struct plan_table *planned)
{
    planned->action = PLAN_SKIP;
    planned->reason = mem_string(table->skip);
    planned->cycle = table->replaces_id ? table->cycle : 0;
    if (table->into != NULL)
        planned->into = mem_string(table->into);
    if (!table->replaces_id)
        why_add(&planned->why, table->skip_why);
    if (table->replaces_id || (table->takes && is_empty(table)))
        why_add(&planned->why, WHY_PARTITIONED);
}

static void
plan_one(const struct decide *decide, const struct decide_table *table, struct plan *plan)
{
    struct plan_table *planned;
    const char *backup;

    if (is_empty(table) && !table->targeted)
        return;
    planned = plan_add_table(plan, table->name);
    backup = rules_backup_table(decide->rules, table->name);
    if (backup != NULL)
        planned->backup = mem_string(backup);
    planned->rows = decide_parts_rows(decide, table);
    if (table->skip != NULL) {
        plan_skipped(table, planned);
        return;
    }
    plan_merged(decide, table, planned);
    note_targets(decide, planned);
}

void
decide_lineages(struct decide *decide, struct plan *plan)
{
    decide_moved(decide);
    decide_made_pool(decide);
    decide_lineage(decide, plan);
    decide_made_spread(decide);
}

void
decide_plan(struct decide *decide, struct plan *plan)
{
    for (size_t i = 0; i < decide->n_tables; i++)
        if (decide->tables[i].skip == NULL)
            decide_key_choose(decide, &decide->tables[i]);
    decide_made_roots(decide);
    decide_parts_settle(decide);
    for (size_t i = 0; i < decide->n_tables; i++)
        plan_one(decide, &decide->tables[decide->order[i]], plan);
    plan->started = plan->ended = true;
}
