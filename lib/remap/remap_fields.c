/*
 * The part of remap.h that makes the fields of one row the live database's: references by the maps
 * of the tables before, arrays and json as array-fixer will make them.
 */
#include "remap.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "mem.h"

enum remap_state
remap_reject_because(struct remap_block *block, const char *sqlstate, const char *reason)
{
    block->sqlstate = sqlstate;
    buf_clear(&block->reason);
    buf_add_string(&block->reason, reason);
    return REMAP_REJECTED;
}

/* The id has no row: what the plan says of such ids. */
static enum remap_state
unresolved(struct remap_block *block, size_t at, const struct plan_table *target)
{
    const struct plan_column *column = block->layout.columns[at];
    /* Then the live row of that id is a stranger. */
    bool rejected = remap_is_gone(block->remap, target, block->fields[at]);

    if (block->cycle != 0 && target->cycle == block->cycle) {
        block->waiting[at] = true;
        return REMAP_WAITS;
    }
    if (column->unresolved == PLAN_UNRESOLVED_REJECT || rejected) {
        buf_clear(&block->reason);
        buf_add_format(&block->reason, "%s %.*s", column->name, (int)block->fields[at].length,
            block->fields[at].data);
        plan_add_no_row(block->remap->plan, target->name, &block->reason);
        if (rejected)
            buf_add_string(&block->reason, ": that row was rejected");
        else if (target->cycle != 0 && target->cycle == block->layout.table->cycle)
            buf_add_string(&block->reason, ", or one that is only known by this row in turn");
        block->sqlstate = "23503";
        return REMAP_REJECTED;
    }
    if (column->unresolved == PLAN_UNRESOLVED_NULL)
        block->fields[at] = COPYROW_NULL;
    return REMAP_KNOWN;
}

struct idmap *
remap_map_at(const struct remap_block *block, size_t at)
{
    const struct plan_table *target = block->targets[at];

    return target != NULL ? block->remap->maps[target - block->remap->plan->tables] : NULL;
}

static enum remap_state
translate_by(struct remap_block *block, size_t at, const struct plan_table *target)
{
    struct idmap *map = block->remap->maps[target - block->remap->plan->tables];
    struct slice live;

    if (map == NULL || remap_is_taken_back(block, target, block->fields[at]) ||
        !idmap_get(map, block->fields[at], &live)) {
        bool itself = target == &block->remap->plan->tables[block->map] &&
                      slice_equal(block->fields[at], block->old_id);

        block->identity.itself[at] = itself;
        return itself ? REMAP_KNOWN : unresolved(block, at, target);
    }
    buf_clear(&block->values[at]);
    buf_add_slice(&block->values[at], live);
    block->fields[at] = buf_slice(&block->values[at]);
    return REMAP_KNOWN;
}

/* The field of another column of the row; it is planned, or the plan would not name it. */
static struct slice
field_of(const struct remap_block *block, const char *name)
{
    size_t at = layout_position(&block->layout, name);

    return at != LAYOUT_NONE ? block->fields[at] : COPYROW_NULL;
}

/* True when the field's value is the text. */
static bool
field_is(struct remap_block *block, struct slice field, const char *text)
{
    if (memchr(field.data, '\\', field.length) == NULL)
        return slice_is(field, text);
    buf_clear(&block->line);
    return !copyrow_is_null(field) && copyrow_unescape(field, &block->line) &&
           slice_is(buf_slice(&block->line), text);
}

static bool
is_live_id(const struct remap_block *block, const char *name)
{
    return plan_find_column(block->layout.table, name)->action == PLAN_COLUMN_REFERENCE;
}

/* Another column says whose id it is; where that is an id itself it has been translated. */
static enum remap_state
translate_case(struct remap_block *block, size_t at)
{
    const struct plan_column *column = block->layout.columns[at];
    struct slice by = field_of(block, column->by);

    for (size_t i = 0; i < column->n_cases; i++) {
        const struct plan_case *branch = &column->cases[i];

        if (field_is(block, by, branch->value))
            return branch->action == PLAN_COLUMN_REFERENCE
                       ? translate_by(
                             block, at, plan_find_table(block->remap->plan, branch->target))
                       : REMAP_KNOWN;
    }
    if (column->unresolved == PLAN_UNRESOLVED_NULL)
        block->fields[at] = COPYROW_NULL;
    if (column->unresolved != PLAN_UNRESOLVED_REJECT)
        return REMAP_KNOWN;
    buf_clear(&block->reason);
    buf_add_format(&block->reason, "%s %.*s: no rule says whose id it is where %s is %.*s%s",
        column->name, (int)block->fields[at].length, block->fields[at].data, column->by,
        (int)by.length, by.data,
        is_live_id(block, column->by) ? " (the id in the live database)" : "");
    block->sqlstate = "23503";
    return REMAP_REJECTED;
}

static enum remap_state
translate(struct remap_block *block, size_t at)
{
    const struct plan_column *column = block->layout.columns[at];

    if (copyrow_is_null(block->fields[at]))
        return REMAP_KNOWN;
    return column->target != NULL ? translate_by(block, at, block->targets[at])
                                  : translate_case(block, at);
}

/* Those whose target another column names, or all others. */
static enum remap_state
translate_those(struct remap_block *block, bool cases)
{
    const struct layout *layout = &block->layout;
    enum remap_state worst = REMAP_KNOWN;

    for (size_t i = 0; i < layout->references.n; i++) {
        size_t at = layout->references.at[i];
        enum remap_state state;

        if ((layout->columns[at]->by != NULL) != cases)
            continue;
        state = translate(block, at);
        if (state == REMAP_REJECTED)
            return state;
        if (state == REMAP_WAITS)
            worst = state;
    }
    return worst;
}

enum remap_state
remap_prepare(struct remap_block *block, struct slice row)
{
    const struct layout *layout = &block->layout;
    size_t n = copyrow_split(row, block->fields, layout->n);
    enum remap_state plain, cases;

    block->row = row;
    block->old_id = slice_make("", 0);
    memset(block->waiting, 0, layout->n);
    memset(block->identity.itself, 0, layout->n);
    /* a table without columns has empty rows */
    if (n != layout->n && !(layout->n == 0 && row.length == 0))
        return remap_reject_because(
            block, "22P04", "the row has another number of fields than columns");
    if (layout->id != LAYOUT_NONE)
        block->old_id = block->fields[layout->id];
    plain = translate_those(block, false);
    if (plain == REMAP_REJECTED)
        return plain;
    cases = translate_those(block, true);
    return cases == REMAP_KNOWN ? plain : cases;
}

/* Ids of the table are not all known yet: it is of the cycle that is being identified. */
static bool
is_waited_for(const struct remap_block *block, const struct plan_table *target)
{
    return block->cycle != 0 && target->cycle == block->cycle;
}

/* Its rows may not be merged: then no id of the backup means anything here. */
static struct idmap *
map_for(struct remap_block *block, const struct plan_table *target, const char *type,
    enum plan_unresolved rule)
{
    struct idmap **map = &block->remap->maps[target - block->remap->plan->tables];

    if (*map == NULL && rule != PLAN_UNRESOLVED_KEEP)
        *map = idmap_new(type);
    return *map;
}

static enum remap_state
fix_array(struct remap_block *block, size_t at)
{
    const struct plan_column *column = block->layout.columns[at];
    const struct plan_table *target = block->targets[at];
    bool waits = is_waited_for(block, target);
    enum plan_unresolved rule = waits ? PLAN_UNRESOLVED_REJECT : column->unresolved;
    struct idmap *map = map_for(block, target, column->type, rule);

    if (map == NULL) {
        buf_add_slice(&block->values[at], block->fields[at]);
        return REMAP_KNOWN;
    }
    if (arrayfix_field(&block->arrayfix, block->fields[at], map, rule, &block->values[at]) !=
        ARRAYFIX_REJECTED)
        return REMAP_KNOWN;
    block->sqlstate = arrayfix_sqlstate(&block->arrayfix);
    buf_clear(&block->reason);
    arrayfix_reason(
        &block->arrayfix, block->remap->plan, column->name, column->target, &block->reason);
    return waits && strcmp(block->sqlstate, "23503") == 0 ? REMAP_WAITS : REMAP_REJECTED;
}

static enum remap_state
fix_json(struct remap_block *block, size_t at)
{
    const struct plan_column *column = block->layout.columns[at];
    struct jsonfix *fix = &block->jsonfixes[at];
    bool waits = false;

    if (fix->n == 0)
        jsonfix_init(fix, column);
    for (size_t i = 0; i < fix->n; i++) {
        struct jsonfix_ids *ids = &fix->ids[i];
        const struct plan_table *target = plan_find_table(block->remap->plan, ids->target);
        bool path_waits = is_waited_for(block, target);

        ids->unresolved = path_waits ? PLAN_UNRESOLVED_REJECT : column->paths[i].unresolved;
        ids->map = map_for(block, target, "text", ids->unresolved);
        waits |= path_waits;
    }
    if (jsonfix_field(fix, block->fields[at], &block->values[at]) != ARRAYFIX_REJECTED)
        return REMAP_KNOWN;
    block->sqlstate = jsonfix_sqlstate(fix);
    buf_clear(&block->reason);
    jsonfix_reason(fix, block->remap->plan, &block->reason);
    return waits && strcmp(block->sqlstate, "23503") == 0 ? REMAP_WAITS : REMAP_REJECTED;
}

/* The fields are those that remap_content() made. */
static bool
is_made(const struct remap_block *block)
{
    const struct layout_positions *arrays = &block->layout.arrays;

    return arrays->n > 0 && block->fields[arrays->at[0]].data == block->values[arrays->at[0]].data;
}

enum remap_state
remap_content(struct remap_block *block)
{
    const struct layout_positions *arrays = &block->layout.arrays;

    if (is_made(block))
        remap_restore_arrays(block);
    for (size_t i = 0; i < arrays->n; i++) {
        size_t at = arrays->at[i];
        enum remap_state state;

        buf_clear(&block->values[at]);
        state = block->layout.columns[at]->n_paths > 0 ? fix_json(block, at) : fix_array(block, at);
        if (state != REMAP_KNOWN)
            return state;
        block->fields[at] = buf_slice(&block->values[at]);
    }
    return REMAP_KNOWN;
}

/* Arrays go out as they came: array-fixer, who has the same maps, makes them new. */
void
remap_restore_arrays(struct remap_block *block)
{
    struct slice came[STREAM_MAX_COLUMNS];
    const struct layout_positions *arrays = &block->layout.arrays;

    if (arrays->n == 0)
        return;
    copyrow_split(block->row, came, STREAM_MAX_COLUMNS);
    for (size_t i = 0; i < arrays->n; i++)
        block->fields[arrays->at[i]] = came[arrays->at[i]];
}
