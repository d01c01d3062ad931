/*
 * Which ids mean the same row in both databases, though its key was changed in one of them. Where
 * the lineage is the same that is all ids from before the databases parted: up to the last of the
 * sampled rows, in the order of their ids, that is the same, before three that are others, or one
 * that a merge found there, and gave a fresh id.
 */
#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

static bool
is_by_natural_key(const struct decide_table *table)
{
    return table->action == PLAN_MERGE && table->key_why == WHY_UNIQUE_KEY && table->replaces_id &&
           table->member == NULL && table->root == NULL && table->lineage == PLAN_LINEAGE_SAME;
}

/* Of most rows whose key is not there something must be seen, or of most others. */
static bool
is_enough(const struct decide_evidence *beside)
{
    return beside->same_pairs >= DECIDE_ENOUGH && beside->same_vague * 2 <= beside->same_pairs;
}

/* Without evidence beside the key all rows have their keys, or ids that are in one database. */
static int64_t
last_same_id(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence, *beside = &table->beside;

    if (beside->asked)
        return is_enough(beside) ? beside->same_last : 0;
    return own->key_agree >= DECIDE_ENOUGH && own->key_agree == own->key_pairs ? own->key_last : 0;
}

char *
decide_same_text(const char *id, int64_t up_to)
{
    struct buf text = {0};

    ident_display(slice_string(id), &text);
    buf_add_format(&text, " up to %lld", (long long)up_to);
    return mem_string(buf_string(&text));
}

void
decide_same_ids(const struct decide_table *table, struct plan_table *planned)
{
    if (table->same_up_to > 0) {
        planned->same_ids = PLAN_SAME_UP_TO;
        planned->same_up_to = table->same_up_to;
        return;
    }
    if (!is_by_natural_key(table))
        return;
    if (!number_is_type(table->id->type)) { /* made once in the world */
        planned->same_ids = PLAN_SAME_ALL;
        return;
    }
    planned->same_up_to = last_same_id(table);
    if (planned->same_up_to > 0)
        planned->same_ids = PLAN_SAME_UP_TO;
}
