/* Rules for all tables: what they say of those that have none of their own. */
#include "decide.h"
#include "mem.h"

static bool
has_rule(const struct rules_table *rules, enum rules_identity identity)
{
    return rules->identity_line != 0 && rules->identity == identity;
}

/* The rows have the column of newest(COLUMN), if there is one; `line` says so. */
static bool
can_count(
    const struct decide *decide, struct decide_table *table, const char *newest, unsigned long line)
{
    if (newest == NULL || schema_has_name(&table->columns, newest))
        return true;
    table->passed_over = mem_format("%s does not count: there is no column %s to be merged",
        rules_reason(decide->rules, line), newest);
    return false;
}

void
decide_default(const struct decide *decide, struct decide_table *table)
{
    const struct rules_table *all = &decide->rules->all;
    struct rules_table *own = mem_alloc(sizeof *own);
    bool appends = has_rule(table->rules, RULES_IDENTITY_APPEND);

    *own = *table->rules;
    if (own->lineage_line == 0) {
        own->lineage_line = all->lineage_line;
        own->lineage = all->lineage;
    }
    if (own->conflict_line == 0 && all->conflict_line != 0 && !appends &&
        can_count(decide, table, all->newest, all->conflict_line)) {
        own->conflict_line = all->conflict_line;
        own->conflict = all->conflict;
        own->newest = all->newest;
    }
    if (own->duplicates_line == 0 && all->duplicates_line != 0 && !appends &&
        can_count(decide, table, all->duplicates_newest, all->duplicates_line)) {
        own->duplicates_line = all->duplicates_line;
        own->duplicates = all->duplicates;
        own->duplicates_newest = all->duplicates_newest;
    }
    table->rules = own;
}
