#ifndef SQLLITERAL_H
#define SQLLITERAL_H
/*
 * The constants of SQL (manual, "Constants") turned into fields of COPY TEXT: numbers, and strings
 * of every kind. Pure. It pulls from a window behind which more bytes may follow, and is asked
 * again from the constant's first byte when there are more.
 */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

struct sqlliteral {
    const char *p, *end; /* what is not consumed */
    bool whole;          /* nothing follows `end` */
    bool standard_strings;
    bool utf8;          /* the script is in UTF-8: else \u of what is not ASCII is not taken */
    const char *reason; /* of SQLLITERAL_NOT */
};

enum sqlliteral_result {
    SQLLITERAL_DONE,
    SQLLITERAL_MORE, /* the window ends too early */
    SQLLITERAL_NOT,  /* not such a constant, see reason; p and what was written mean nothing */
};

/* Steps over white space and comments; *newline is set when a line ends there. */
enum sqlliteral_result sqlliteral_space(struct sqlliteral *at, bool *newline);
/* True when a string starts here: '', E'', N'', U&'', B'', X'' or dollar-quoted. */
bool sqlliteral_starts_string(const struct sqlliteral *at);
/*
 * Appends the value of the string that starts here, escaped as in COPY TEXT: with those that
 * continue it on later lines, its UESCAPE; the bits of B'' and X''.
 */
enum sqlliteral_result sqlliteral_string(struct sqlliteral *at, struct buf *out);

enum sqlliteral_number { SQLLITERAL_INTEGER, SQLLITERAL_DECIMAL, SQLLITERAL_EXPONENT };

/*
 * Appends the number that starts here, `sign` being '-' or '+', as PostgreSQL prints it: without
 * zeros in front and without a point that nothing follows.
 */
enum sqlliteral_result sqlliteral_number(
    struct sqlliteral *at, char sign, enum sqlliteral_number *kind, struct buf *out);

#endif
