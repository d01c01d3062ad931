/*
 * Ids that a sequence made and that are no primary key by themselves: one column of several, or in
 * a partition. Where ids mean something else they are replaced as others are, if they tell rows
 * apart all the same. The ids of all partitions of a table are those of that table: one lineage,
 * one map.
 */
#include <string.h>

#include "decide.h"
#include "mem.h"

#define MAX_DEPTH 32 /* partitions of partitions */

/* The column is of a foreign key, or a rule says that it holds other tables' ids. */
bool
decide_made_is_reference(const struct decide_table *table, const char *column)
{
    for (size_t i = 0; i < table->live->n_references; i++)
        if (schema_has_name(&table->live->references[i].columns, column))
            return true;
    return rules_column(table->rules, column)->ids.role_line != 0;
}

/* A partition does not inherit that a column is an identity (up to PostgreSQL 16). */
const struct schema_column *
decide_made_column(
    const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct schema_column *own = schema_find_column(table->live, column);
    const struct schema_table *root =
        table->root != NULL ? schema_find_table(decide->live, table->root) : NULL;

    if (own != NULL && schema_is_made(own))
        return own;
    own = own != NULL && root != NULL ? schema_find_column(root, column) : NULL;
    return own != NULL && schema_is_made(own) ? own : NULL;
}

const char *
decide_made_root(const struct decide *decide, const struct schema_table *live)
{
    const char *root = NULL;

    for (int depth = 0; live != NULL && depth < MAX_DEPTH; depth++) {
        const struct schema_table *parent =
            live->parents.n == 1 ? schema_find_table(decide->live, live->parents.names[0]) : NULL;

        if (parent == NULL || parent->kind != SCHEMA_PARTITIONED)
            return root;
        root = parent->name;
        live = parent;
    }
    return root;
}

const struct schema_column *
decide_made_member(const struct decide *decide, const struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);
    const struct schema_column *found = NULL;

    for (size_t i = 0; primary != NULL && i < primary->columns.n; i++) {
        const char *name = primary->columns.names[i];
        const struct schema_column *column = decide_made_column(decide, table, name);

        if (column == NULL || decide_made_is_reference(table, name))
            continue;
        if (found != NULL || !schema_has_name(&table->columns, name))
            return NULL;
        found = column;
    }
    return found;
}

/* ---- partitions of one table: their lineage is that of all of them together */

/* The counts become the whole table's; the pairs stay the partition's as well. */
static void
move_evidence(struct decide_evidence *own, struct decide_evidence *sum)
{
    sum->key_pairs += own->key_pairs;
    sum->key_agree += own->key_agree;
    sum->key_later += own->key_later;
    sum->content_pairs += own->content_pairs;
    sum->content_agree += own->content_agree;
    sum->content_chance += own->content_chance;
    for (size_t i = 0; i < own->n_pairs; i++)
        *MEM_APPEND(sum->pairs, sum->n_pairs, sum->room_pairs) = own->pairs[i];
    *own = (struct decide_evidence){
        .pairs = own->pairs, .n_pairs = own->n_pairs, .room_pairs = own->room_pairs};
}

void
decide_made_pool(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];
        struct decide_table *root = table->root != NULL ? decide_find(decide, table->root) : NULL;

        if (root != NULL)
            move_evidence(&table->evidence, &root->evidence);
    }
}

void
decide_made_spread(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];
        const struct decide_table *root =
            table->root != NULL ? decide_find(decide, table->root) : NULL;

        if (root == NULL || table->rules->lineage_line != 0)
            continue;
        table->lineage = root->lineage;
        table->lineage_reason = root->lineage_reason;
        table->lineage_why = root->lineage_why;
    }
}

/* ---- the choice */

bool
decide_wants_alone(const struct decide_table *table)
{
    bool by_rule =
        table->rules->identity_line != 0 && table->rules->identity != RULES_IDENTITY_MERGE;

    return table->skip == NULL && table->member != NULL &&
           (by_rule || table->lineage == PLAN_LINEAGE_OTHER);
}

void
decide_made_settle(struct decide_table *table)
{
    if (table->member != NULL && (!decide_wants_alone(table) || table->alone != DECIDE_ALONE))
        table->id = NULL;
}

char *
decide_made_doubt(const struct decide_table *table)
{
    static const char *const doubts[] = {
        [DECIDE_ALONE_UNKNOWN] = "which cannot be replaced there",
        [DECIDE_ALONE] = "which cannot be replaced there",
        [DECIDE_ALONE_REPEATED] =
            "which cannot be replaced, for several live rows have the same one",
        [DECIDE_ALONE_ROUTES] = "which cannot be replaced, for they decide the partition",
    };

    return mem_format("its primary key holds ids that a sequence made, which mean something else "
                      "here, and %s",
        doubts[table->member != NULL ? table->alone : DECIDE_ALONE_UNKNOWN]);
}

const struct decide_table *
decide_made_map(const struct decide *decide, const struct decide_table *table)
{
    const struct decide_table *root =
        table != NULL && table->root != NULL ? decide_find(decide, table->root) : NULL;

    return root != NULL && root->replaces_id ? root : table;
}

void
decide_made_roots(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        const struct decide_table *table = &decide->tables[i];
        struct decide_table *root = table->root != NULL ? decide_find(decide, table->root) : NULL;

        if (root == NULL || table->skip != NULL)
            continue;
        if (!table->replaces_id || table->member == NULL) {
            root->ids_kept = true;
            continue;
        }
        root->id = table->id;
        root->replaces_id = root->targeted = true;
        root->cycle = table->cycle;
        root->skip = mem_string("its rows stand in its partitions");
    }
}
