#include "arrayfix.h"

#include "copyrow.h"

#define AHEAD 512 /* bytes of a literal whose ids are fetched together */

/* False when the row has to be rejected. */
static bool
fix_unresolved(struct arrayfix *fix, enum plan_unresolved unresolved)
{
    switch (unresolved) {
    case PLAN_UNRESOLVED_KEEP:
        return true;
    case PLAN_UNRESOLVED_NULL:
        arraylit_null(&fix->walk);
        return true;
    case PLAN_UNRESOLVED_DROP:
        fix->problem = ARRAYFIX_UNDROPPABLE;
        return arraylit_drop(&fix->walk);
    case PLAN_UNRESOLVED_REJECT:
        break;
    }
    fix->problem = ARRAYFIX_UNRESOLVED;
    return false;
}

static bool
fix_element(struct arrayfix *fix, struct idmap *map, enum plan_unresolved unresolved)
{
    struct slice live;

    if (fix->walk.is_null)
        return true;
    if (!idmap_get(map, fix->walk.value, &live))
        return fix_unresolved(fix, unresolved);
    if (!slice_equal(live, fix->walk.value))
        arraylit_replace(&fix->walk, live);
    return true;
}

/* The map's entries are far apart in memory: asked for one by one, each is waited for. */
static size_t
fetch_ahead(const struct arraylit *walk, struct slice literal, const struct idmap *map)
{
    size_t left = literal.length - walk->at, n = left < AHEAD ? left : AHEAD;

    idmap_prefetch(map, slice_make(literal.data + walk->at, n));
    return walk->at + n;
}

/* Writes the literal anew into `out`. */
static enum arrayfix_result
fix_literal(struct arrayfix *fix, struct slice literal, struct idmap *map,
    enum plan_unresolved unresolved, struct buf *out)
{
    size_t before = out->length, fetched;
    enum arraylit_step step;

    arraylit_start(&fix->walk, literal, out);
    fetched = fetch_ahead(&fix->walk, literal, map);
    while ((step = arraylit_next(&fix->walk)) == ARRAYLIT_ELEMENT) {
        if (fix->walk.at >= fetched)
            fetched = fetch_ahead(&fix->walk, literal, map);
        if (!fix_element(fix, map, unresolved)) {
            out->length = before;
            return ARRAYFIX_REJECTED;
        }
    }
    if (step == ARRAYLIT_BAD) {
        fix->problem = ARRAYFIX_MALFORMED;
        return ARRAYFIX_REJECTED;
    }
    return fix->walk.changed ? ARRAYFIX_CHANGED : ARRAYFIX_KEPT;
}

/* As fix_literal() for a field with escapes. */
static enum arrayfix_result
fix_escaped(struct arrayfix *fix, struct slice field, struct idmap *map,
    enum plan_unresolved unresolved, struct buf *out)
{
    enum arrayfix_result result;

    buf_clear(&fix->literal);
    buf_clear(&fix->rewritten);
    if (!copyrow_unescape(field, &fix->literal)) {
        fix->problem = ARRAYFIX_MALFORMED;
        fix->walk.reason = "the field ends in a backslash";
        fix->walk.at = field.length;
        return ARRAYFIX_REJECTED;
    }
    result = fix_literal(fix, buf_slice(&fix->literal), map, unresolved, &fix->rewritten);
    if (result == ARRAYFIX_CHANGED)
        copyrow_escape(buf_slice(&fix->rewritten), out);
    else if (result == ARRAYFIX_KEPT)
        buf_add_slice(out, field);
    return result;
}

/* True when a value could not stand in a row as it is: it has a backslash or a control character.
 */
static bool
needs_escapes(struct slice value)
{
    for (size_t i = 0; i < value.length; i++)
        if (value.data[i] == '\\' || (unsigned char)value.data[i] < ' ')
            return true;
    return false;
}

enum arrayfix_result
arrayfix_field(struct arrayfix *fix, struct slice field, struct idmap *map,
    enum plan_unresolved unresolved, struct buf *out)
{
    size_t before = out->length;
    enum arrayfix_result result;

    if (copyrow_is_null(field)) {
        buf_add_slice(out, field);
        return ARRAYFIX_KEPT;
    }
    if (field.length > 0 && memchr(field.data, '\\', field.length) != NULL)
        return fix_escaped(fix, field, map, unresolved, out);
    /* Most often the field is its own value, before and after. */
    result = fix_literal(fix, field, map, unresolved, out);
    if (result == ARRAYFIX_CHANGED &&
        needs_escapes(slice_make(out->data + before, out->length - before))) {
        out->length = before;
        result = fix_escaped(fix, field, map, unresolved, out);
    }
    return result;
}

const char *
arrayfix_sqlstate(const struct arrayfix *fix)
{
    return fix->problem == ARRAYFIX_MALFORMED ? "22P02" : "23503"; /* manual, Appendix A */
}

void
arrayfix_reason(const struct arrayfix *fix, const struct plan *plan, const char *column,
    const char *target, struct buf *out)
{
    if (fix->problem == ARRAYFIX_MALFORMED) {
        buf_add_format(out, "%s is not an array: %s (at byte %zu)", column, fix->walk.reason,
            fix->walk.at + 1);
        return;
    }
    buf_add_format(out, "element %zu of %s", fix->walk.number, column);
    if (fix->problem == ARRAYFIX_UNDROPPABLE)
        buf_add_string(out, " cannot be dropped from an array of several dimensions, and");
    plan_add_no_row(plan, target, out);
}

void
arrayfix_release(struct arrayfix *fix)
{
    arraylit_release(&fix->walk);
    buf_release(&fix->literal);
    buf_release(&fix->rewritten);
}
