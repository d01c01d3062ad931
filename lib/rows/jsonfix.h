#ifndef JSONFIX_H
#define JSONFIX_H
/*
 * Ids inside a column of json or jsonb, by the paths of the plan, brought from the backup's ids to
 * the live database's. Pure.
 */
#include "arrayfix.h"
#include "buf.h"
#include "idmap.h"
#include "jsonwalk.h"
#include "plan.h"

/* The ids of one path. */
struct jsonfix_ids {
    char *name; /* the column and its keys, for reasons */
    const char *target;
    enum plan_unresolved unresolved;
    struct idmap *map; /* set by the caller, who owns it; NULL: they stay as they are */
};

struct jsonfix {
    struct jsonfix_ids *ids; /* as the column's paths */
    size_t n;

    /* private */
    const char *column;
    struct jsonwalk_path *paths;
    struct jsonwalk walk;
    struct buf text, rewritten;
    size_t failed, number; /* which path and element */
};

/* For a column with paths; the plan must outlive it. */
void jsonfix_init(struct jsonfix *fix, const struct plan_column *column);
/*
 * `field` is a field of COPY text, or \N. Appends it to `out` as it is to be, except when it is
 * REJECTED; `out` must not hold the field.
 */
enum arrayfix_result jsonfix_field(struct jsonfix *fix, struct slice field, struct buf *out);
/* After REJECTED. Appends "element 2 of COLUMN.KEY has no row of TARGET" or what else was wrong; as
 * arrayfix_reason(). */
const char *jsonfix_sqlstate(const struct jsonfix *fix);
void jsonfix_reason(const struct jsonfix *fix, const struct plan *plan, struct buf *out);
void jsonfix_release(struct jsonfix *fix);

#endif
