#include "planreport.h"

#include "msg.h"

static void
say_tables(const struct plan *plan)
{
    static const char *const actions[] = {"merge", "append:", "skip:"};

    for (size_t i = 0; i < plan->n_tables; i++)
        msg_info("%s: %s %s", plan->tables[i].name, actions[plan->tables[i].action],
            plan->tables[i].reason != NULL ? plan->tables[i].reason : "");
}

/* What the ids mean matters to some table. */
static bool
is_merged(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n_tables; i++)
        if (plan->tables[i].action != PLAN_SKIP)
            return true;
    return false;
}

static void
say_backup(const struct decide *decide)
{
    char *doubt = decide_backup_doubt(decide);

    if (doubt != NULL)
        msg_warning("%s", doubt);
}

static void
say_lineage(const struct decide *decide, const struct plan *plan)
{
    char *doubt = decide_lineage_doubt(decide, plan);

    if (doubt != NULL)
        msg_warning("%s", doubt);
    else if (plan->lineage == PLAN_LINEAGE_UNKNOWN) {
        if (is_merged(plan))
            msg_warning("lineage unknown: %s", plan->lineage_reason);
    } else
        msg_info("lineage %s: %s", plan->lineage == PLAN_LINEAGE_SAME ? "same" : "other",
            plan->lineage_reason);
}

static void
say_doubts(const struct decide *decide, const struct plan *plan)
{
    char *doubt;

    for (size_t i = 0; i < plan->n_tables; i++) {
        if ((doubt = decide_table_doubt(decide, &plan->tables[i])) != NULL)
            msg_warning("%s", doubt);
        for (size_t k = 0; k < plan->tables[i].n_columns; k++) {
            if ((doubt = decide_column_doubt(decide, plan, i, k)) != NULL)
                msg_warning("%s", doubt);
            if ((doubt = decide_column_loss(decide, &plan->tables[i], k)) != NULL)
                msg_warning("%s", doubt);
            if ((doubt = decide_parent_doubt(
                     decide, &plan->tables[i], &plan->tables[i].columns[k])) != NULL)
                msg_warning("%s", doubt);
        }
    }
}

void
planreport_say(const struct decide *decide, const struct plan *plan)
{
    say_tables(plan);
    say_backup(decide);
    say_lineage(decide, plan);
    say_doubts(decide, plan);
}
