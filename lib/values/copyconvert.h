#ifndef COPYCONVERT_H
#define COPYCONVERT_H
/*
 * Rows of COPY in another format than the default (manual, "COPY", File Formats) turned into COPY
 * TEXT: text with another delimiter or null string, and CSV. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct copyconvert_format {
    bool csv, header;
    char delimiter, quote, escape;
    char *null; /* the null string as it is written; malloc'd */
};

struct copyconvert {
    const struct copyconvert_format *format;
    size_t n_columns;
    const char *reason; /* of a failure */
    struct buf field;   /* of the row under way, as it is written or without its quotes */
    size_t fields;      /* of that row, before this one */
    size_t row;         /* where that row starts in `out` */
    bool quoted, was_quoted, begun, escaped, headed;
};

/* Text with tabs and \N. */
void copyconvert_default(struct copyconvert_format *format);
bool copyconvert_is_default(const struct copyconvert_format *format);
/* NUL-terminated reason why the options do not go together, or NULL. */
const char *copyconvert_check(const struct copyconvert_format *format);

void copyconvert_init(
    struct copyconvert *convert, const struct copyconvert_format *format, size_t n_columns);
void copyconvert_release(struct copyconvert *convert);
/*
 * Takes whole lines. Appends rows to `out`, which starts with what the last call has left of a row
 * that goes on over lines: `out` is kept, and *length says how much of it are whole rows, *n how
 * many. False when a row is not one, after *n others.
 */
bool copyconvert_take(
    struct copyconvert *convert, struct slice lines, struct buf *out, size_t *length, uint64_t *n);
/* True when no row is under way. */
bool copyconvert_is_whole(const struct copyconvert *convert);

#endif
