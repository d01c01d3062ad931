#ifndef ARRAYFIX_H
#define ARRAYFIX_H
/*
 * Arrays of ids, brought from the backup's ids to the live database's. Pure.
 */
#include "arraylit.h"
#include "buf.h"
#include "idmap.h"
#include "plan.h"
#include "slice.h"

enum arrayfix_result {
    ARRAYFIX_KEPT, /* every element maps to itself: the field stays byte for byte */
    ARRAYFIX_CHANGED,
    ARRAYFIX_REJECTED, /* the row cannot be merged; arrayfix_sqlstate(), arrayfix_reason() */
};

struct arrayfix { /* zero-initialise it once, use it for many fields */
    /* private */
    struct arraylit walk;
    struct buf literal, rewritten;
    enum {
        ARRAYFIX_UNRESOLVED,
        ARRAYFIX_UNDROPPABLE,
        ARRAYFIX_MALFORMED,
    } problem;
};

/*
 * `field` is an array of ids as a field of COPY text, or \N. Appends the field to `out` as it is to
 * be, except when it is REJECTED; `out` must not hold the field. NULL elements stay. An element
 * that `map` does not know is treated as `unresolved` says.
 */
enum arrayfix_result arrayfix_field(struct arrayfix *fix, struct slice field, struct idmap *map,
    enum plan_unresolved unresolved, struct buf *out);

/* After REJECTED. Appends "element 17 of COLUMN has no row of TARGET" or what else was wrong; the
 * plan, which may be NULL, says whether TARGET is skipped. */
const char *arrayfix_sqlstate(const struct arrayfix *fix);
void arrayfix_reason(const struct arrayfix *fix, const struct plan *plan, const char *column,
    const char *target, struct buf *out);
void arrayfix_release(struct arrayfix *fix);

#endif
