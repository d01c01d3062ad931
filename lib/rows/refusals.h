#ifndef REFUSALS_H
#define REFUSALS_H
/*
 * New rows that the live database refused, and the rows behind them that name their ids: by a
 * column that refers to the table, whether a foreign key or a rule says so, in an array, or in
 * json. Foreign keys would hold by themselves; the others would be left with an id of nobody. Pure.
 *
 * Nothing is looked at before the first refusal. Rows of tables that refer to one another are not
 * seen: of these the refusals are known too late.
 */
#include "arrayfix.h"
#include "buf.h"
#include "idmap.h"
#include "layout.h"

struct refusals {
    const struct plan *plan;
    struct idmap **gone; /* one a planned table: all ids but the refused ones; NULL: none was */
    bool some;
    struct buf row, reason; /* of the row that was looked at last */
    /* private */
    struct arrayfix arrayfix;
    struct slice *fields;
    size_t room;
};

/* What becomes of a row. */
enum refusals_result {
    REFUSALS_NONE,     /* it names none of them */
    REFUSALS_LEFT_OUT, /* refusals.row is the row without them, as the plan says (`unresolved`) */
    REFUSALS_REJECTED, /* it cannot be merged either: SQLSTATE 23503, and refusals.reason */
};

/* The plan may still be read, but must be whole before the first refusal. */
void refusals_init(struct refusals *refusals, const struct plan *plan);
/* A new row was refused; `row` is COPY text with the layout's columns. */
void refusals_note(struct refusals *refusals, const struct layout *layout, struct slice row);
enum refusals_result refusals_row(
    struct refusals *refusals, const struct layout *layout, struct slice row);
void refusals_release(struct refusals *refusals);

#endif
