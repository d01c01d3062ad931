#ifndef ROWMAP_H
#define ROWMAP_H
/*
 * Rows of COPY TEXT with one list of columns, turned into rows with another. Pure.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "schema.h"

struct rowmap {
    bool same;         /* the lists are equal: rows stay byte for byte as they are */
    size_t *from;      /* for each new column the old one, or what is no column: null */
    size_t n, n_old;   /* new and old columns */
    struct slice *old; /* the fields of a row */
    struct buf out;
};

/* A new column that is not among the old ones is null in every row. */
void rowmap_init(
    struct rowmap *map, const struct schema_names *old, const struct schema_names *columns);
void rowmap_release(struct rowmap *map);
/*
 * Turns whole rows, each ended by its newline, into *out, which is valid until the next call. Where
 * a row has another number of fields than old columns, false: *bad is its number, from 0.
 */
bool rowmap_take(struct rowmap *map, struct slice rows, struct slice *out, uint64_t *bad);

#endif
