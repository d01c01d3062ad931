/*
 * Which ids mean the same row in both databases. Of a table that is merged by its natural key, in
 * one lineage: those that are made once in the world, and those of rows that are alike by columns
 * which tell strangers apart; so a row is found whose key was changed in one of the databases.
 */
#include <string.h>

#include "decide.h"

static bool
is_by_natural_key(const struct decide_table *table)
{
    return table->action == PLAN_MERGE && table->key_why == WHY_UNIQUE_KEY && table->replaces_id &&
           table->member == NULL && table->root == NULL && table->lineage == PLAN_LINEAGE_SAME;
}

void
decide_same_ids(const struct decide_table *table, struct plan_table *planned)
{
    if (table->same_up_to > 0) {
        planned->same_ids = PLAN_SAME_UP_TO;
        planned->same_up_to = table->same_up_to;
    } else if (is_by_natural_key(table) && strcmp(table->id->type, "uuid") == 0) {
        planned->same_ids = PLAN_SAME_ALL;
    } else if (is_by_natural_key(table) && table->same_by.n > 0) {
        planned->same_ids = PLAN_SAME_ALIKE;
        for (size_t i = 0; i < table->same_by.n; i++)
            schema_add_name(&planned->same_by, table->same_by.names[i]);
    }
}
