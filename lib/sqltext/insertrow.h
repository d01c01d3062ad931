#ifndef INSERTROW_H
#define INSERTROW_H
/*
 * The rows behind VALUES of an INSERT, turned into COPY TEXT. Pure.
 *
 * A closed grammar: NULL, TRUE, FALSE, numbers with a sign, strings of every kind, also in
 * parentheses and with casts (::type, CAST(... AS type), type 'string') that do not change what the
 * column gets. Anything else is an expression, which is never evaluated: its row is rejected.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

struct insertrow_column {
    const char *name;
    const char *type; /* as format_type() prints it, or NULL: not known */
    bool generated;   /* its value must be DEFAULT, and is left out of the row */
};

struct insertrow {
    const struct insertrow_column *columns;
    size_t n;
    const char *schema; /* of types that are not qualified */
    bool standard_strings, utf8;
    struct buf reason; /* of INSERTROW_REJECT */
};

enum insertrow_result {
    INSERTROW_TAKEN,
    INSERTROW_REJECT, /* consumed; see below */
    INSERTROW_MORE,   /* nothing consumed: call again with more bytes behind the window */
    INSERTROW_BAD,    /* no row, or one that does not end */
};

enum insertrow_input { INSERTROW_PART, INSERTROW_WHOLE }; /* WHOLE: nothing follows the window */

/* Sets what follows from the columns: `columns` and `schema` are kept by reference. */
void insertrow_init(struct insertrow *row, const struct insertrow_column *columns, size_t n);
void insertrow_release(struct insertrow *row);

/*
 * Takes the row that starts at the front of the window, which is moved behind its closing
 * parenthesis, and appends it to `out` with a newline. A row that is rejected is appended too, an
 * expression's text being the field: it has its place in the file of rejects, where it can be
 * mended. Where the values are more or fewer than the columns, the text of all of them is the first
 * field, and the others are null.
 */
enum insertrow_result insertrow_take(
    struct insertrow *row, struct slice *window, enum insertrow_input input, struct buf *out);
/* Appends a row to `out` whose first field is that text, and its others null: as above. */
void insertrow_unread(const struct insertrow *row, struct slice text, struct buf *out);

#endif
