/*
 * Ids that a sequence made and that are no primary key by themselves: one column of several, or in
 * a partition. Where ids mean something else they are replaced as others are, if they tell rows
 * apart all the same. The ids of all partitions of a table are those of that table: one lineage,
 * one map.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

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

/* ---- sequences */

static const char *
find_free_sequence(const struct decide *decide, const char *schema, char *name)
{
    char *qualified = ident_qualified(schema, name);
    const struct schema_sequence *sequence = schema_find_sequence(decide->live, qualified);

    free(qualified);
    free(name);
    return sequence != NULL && sequence->owner == NULL ? sequence->name : NULL;
}

/* The names that frameworks give to sequences which they do not tie to the column. */
const char *
decide_made_named_sequence(
    const struct decide *decide, const struct decide_table *table, const char *column)
{
    char *schema, *name;
    const char *found;

    if (!ident_parse_qualified(slice_string(table->name), &schema, &name))
        return NULL;
    found = find_free_sequence(decide, schema, mem_format("%s_%s_seq", name, column));
    if (found == NULL)
        found = find_free_sequence(decide, schema, mem_format("%s_seq", name));
    if (found == NULL)
        found = find_free_sequence(decide, schema, mem_string("hibernate_sequence"));
    free(schema);
    free(name);
    return found;
}

const char *
decide_made_sequence(
    const struct decide *decide, const struct decide_table *table, const char *column)
{
    const struct schema_column *live = schema_find_column(table->live, column);

    if (!number_is_type(live->type) && strncmp(live->type, "numeric", 7) != 0)
        return NULL; /* a text that holds such a number */
    if (live->sequence != NULL || table->id == NULL || strcmp(table->id->name, column) != 0)
        return live->sequence;
    return table->named ? decide_made_named_sequence(decide, table, column) : table->id->sequence;
}

#define AHEAD 1000 /* ids of blocks that an application has taken, and not given yet */

void
decide_made_fits(const struct decide *decide, struct decide_table *table, int64_t greatest)
{
    const char *name = decide_made_sequence(decide, table, table->id->name);
    const struct schema_sequence *sequence =
        name != NULL ? schema_find_sequence(decide->live, name) : NULL;

    if (sequence != NULL && greatest - AHEAD <= sequence->last_value)
        return;
    table->id = NULL;
    table->named = false;
}

/* ---- partitions of one table: their lineage is that of all of them together */

void
decide_evidence_add(struct decide_evidence *sum, const struct decide_evidence *part)
{
    sum->key_pairs += part->key_pairs;
    sum->key_agree += part->key_agree;
    sum->key_later += part->key_later;
    sum->key_taken += part->key_taken;
    sum->key_crossed += part->key_crossed;
    sum->key_shared += part->key_shared;
    sum->key_moved += part->key_moved;
    sum->key_kept += part->key_kept;
    sum->content_pairs += part->content_pairs;
    sum->content_agree += part->content_agree;
    sum->content_chance += part->content_chance;
    sum->content_repeats += part->content_repeats;
    sum->by_references |= part->by_references;
    sum->loose |= part->loose;
    if (part->tells_apart != NULL)
        sum->tells_apart = part->tells_apart;
    for (size_t i = 0; i < part->n_pairs; i++)
        *MEM_APPEND(sum->pairs, sum->n_pairs, sum->room_pairs) = part->pairs[i];
}

/* The counts become the whole table's; the pairs stay the partition's as well. */
void
decide_made_pool(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i], *root;
        struct decide_evidence *own = &table->evidence;

        root = table->root != NULL ? decide_find(decide, table->root) : NULL;
        if (root == NULL || root == table)
            continue;
        decide_evidence_add(&root->evidence, own);
        *own = (struct decide_evidence){
            .pairs = own->pairs, .n_pairs = own->n_pairs, .room_pairs = own->room_pairs};
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

/* One map cannot have ids that are replaced beside such as are not. */
static void
skip_other_ids(struct decide_table *table, const struct decide_table *root)
{
    table->skip_why = WHY_MADE_IDS;
    table->skip = mem_format("its ids are %s, and those of rows that go by way of %s are %s: rules "
                             "must say the same of both",
        table->replaces_id ? "replaced" : "kept", root->name,
        root->replaces_id ? "replaced" : "kept");
}

void
decide_made_roots(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i], *root;

        root = table->root != NULL ? decide_find(decide, table->root) : NULL;
        if (root == NULL || table->skip != NULL)
            continue;
        if (root->partitioned && root->skip == NULL && root->replaces_id != table->replaces_id) {
            skip_other_ids(table, root);
            continue;
        }
        if (!table->replaces_id || table->member == NULL) {
            root->ids_kept = true;
            continue;
        }
        if (root->skip == NULL) /* it has an id of its own */
            continue;
        root->id = table->id;
        root->replaces_id = root->targeted = true;
        root->cycle = table->cycle;
        root->skip = mem_string("its rows stand in its partitions");
    }
}
