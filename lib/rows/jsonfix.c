#include "jsonfix.h"

#include <stdlib.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"

static char *
path_name(const struct plan_column *column, const struct plan_path *path)
{
    struct buf name = {0};

    ident_display(slice_string(column->name), &name);
    if (path->keys.n > 0)
        buf_add_char(&name, '.');
    plan_path_display(path, &name);
    buf_string(&name);
    return name.data;
}

void
jsonfix_init(struct jsonfix *fix, const struct plan_column *column)
{
    *fix = (struct jsonfix){.n = column->n_paths, .column = column->name};
    fix->ids = mem_alloc((fix->n + 1) * sizeof *fix->ids);
    fix->paths = mem_alloc((fix->n + 1) * sizeof *fix->paths);
    for (size_t i = 0; i < fix->n; i++) {
        const struct plan_path *path = &column->paths[i];
        bool is_array = path->action == PLAN_COLUMN_ARRAY;

        fix->paths[i] = (struct jsonwalk_path){.keys = (const char *const *)path->keys.names,
            .n_keys = path->keys.n,
            .what = is_array ? JSONWALK_ELEMENTS : JSONWALK_VALUE};
        fix->ids[i] = (struct jsonfix_ids){.name = path_name(column, path),
            .target = path->target,
            .unresolved = path->unresolved};
    }
}

static enum jsonwalk_verdict
unresolved(struct jsonfix *fix, size_t path, size_t number)
{
    switch (fix->ids[path].unresolved) {
    case PLAN_UNRESOLVED_KEEP:
        return JSONWALK_KEEP;
    case PLAN_UNRESOLVED_NULL:
        return JSONWALK_NULL;
    case PLAN_UNRESOLVED_DROP:
        return number > 0 ? JSONWALK_DROP : JSONWALK_NULL;
    case PLAN_UNRESOLVED_REJECT:
        break;
    }
    fix->failed = path;
    fix->number = number;
    return JSONWALK_STOP;
}

/* A text where ids are numbers is none: it stays. */
static enum jsonwalk_verdict
visit(void *context, size_t path, size_t number, struct slice id, struct slice *by)
{
    struct jsonfix *fix = context;
    struct idmap *map = fix->ids[path].map;

    if (map == NULL || !idmap_fits(map, id))
        return JSONWALK_KEEP;
    if (!idmap_get(map, id, by))
        return unresolved(fix, path, number);
    return slice_equal(*by, id) ? JSONWALK_KEEP : JSONWALK_REPLACE;
}

static enum jsonwalk_result
rewrite(struct jsonfix *fix)
{
    return jsonwalk_rewrite(&fix->walk, buf_slice(&fix->text), fix->paths, fix->n,
        (struct jsonwalk_visitor){visit, fix}, &fix->rewritten);
}

enum arrayfix_result
jsonfix_field(struct jsonfix *fix, struct slice field, struct buf *out)
{
    fix->failed = fix->n;
    if (copyrow_is_null(field)) {
        buf_add_slice(out, field);
        return ARRAYFIX_KEPT;
    }
    buf_clear(&fix->text);
    buf_clear(&fix->rewritten);
    if (!copyrow_unescape(field, &fix->text)) {
        fix->walk.reason = "the field ends in a backslash";
        fix->walk.at = field.length;
        return ARRAYFIX_REJECTED;
    }
    switch (rewrite(fix)) {
    case JSONWALK_KEPT:
        buf_add_slice(out, field);
        return ARRAYFIX_KEPT;
    case JSONWALK_CHANGED:
        copyrow_escape(buf_slice(&fix->rewritten), out);
        return ARRAYFIX_CHANGED;
    default:
        return ARRAYFIX_REJECTED;
    }
}

const char *
jsonfix_sqlstate(const struct jsonfix *fix)
{
    return fix->failed == fix->n ? "22P02" : "23503"; /* manual, Appendix A */
}

void
jsonfix_reason(const struct jsonfix *fix, const struct plan *plan, struct buf *out)
{
    if (fix->failed == fix->n) {
        buf_add_format(out, "%s is no JSON: %s (at byte %zu)", fix->column, fix->walk.reason,
            fix->walk.at + 1);
        return;
    }
    if (fix->number > 0)
        buf_add_format(out, "element %zu of ", fix->number);
    buf_add_string(out, fix->ids[fix->failed].name);
    plan_add_no_row(plan, fix->ids[fix->failed].target, out);
}

void
jsonfix_release(struct jsonfix *fix)
{
    for (size_t i = 0; i < fix->n; i++)
        free(fix->ids[i].name);
    free(fix->ids);
    free(fix->paths);
    jsonwalk_release(&fix->walk);
    buf_release(&fix->text);
    buf_release(&fix->rewritten);
    *fix = (struct jsonfix){0};
}
