#ifndef COPYROW_H
#define COPYROW_H
/*
 * Rows of PostgreSQL's COPY TEXT format (manual, "COPY", File Formats): fields between tabs, \N for
 * NULL, backslash escapes. A row here is one line without its newline.
 */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

#define COPYROW_NULL SLICE("\\N")

/*
 * Splits `row` into at most `max` fields, still escaped, as slices into the row. Returns the number
 * of fields the row has, which may be more than `max`. An empty row has one empty field.
 */
size_t copyrow_split(struct slice row, struct slice *fields, size_t max);

/* Takes the first of several rows, all ended by newlines, off the front of *rows. */
struct slice copyrow_next(struct slice *rows);
/* How many rows there are, each with its newline. */
size_t copyrow_count(struct slice rows);
/* The length of the first half of several rows, in whole rows; 0 when there is only one. */
size_t copyrow_half(struct slice rows);

static inline bool
copyrow_is_null(struct slice field)
{
    return field.length == 2 && field.data[0] == '\\' && field.data[1] == 'N';
}

/*
 * Appends the value of an escaped field: \b \f \n \r \t \v, \NNN (octal), \xNN, any other character
 * after a backslash as itself. The caller has looked for NULL before. Returns false, with nothing
 * promised about `out`, when the field ends in a lone backslash.
 */
bool copyrow_unescape(struct slice field, struct buf *out);

/* Appends `value` escaped as COPY TO writes it. */
void copyrow_escape(struct slice value, struct buf *out);

#endif
