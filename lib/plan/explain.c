#include "explain.h"

#include <string.h>

#include "ident.h"
#include "why.h"

/* ---- a table in one line */

static void
add_table(const struct plan_table *table, struct buf *out)
{
    static const char *const actions[] = {"merge", "append:", "skip:"};

    buf_add_format(out, "%s: %s %s", table->name, actions[table->action],
        table->reason != NULL ? table->reason : "no reason is given");
    if (table->rows >= 0)
        buf_add_format(out, "; %lld row%s", (long long)table->rows, table->rows == 1 ? "" : "s");
    buf_add_char(out, '\n');
}

/* ---- columns */

static void
start_column(const struct plan_column *column, const struct schema_names *keys, struct buf *out)
{
    buf_add_string(out, "    ");
    ident_display(slice_string(column->name), out);
    for (size_t i = 0; keys != NULL && i < keys->n; i++) {
        buf_add_char(out, '.');
        ident_display(slice_string(keys->names[i]), out);
    }
    buf_add_string(out, ": ");
}

static void
add_unresolved(enum plan_unresolved unresolved, struct buf *out)
{
    static const char *const words[] = {
        "stays as it is", "becomes null", "is dropped", "rejects its row"};

    buf_add_format(out, "; one whose row is not there %s", words[unresolved]);
}

static void
end_column(const char *reason, struct buf *out)
{
    if (reason != NULL)
        buf_add_format(out, " (%s)", reason);
    buf_add_char(out, '\n');
}

static void
add_cases(const struct plan_column *column, struct buf *out)
{
    buf_add_string(out, "an id of the table that ");
    ident_display(slice_string(column->by), out);
    buf_add_string(out, " names:");
    for (size_t i = 0; i < column->n_cases; i++) {
        const struct plan_case *branch = &column->cases[i];

        buf_add_format(out, "%s %s of %s%s", i > 0 ? "," : "", branch->value, branch->target,
            branch->action == PLAN_COLUMN_SET ? " (kept)" : "");
    }
    add_unresolved(column->unresolved, out);
}

static void
add_paths(const struct plan_column *column, struct buf *out)
{
    for (size_t i = 0; i < column->n_paths; i++) {
        const struct plan_path *path = &column->paths[i];

        start_column(column, &path->keys, out);
        buf_add_format(out, "%s of %s in json",
            path->action == PLAN_COLUMN_ARRAY ? "an array of ids" : "an id", path->target);
        add_unresolved(path->unresolved, out);
        end_column(path->reason, out);
    }
}

/* What happens to it, or false: it is taken as it is. */
static bool
add_action(const struct plan_column *column, struct buf *out)
{
    size_t before = out->length;

    if (column->action == PLAN_COLUMN_SET && column->reason == NULL && column->backup == NULL)
        return false;
    start_column(column, NULL, out);
    if (column->backup != NULL)
        buf_add_format(out, "%s in the backup; ", column->backup);
    if (column->action == PLAN_COLUMN_SKIP)
        buf_add_string(out, "left out");
    else if (column->action == PLAN_COLUMN_ID)
        buf_add_string(out, "the surrogate id");
    else if (column->by != NULL)
        add_cases(column, out);
    else if (column->action == PLAN_COLUMN_SET)
        buf_add_string(out, "taken as it is");
    else
        buf_add_format(out, "%s of %s",
            column->action == PLAN_COLUMN_ARRAY ? "an array of ids" : "an id", column->target);
    if (column->by == NULL && column->target != NULL &&
        (column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY))
        add_unresolved(column->unresolved, out);
    return out->length > before;
}

/* ---- rules */

struct hint {
    enum why_code code;
    const char *what, *rule; /* the rule: behind the table's name */
};

/* What a decision makes worth saying of this table and not of any. */
static const struct hint hints[] = {
    {WHY_NO_LIVE_COLUMN, "merge it without the column", ".COLUMN skip"},
    {WHY_NO_LIVE_COLUMN, "the column has another name now", ".COLUMN renamed-to COLUMN"},
    {WHY_NO_LIVE_TABLE, "the table has another name now", " renamed-to TABLE"},
    {WHY_TYPE_DIFFERS, "try to convert, and reject what does not", " merge"},
    {WHY_TYPE_DIFFERS, "merge it without the column", ".COLUMN skip"},
    {WHY_MADE_IDS, "other columns tell its rows apart", " key COLUMN, ..."},
    {WHY_FORKED, "columns that tell its rows apart", " key COLUMN, ..."},
    {WHY_FORKED, "keep both rows of an id", " append"},
    {WHY_FORKED, "the backup's row of an id wins", " merge"},
    {WHY_FORKED, "live rows win, or get what they lack", " conflict keep | fill"},
    {WHY_KEY_MOVED, "columns that tell its rows apart after all", " key COLUMN, ..."},
    {WHY_ID_ONLY, "columns that tell its rows apart", " key COLUMN, ..."},
    {WHY_NO_KEY, "columns that tell its rows apart", " key COLUMN, ..."},
    {WHY_ID_ONLY, "its ids mean the same", " lineage same"},
};

static void
add_hint(const char *table, const char *what, const char *rule, struct buf *out)
{
    buf_add_format(out, "    # %s: %s%s\n", what, table, rule);
}

static void
add_rules(const struct plan_table *table, struct buf *out)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (why_has(table->why, hints[i].code))
            add_hint(table->name, hints[i].what, hints[i].rule, out);
}

/* What some table of the plan makes worth saying of any. */
struct general {
    bool taken, keyed, matched, updated;
};

static void
note_general(struct general *general, const struct plan_table *table)
{
    if (table->action == PLAN_SKIP)
        return;
    general->taken = true;
    general->keyed |= why_has(table->why, WHY_UNIQUE_KEY) || why_has(table->why, WHY_PRIMARY_KEY);
    general->matched |= why_has(table->why, WHY_PAIRS) || why_has(table->why, WHY_CONTENT) ||
                        why_has(table->why, WHY_OTHER_TABLES) ||
                        why_has(table->why, WHY_NO_EVIDENCE);
    general->updated |= table->action == PLAN_MERGE && table->conflict == PLAN_CONFLICT_UPDATE;
}

static void
add_general(const struct general *general, struct buf *out)
{
    if (!general->taken)
        return;
    buf_add_string(out, "rules for any table:\n");
    if (general->keyed) {
        add_hint("TABLE", "other columns tell its rows apart", " key COLUMN, ...", out);
        add_hint("TABLE", "add every row that is not there as a whole", " append", out);
    }
    if (general->matched)
        add_hint("TABLE", "its ids mean the same, or something else, after all",
            " lineage same | other", out);
    if (general->updated)
        add_hint("TABLE", "live rows win, get what they lack, or the newer row wins",
            " conflict keep | fill | newest(COLUMN)", out);
    add_hint("TABLE", "leave it out", " skip", out);
    add_hint("TABLE", "leave a column out", ".COLUMN skip", out);
}

void
explain_plan(const struct plan *plan, struct buf *out)
{
    static const char *const lineages[] = {"unknown", "same", "other"};
    struct general general = {0};

    buf_add_format(out, "lineage: %s%s%s\n", lineages[plan->lineage],
        plan->lineage_reason != NULL ? ", " : "",
        plan->lineage_reason != NULL ? plan->lineage_reason : "");
    for (size_t i = 0; i < plan->n_tables; i++) {
        const struct plan_table *table = &plan->tables[i];

        add_table(table, out);
        for (size_t k = 0; k < table->n_columns; k++) {
            if (add_action(&table->columns[k], out))
                end_column(table->columns[k].reason, out);
            add_paths(&table->columns[k], out);
        }
        add_rules(table, out);
        note_general(&general, table);
    }
    add_general(&general, out);
}
