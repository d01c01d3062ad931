#ifndef SHOW_H
#define SHOW_H
/*
 * Changed rows for people: which row, then a line a column with its old and its new value. Pure.
 * Values stand escaped as in COPY text, other control characters as \xHH, so that nothing in them
 * reaches a terminal; long ones are cut around the first difference.
 */
#include "buf.h"
#include "layout.h"

struct show {
    uint64_t limit;   /* rows a table */
    uint64_t shown;   /* of this table */
    struct buf lines; /* of this table, each ended by '\n' */
    struct slice *fields;
    size_t room;
};

/* Forgets what was added: the next table, or rows that were not written after all. */
void show_clear(struct show *show);
/* `row`: the fields of the layout's target, those of `columns` before and after. */
void show_row(struct show *show, const struct layout *layout, const struct schema_names *columns,
    struct slice row);
void show_release(struct show *show);

#endif
