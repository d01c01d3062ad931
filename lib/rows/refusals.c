#include "refusals.h"

#include <stdlib.h>

#include "copyrow.h"
#include "jsonfix.h"
#include "mem.h"

void
refusals_init(struct refusals *refusals, const struct plan *plan)
{
    *refusals = (struct refusals){.plan = plan};
}

void
refusals_release(struct refusals *refusals)
{
    for (size_t i = 0; refusals->gone != NULL && i < refusals->plan->n_tables; i++)
        idmap_free(refusals->gone[i]);
    free(refusals->gone);
    free(refusals->fields);
    arrayfix_release(&refusals->arrayfix);
    buf_release(&refusals->row);
    buf_release(&refusals->reason);
}

static void
split(struct refusals *refusals, const struct layout *layout, struct slice row)
{
    if (layout->n > refusals->room) {
        refusals->fields = mem_resize(refusals->fields, layout->n, sizeof *refusals->fields);
        refusals->room = layout->n;
    }
    copyrow_split(row, refusals->fields, layout->n);
}

void
refusals_note(struct refusals *refusals, const struct layout *layout, struct slice row)
{
    const struct plan_table *map = plan_map(refusals->plan, layout->table);
    struct idmap **gone;
    struct slice id;

    if (layout->id == LAYOUT_NONE || !plan_is_referenced(refusals->plan, map->name))
        return;
    if (refusals->gone == NULL)
        refusals->gone = mem_alloc((refusals->plan->n_tables + 1) * sizeof *refusals->gone);
    gone = &refusals->gone[map - refusals->plan->tables];
    if (*gone == NULL)
        *gone = idmap_new_without(layout->columns[layout->id]->type);
    split(refusals, layout, row);
    id = refusals->fields[layout->id];
    refusals->some |= idmap_put(*gone, id, id);
}

/* NULL: none of its rows was refused. */
static struct idmap *
gone_of(const struct refusals *refusals, const char *name)
{
    const struct plan_table *table = name != NULL ? plan_find_table(refusals->plan, name) : NULL;

    return table != NULL ? refusals->gone[table - refusals->plan->tables] : NULL;
}

/* The table that the column of this row refers to, or NULL. */
static const char *
target_of(
    const struct refusals *refusals, const struct layout *layout, const struct plan_column *column)
{
    if (column->by == NULL)
        return column->target;
    for (size_t i = 0; i < layout->n; i++)
        for (size_t j = 0; j < column->n_cases; j++)
            if (strcmp(layout->columns[i]->name, column->by) == 0 &&
                column->cases[j].action == PLAN_COLUMN_REFERENCE &&
                slice_is(refusals->fields[i], column->cases[j].value))
                return column->cases[j].target;
    return NULL;
}

static enum arrayfix_result
take_reference(struct refusals *refusals, const struct layout *layout, size_t at)
{
    const struct plan_column *column = layout->columns[at];
    const char *target = target_of(refusals, layout, column);
    struct idmap *gone = gone_of(refusals, target);
    struct slice field = refusals->fields[at], live;

    buf_add_slice(&refusals->row, field);
    if (gone == NULL || copyrow_is_null(field) || idmap_get(gone, field, &live))
        return ARRAYFIX_KEPT;
    buf_add_format(&refusals->reason, "%s %.*s", column->name, (int)field.length, field.data);
    plan_add_no_row(refusals->plan, target, &refusals->reason);
    buf_add_string(&refusals->reason, ": the row that was to get this id was refused");
    return ARRAYFIX_REJECTED;
}

static enum arrayfix_result
take_array(struct refusals *refusals, const struct layout *layout, size_t at)
{
    const struct plan_column *column = layout->columns[at];
    struct idmap *gone = gone_of(refusals, column->target);
    enum arrayfix_result result;

    if (gone == NULL) {
        buf_add_slice(&refusals->row, refusals->fields[at]);
        return ARRAYFIX_KEPT;
    }
    result = arrayfix_field(
        &refusals->arrayfix, refusals->fields[at], gone, column->unresolved, &refusals->row);
    if (result == ARRAYFIX_REJECTED) {
        arrayfix_reason(
            &refusals->arrayfix, refusals->plan, column->name, column->target, &refusals->reason);
        buf_add_string(&refusals->reason, ": the row that was to get this id was refused");
    }
    return result;
}

static enum arrayfix_result
take_json(struct refusals *refusals, const struct layout *layout, size_t at)
{
    struct jsonfix fix = {0};
    enum arrayfix_result result;

    jsonfix_init(&fix, layout->columns[at]);
    for (size_t i = 0; i < fix.n; i++)
        fix.ids[i].map = gone_of(refusals, fix.ids[i].target);
    result = jsonfix_field(&fix, refusals->fields[at], &refusals->row);
    if (result == ARRAYFIX_REJECTED) {
        jsonfix_reason(&fix, refusals->plan, &refusals->reason);
        buf_add_string(&refusals->reason, ": the row that was to get this id was refused");
    }
    jsonfix_release(&fix);
    return result;
}

static enum arrayfix_result
take_field(struct refusals *refusals, const struct layout *layout, size_t at)
{
    const struct plan_column *column = layout->columns[at];

    if (column->n_paths > 0)
        return take_json(refusals, layout, at);
    if (column->action == PLAN_COLUMN_ARRAY)
        return take_array(refusals, layout, at);
    if (column->action == PLAN_COLUMN_REFERENCE)
        return take_reference(refusals, layout, at);
    buf_add_slice(&refusals->row, refusals->fields[at]);
    return ARRAYFIX_KEPT;
}

enum refusals_result
refusals_row(struct refusals *refusals, const struct layout *layout, struct slice row)
{
    enum refusals_result result = REFUSALS_NONE;

    if (!refusals->some || (layout->references.n == 0 && layout->arrays.n == 0))
        return REFUSALS_NONE;
    buf_clear(&refusals->row);
    buf_clear(&refusals->reason);
    split(refusals, layout, row);
    for (size_t i = 0; i < layout->n; i++) {
        if (i > 0)
            buf_add_char(&refusals->row, '\t');
        switch (take_field(refusals, layout, i)) {
        case ARRAYFIX_KEPT:
            break;
        case ARRAYFIX_CHANGED:
            result = REFUSALS_LEFT_OUT;
            break;
        case ARRAYFIX_REJECTED:
            return REFUSALS_REJECTED;
        }
    }
    return result;
}
