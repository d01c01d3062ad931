/* What happens to each column. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "convert.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

static void
because(struct plan_column *planned, enum why_code code, char *text)
{
    decide_because(&planned->why, &planned->reason, code, text);
}

static char *
sequence_of(const struct decide *decide, const struct decide_table *table, const char *column)
{
    const char *sequence = decide_made_sequence(decide, table, column);

    return sequence != NULL ? mem_string(sequence) : NULL;
}

static void
decide_set(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    planned->action = PLAN_COLUMN_SET;
    planned->target = sequence_of(decide, table, planned->name);
}

static void
decide_conflict(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    const struct rules_column *rule = rules_column(table->rules, planned->name);

    if (rule->conflict_line != 0) {
        planned->newest = rule->newest;
        planned->conflict = rule->conflict;
        because(planned, WHY_RULE, rules_reason(decide->rules, rule->conflict_line));
    }
}

/* The server takes a value for it in an INSERT, but in no UPDATE. */
static void
decide_identity(const struct decide_table *table, struct plan_column *planned)
{
    const struct schema_column *live = schema_find_column(table->live, planned->name);

    if (live->identity != SCHEMA_IDENTITY_ALWAYS || table->action != PLAN_MERGE ||
        schema_has_name(table->merge_key, planned->name))
        return;
    planned->conflict = PLAN_CONFLICT_KEEP;
    because(
        planned, WHY_GENERATED, mem_string("GENERATED ALWAYS AS IDENTITY: live rows keep theirs"));
}

static void
decide_id(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    planned->action = PLAN_COLUMN_ID;
    planned->member = table->member != NULL;
    planned->target = sequence_of(decide, table, planned->name);
    because(planned, WHY_ID,
        mem_string(table->lineage == PLAN_LINEAGE_OTHER && table->same_up_to == 0 &&
                           number_is_type(table->id->type)
                       ? "the live row's id; new rows get fresh ones"
                       : "the live row's id; new rows keep theirs when it is free"));
}

static void
note_type(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    const struct schema_column *from = schema_find_column(table->backup, planned->name);
    char *loss;

    if (from != NULL &&
        convert_check(decide->backup, from->type, decide->live, planned->type) != CONVERT_SAME) {
        planned->converted = true;
        planned->zoned =
            convert_drops_zone(decide->backup, from->type, decide->live, planned->type);
        loss = convert_loss(decide->backup, from->type, decide->live, planned->type);
        because(planned, WHY_CONVERTED,
            mem_format("%s in the backup%s%s", from->type, loss != NULL ? "; values " : "",
                loss != NULL ? loss : ""));
        free(loss);
    }
}

static void
decide_merged(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    if (table->replaces_id && strcmp(table->id->name, planned->name) == 0) {
        decide_id(decide, table, planned);
    } else {
        if (!decide_ids(decide, table, planned))
            decide_set(decide, table, planned);
        decide_conflict(decide, table, planned);
        decide_identity(table, planned);
    }
    note_type(decide, table, planned);
}

static void
decide_name(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned)
{
    const char *backup = rules_backup_column(decide->rules, table->name, planned->name);

    if (backup == NULL)
        return;
    planned->backup = mem_string(backup);
    why_add(&planned->why, WHY_RENAMED);
}

void
decide_column_all(
    const struct decide *decide, const struct decide_table *table, struct plan_table *planned)
{
    for (size_t i = 0; i < table->source.n; i++) {
        const char *name = table->source.names[i];
        const struct schema_column *live = schema_find_column(table->live, name);
        const struct rules_column *rule = rules_column(table->rules, name);
        struct plan_column *column = plan_add_column(planned, name);

        column->type = live != NULL ? mem_string(live->type) : NULL;
        decide_name(decide, table, column);
        if (schema_has_name(&table->columns, name)) {
            decide_merged(decide, table, column);
            continue;
        }
        column->action = PLAN_COLUMN_SKIP;
        if (rule->skip_line != 0)
            because(column, WHY_RULE, rules_reason(decide->rules, rule->skip_line));
        else
            because(column, WHY_GENERATED, mem_string("generated in the live database"));
    }
}

/* ---- doubts */

static bool
ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length > tail && strcmp(text + length - tail, end) == 0;
}

/* An array of integers, or an integer with a name such as user_id or userId. */
static bool
looks_like_ids(const struct plan_column *column, bool *is_array)
{
    static const char *const arrays[] = {"smallint[]", "integer[]", "bigint[]"};

    *is_array = false;
    if (column->action != PLAN_COLUMN_SET || column->type == NULL || column->reason != NULL)
        return false;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        if (strcmp(column->type, arrays[i]) == 0)
            *is_array = true;
    return *is_array || (number_is_type(column->type) && column->target == NULL &&
                            (ends_with(column->name, "_id") || ends_with(column->name, "Id")));
}

/* Where the lineage is the same: rows that get other ids, since theirs are taken, or got them. */
static bool
parts(const struct decide_table *table)
{
    return table->replaces_id && number_is_type(table->id->type) &&
           decide_has_parted(&table->evidence);
}

bool
decide_some_ids_differ(const struct decide *decide, const struct plan *plan)
{
    if (plan->lineage == PLAN_LINEAGE_OTHER)
        return true;
    for (size_t i = 0; i < plan->n_tables; i++)
        if (plan->tables[i].action != PLAN_SKIP && plan->tables[i].lineage == PLAN_LINEAGE_OTHER)
            return true;
    for (size_t i = 0; i < decide->n_tables; i++)
        if (parts(&decide->tables[i]))
            return true;
    return false;
}

char *
decide_column_doubt(
    const struct decide *decide, const struct plan *plan, size_t table, size_t column)
{
    const struct plan_table *planned = &plan->tables[table];
    const struct plan_column *doubtful = &planned->columns[column];
    struct buf name = {0};
    char *text;
    bool is_array;

    if (planned->action == PLAN_SKIP || !looks_like_ids(doubtful, &is_array) ||
        !decide_some_ids_differ(decide, plan))
        return NULL;
    buf_add_format(&name, "%s.", planned->name);
    ident_display(slice_string(doubtful->name), &name);
    text = mem_format("%s: %s is merged as it is; if it holds ids of a table, say so by rule: "
                      "%s %s TABLE; if not: %s no-ids",
        buf_string(&name), doubtful->type, buf_string(&name), is_array ? "array-of" : "refers-to",
        buf_string(&name));
    buf_release(&name);
    return text;
}

char *
decide_column_loss(const struct decide *decide, const struct plan_table *planned, size_t column)
{
    const struct decide_table *table = decide_find(decide, planned->name);
    const struct plan_column *converted = &planned->columns[column];
    const struct schema_column *from;
    struct buf name = {0};
    char *loss, *text;

    if (planned->action == PLAN_SKIP || !converted->converted || table == NULL)
        return NULL;
    from = schema_find_column(table->backup, converted->name);
    loss = convert_loss(decide->backup, from->type, decide->live, converted->type);
    if (loss == NULL)
        return NULL;
    buf_add_format(&name, "%s.", planned->name);
    ident_display(slice_string(converted->name), &name);
    text = mem_format("%s: its values %s: it is %s in the backup, %s in the live database",
        buf_string(&name), loss, from->type, converted->type);
    buf_release(&name);
    free(loss);
    return text;
}
