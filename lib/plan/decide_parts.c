/*
 * Partitions. One that has its place in the live database too is merged by itself, in the memory of
 * one partition. The rows of others go by way of the whole table, whose partitions take them
 * wherever they are by now; so does what a dump has for the whole table itself.
 */
#include <string.h>

#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"

#define MAX_DEPTH 32 /* partitions of partitions */

const char *
decide_parts_root(const struct schema *schema, const struct schema_table *table)
{
    const char *root = NULL;

    for (int depth = 0; table != NULL && depth < MAX_DEPTH; depth++) {
        const struct schema_table *parent =
            table->parents.n == 1 ? schema_find_table(schema, table->parents.names[0]) : NULL;

        if (parent == NULL || parent->kind != SCHEMA_PARTITIONED)
            return root;
        root = parent->name;
        table = parent;
    }
    return root;
}

/* ---- whether a partition takes the same rows in both databases */

static bool
same_text(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool
has_partition(const struct schema *schema, const char *parent, const char *bound)
{
    for (size_t i = 0; i < schema->n_tables; i++)
        if (schema_has_name(&schema->tables[i].parents, parent) &&
            same_text(schema->tables[i].partition_bound, bound))
            return true;
    return false;
}

/* The default partition takes what no other one does: each that is only there takes some away. */
static bool
same_rest(const struct decide *decide, const char *parent)
{
    for (size_t i = 0; i < decide->live->n_tables; i++) {
        const struct schema_table *other = &decide->live->tables[i];

        if (schema_has_name(&other->parents, parent) &&
            !has_partition(decide->backup, parent, other->partition_bound))
            return false;
    }
    return true;
}

/* Both are partitions; what is not known of the backup's is taken to be so. */
static bool
same_place(
    const struct decide *decide, const struct schema_table *from, const struct schema_table *to)
{
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
        const char *parent = from->parents.n == 1 ? from->parents.names[0] : NULL;

        if (from->partition_bound == NULL)
            return true;
        if (!same_text(from->partition_bound, to->partition_bound) || to->parents.n != 1 ||
            !same_text(parent, to->parents.names[0]) ||
            (strcmp(from->partition_bound, "DEFAULT") == 0 && !same_rest(decide, parent)))
            return false;
        from = schema_find_table(decide->backup, parent);
        to = schema_find_table(decide->live, parent);
        if (from == NULL || to == NULL || !same_text(from->partition_key, to->partition_key))
            return false;
    }
    return false;
}

/* ---- whether the whole table can take rows */

static bool
has_own_rules(const struct decide_table *table)
{
    return table->rules->name != NULL && strcmp(table->rules->name, table->name) == 0;
}

/* A row whose key does not say where it belongs would move when its other columns are set. */
static bool
key_decides(const struct schema_table *partitioned, const struct schema_names *key)
{
    const char *list = strchr(partitioned->partition_key, '(');
    struct schema_names columns = {0};
    bool decides = list != NULL && ident_list_parse(slice_string(list), &columns.names, &columns.n);

    for (size_t i = 0; i < columns.n; i++)
        decides &= schema_has_name(key, columns.names[i]);
    schema_names_release(&columns);
    return decides;
}

/* Why rows cannot go by way of the live table, or NULL. */
static const char *
objection(const struct decide *decide, const struct schema_table *live)
{
    const struct rules_table *rules = rules_table(decide->rules, live->name);
    bool has_key = rules->identity_line != 0 && rules->identity == RULES_IDENTITY_KEY;

    if (live->kind == SCHEMA_TABLE)
        return NULL;
    if (decide_parts_root(decide->live, live) != NULL)
        return "which is a partition there";
    for (size_t i = 0; i < decide->live->n_tables; i++) {
        const struct schema_table *part = &decide->live->tables[i];
        const char *root = part == live ? live->name : decide_parts_root(decide->live, part);

        if (root == NULL || strcmp(root, live->name) != 0)
            continue;
        if (part->kind == SCHEMA_FOREIGN)
            return "which has foreign tables among its partitions";
        if (part->kind == SCHEMA_PARTITIONED && has_key && !key_decides(part, &rules->key))
            return "whose key by rule does not say into which partition a row goes";
    }
    return NULL;
}

/* ---- which tables */

/* The live table by way of which the rows could go; NULL: they are merged by themselves. */
static const struct schema_table *
find_whole(const struct decide *decide, const struct decide_table *table)
{
    const char *root = decide_parts_root(decide->backup, table->backup);
    const struct schema_table *whole = root != NULL ? schema_find_table(decide->live, root) : NULL;
    bool inside = whole != NULL && table->root != NULL && strcmp(table->root, root) == 0;

    if (table->live != NULL && table->live->kind == SCHEMA_PARTITIONED && !inside)
        return table->live;
    if (whole == NULL || (whole->kind != SCHEMA_TABLE && whole->kind != SCHEMA_PARTITIONED))
        return NULL;
    if (table->live == NULL || table->live->kind == SCHEMA_PARTITIONED)
        return whole;
    return inside && !same_place(decide, table->backup, table->live) ? whole : NULL;
}

static struct decide_table *
need_table(struct decide *decide, const char *name)
{
    for (size_t i = 0; i < decide->n_tables; i++)
        if (strcmp(decide->tables[i].name, name) == 0)
            return &decide->tables[i];
    return decide_add_table(decide, name);
}

/* Rows of the table at that place go by way of the whole one, if they can. */
static void
send(struct decide *decide, size_t at, const struct schema_table *live)
{
    struct decide_table *table = &decide->tables[at], *whole;
    const char *why = objection(decide, live);

    if (why == NULL && strcmp(live->name, table->name) != 0 && has_own_rules(table))
        why = "for it has rules of its own";
    if (why != NULL) {
        table->apart = mem_format("%s, %s", live->name, why);
        return;
    }
    whole = need_table(decide, live->name); /* which may move the tables */
    table = &decide->tables[at];
    if (live->kind == SCHEMA_PARTITIONED) {
        whole->partitioned = true;
        whole->root = whole->name;
    }
    if (whole == table)
        return;
    whole->takes = true;
    table->into = whole->name;
}

/* A partition that the live database lacks is no loss where the backup has its rows elsewhere. */
static void
leave_empty(
    const struct decide *decide, struct decide_table *table, const struct schema_table *live)
{
    if (table->live != NULL || objection(decide, live) != NULL)
        return;
    table->skip = mem_string("the backup holds no rows of it");
    table->skip_why = WHY_NO_ROWS;
    table->left_out = true;
}

void
decide_parts(struct decide *decide)
{
    size_t n = decide->n_tables;

    for (size_t i = 0; i < n; i++) {
        struct decide_table *table = &decide->tables[i];
        const struct schema_table *live = find_whole(decide, table);

        if (live == NULL || table->backup->damage != NULL)
            continue;
        if (table->backup->data.present)
            send(decide, i, live);
        else
            leave_empty(decide, table, live);
    }
}

/* ---- the whole table's rows are those of others too */

static bool
goes_into(const struct decide_table *table, const struct decide_table *whole)
{
    return table->into != NULL && strcmp(table->into, whole->name) == 0;
}

static void
add_names(struct schema_names *names, const struct schema_names *more)
{
    for (size_t i = 0; i < more->n; i++)
        if (!schema_has_name(names, more->names[i]))
            schema_add_name(names, more->names[i]);
}

void
decide_parts_columns(
    const struct decide *decide, const struct decide_table *table, struct schema_names *names)
{
    add_names(names, &table->backup->data.columns);
    for (size_t i = 0; table->takes && i < decide->n_tables; i++)
        if (goes_into(&decide->tables[i], table))
            add_names(names, &decide->tables[i].backup->data.columns);
}

int64_t
decide_parts_rows(const struct decide *decide, const struct decide_table *table)
{
    int64_t rows = table->takes ? 0 : -1;

    if (table->backup != NULL && table->backup->data.present)
        rows = table->backup->data.rows;
    for (size_t i = 0; table->takes && i < decide->n_tables; i++) {
        int64_t more = decide->tables[i].backup != NULL ? decide->tables[i].backup->data.rows : 0;

        if (goes_into(&decide->tables[i], table))
            rows = rows < 0 || more < 0 ? -1 : rows + more;
    }
    return rows;
}

void
decide_parts_settle(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];
        const struct decide_table *whole =
            table->into != NULL ? decide_find(decide, table->into) : NULL;

        if (whole == NULL || whole->skip == NULL)
            continue;
        table->into = NULL;
        table->skip =
            mem_format("it would go by way of %s, which is left out: %s", whole->name, whole->skip);
        table->skip_why = whole->skip_why;
        table->left_out = whole->left_out;
    }
}
