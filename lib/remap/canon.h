#ifndef CANON_H
#define CANON_H
/*
 * Canonical text: what the live server would print for a value of the backup. One value has many
 * texts (a timestamptz in another time zone, a float of an old server), so equal bytes prove
 * equality and different bytes only mean "ask the server".
 */
#include <libpq-fe.h>

#include "layout.h"

/* False when the field can only be what the live server prints itself, for values of `type`. */
bool canon_is_doubtful(const char *type, struct slice field);
/* True when any of the fields at the positions is doubtful. */
bool canon_row_is_doubtful(const struct layout *layout, const struct layout_positions *positions,
    const struct slice *fields);

/* Likewise for a key, in which 1.0 and 1.00 are the same. */
bool canon_key_is_doubtful(const struct layout *layout, const struct layout_positions *positions,
    const struct slice *fields);

/*
 * Rows to be made canonical in one query: add the fields of each row (layout->n of them, still
 * escaped), ask, then take the canonical fields of row i.
 */
struct canon_batch {
    const struct layout *layout;
    const struct layout_positions *positions;
    struct textarray *arrays; /* one a position */
    size_t rows;
    PGresult *result; /* NULL: the server refused a value, nothing is known */
};
void canon_init(struct canon_batch *batch, const struct layout *layout,
    const struct layout_positions *positions);
void canon_add(struct canon_batch *batch, const struct slice *fields);
void canon_ask(struct canon_batch *batch, PGconn *connection);
/* Appends the escaped canonical field of a row's i-th position; false when nothing is known. */
bool canon_get(const struct canon_batch *batch, size_t row, size_t i, struct buf *out);
void canon_release(struct canon_batch *batch);

#endif
