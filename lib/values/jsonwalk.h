#ifndef JSONWALK_H
#define JSONWALK_H
/*
 * Ids inside a JSON text (RFC 8259): found by the keys of objects, one in the other, and written
 * anew. What is not replaced stays byte for byte: blanks, the order of keys, keys that come twice,
 * numbers of any length. Of an array on the way the keys behind it are looked for in each object.
 * Pure.
 *
 * An id is an integer (its literal, however long) or a string (its value). Whatever else stands at
 * a path stays as it is.
 */
#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "slice.h"

enum jsonwalk_what {
    JSONWALK_VALUE,    /* the value at the path, an id */
    JSONWALK_ELEMENTS, /* those of the array at the path */
};

struct jsonwalk_path {
    const char *const *keys; /* none: the text's value itself */
    size_t n_keys;
    enum jsonwalk_what what;
};

enum jsonwalk_verdict {
    JSONWALK_KEEP,
    JSONWALK_REPLACE, /* by the slice; a number stays one where that is an integer */
    JSONWALK_NULL,
    JSONWALK_DROP, /* of ELEMENTS alone */
    JSONWALK_STOP,
};

/* Asked about every id. `number` counts the elements from 1; it is 0 for a VALUE. */
struct jsonwalk_visitor {
    enum jsonwalk_verdict (*visit)(
        void *context, size_t path, size_t number, struct slice id, struct slice *by);
    void *context;
};

enum jsonwalk_result { JSONWALK_KEPT, JSONWALK_CHANGED, JSONWALK_STOPPED, JSONWALK_BAD };

struct jsonwalk {       /* zero-initialise it once, use it for many texts */
    const char *reason; /* BAD: why, a static text */
    size_t at;          /* BAD: the position in bytes, from 0 */

    /* private */
    struct slice text;
    const struct jsonwalk_path *paths;
    size_t n_paths, copied;
    size_t *matched, room; /* level by level: how many keys of each path led there */
    struct jsonwalk_visitor visitor;
    struct buf *out, string;
    bool changed, stopped;
};

/* CHANGED appends the new text to `out`; any other result leaves it as it was. */
enum jsonwalk_result jsonwalk_rewrite(struct jsonwalk *walk, struct slice text,
    const struct jsonwalk_path *paths, size_t n_paths, struct jsonwalk_visitor visitor,
    struct buf *out);
/* Appends a string in quotes, escaped as PostgreSQL's jsonb prints it. */
void jsonwalk_quote(struct slice value, struct buf *out);
void jsonwalk_release(struct jsonwalk *walk);

#endif
