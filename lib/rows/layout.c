#include "layout.h"

#include <stdlib.h>

#include "mem.h"

static void
add(struct layout_positions *positions, size_t at)
{
    positions->at = mem_resize(positions->at, positions->n + 1, sizeof *positions->at);
    positions->at[positions->n++] = at;
}

size_t
layout_position(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->n; i++)
        if (strcmp(layout->columns[i]->name, name) == 0)
            return i;
    return LAYOUT_NONE;
}

bool
layout_is_among(const struct layout_positions *positions, size_t position)
{
    for (size_t i = 0; i < positions->n; i++)
        if (positions->at[i] == position)
            return true;
    return false;
}

void
layout_add_names(
    const struct layout *layout, const struct layout_positions *at, struct textarray *names)
{
    size_t n = at != NULL ? at->n : layout->n;

    for (size_t i = 0; i < n; i++)
        textarray_add_name(names, layout->columns[at != NULL ? at->at[i] : i]->name);
}

void
layout_add_looked_up(const struct layout *layout, struct textarray *names)
{
    if (layout->table->same_ids == PLAN_SAME_NONE || plan_ends_behind(layout->table))
        layout_add_names(layout, &layout->key, names);
}

static bool
add_named(
    struct layout *layout, struct layout_positions *positions, const char *name, char **reason)
{
    size_t at = layout_position(layout, name);

    if (at != LAYOUT_NONE) {
        add(positions, at);
        return true;
    }
    *reason = mem_format(
        "the rows of %s lack the column %s that the plan needs", layout->table->name, name);
    return false;
}

static bool
add_all(struct layout *layout, struct layout_positions *positions, char *const *names, size_t n,
    char **reason)
{
    for (size_t i = 0; i < n; i++)
        if (!add_named(layout, positions, names[i], reason))
            return false;
    return true;
}

static bool
place_column(struct layout *layout, size_t at, const char *name, char **reason)
{
    const struct plan_column *column = plan_find_column(layout->table, name);

    if (column == NULL || column->action == PLAN_COLUMN_SKIP) {
        *reason = mem_format("the rows of %s have the column %s, which the plan %s",
            layout->table->name, name, column == NULL ? "does not know" : "skips");
        return false;
    }
    layout->columns[at] = column;
    if (column->action == PLAN_COLUMN_ID)
        layout->id = at;
    else
        add(&layout->content, at);
    if (column->action == PLAN_COLUMN_REFERENCE)
        add(&layout->references, at);
    if (column->action == PLAN_COLUMN_ARRAY || column->n_paths > 0)
        add(&layout->arrays, at);
    return true;
}

bool
layout_init(struct layout *layout, const struct plan *plan, const char *table, char *const *names,
    size_t n, char **reason)
{
    char **target;
    size_t n_target;

    *layout = (struct layout){.id = LAYOUT_NONE, .n = n};
    layout->table = plan_find_table(plan, table);
    if (layout->table == NULL || layout->table->action == PLAN_SKIP) {
        *reason = mem_format("the stream has rows of %s, which the plan %s", table,
            layout->table == NULL ? "does not know" : "skips");
        return false;
    }
    layout->columns = mem_alloc((n + 1) * sizeof *layout->columns);
    for (size_t i = 0; i < n; i++)
        if (!place_column(layout, i, names[i], reason))
            return false;
    n_target = plan_target(layout->table, &target);
    return add_all(layout, &layout->key, layout->table->key.names, layout->table->key.n, reason) &&
           add_all(layout, &layout->target, target, n_target, reason);
}

void
layout_release(struct layout *layout)
{
    free(layout->columns);
    free(layout->key.at);
    free(layout->target.at);
    free(layout->references.at);
    free(layout->arrays.at);
    free(layout->content.at);
    *layout = (struct layout){.id = LAYOUT_NONE};
}
