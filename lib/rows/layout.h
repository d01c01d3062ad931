#ifndef LAYOUT_H
#define LAYOUT_H
/*
 * Where the plan's columns stand in the rows of a stream's block. Positions are indexes into a
 * row's fields. Lives as long as the block: release it at the block's end. The plan must outlive
 * it.
 */
#include "plan.h"
#include "slice.h"
#include "textarray.h"

#define LAYOUT_NONE ((size_t)-1)

struct layout_positions {
    size_t *at;
    size_t n;
};

struct layout {
    const struct plan_table *table;
    const struct plan_column **columns; /* of each field */
    size_t n;
    size_t id;         /* the surrogate key's field, or LAYOUT_NONE */
    bool found_by_key; /* the live rows had the rows' keys when they were found; false at first */
    /* arrays: what array-fixer translates, json with paths too; content: all but the id */
    struct layout_positions key, target, references, arrays, content;
};

/*
 * Fills `layout` for a block whose columns are `names` (bare). False with a malloc'd reason when
 * the plan does not have the table or a column, or the block lacks one that the plan needs.
 */
bool layout_init(struct layout *layout, const struct plan *plan, const char *table,
    char *const *names, size_t n, char **reason);
void layout_release(struct layout *layout);
/* Where the column of that (bare) name stands, or LAYOUT_NONE. */
size_t layout_position(const struct layout *layout, const char *name);
bool layout_is_among(const struct layout_positions *positions, size_t position);
/* The names of the columns at those positions, or of all where `at` is NULL. */
void layout_add_names(
    const struct layout *layout, const struct layout_positions *at, struct textarray *names);
/* Adds the names of the key by which each row was looked up; nothing where rows were found by their
 * ids as well, whose key may be another live row's. */
void layout_add_looked_up(const struct layout *layout, struct textarray *names);

#endif
