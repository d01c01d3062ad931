#ifndef COPYSCAN_H
#define COPYSCAN_H
/*
 * Finds the end of the data of COPY ... FROM stdin: a line that holds nothing but `\.` (manual,
 * "COPY", File Formats). Pure; rows are not looked into.
 */
#include <stdint.h>

#include "slice.h"

enum copyscan_state {
    COPYSCAN_MORE,   /* the marker is not in the window */
    COPYSCAN_MARKER, /* the marker follows the rows */
    COPYSCAN_BAD,    /* a line starts like the marker but goes on; it follows the rows */
};

struct copyscan {
    enum copyscan_state state;
    size_t length; /* of the whole rows at the front of the window, newlines included */
    uint64_t rows;
    size_t marker; /* length of the marker's line, its newline included */
};

enum copyscan_input { COPYSCAN_PART, COPYSCAN_WHOLE }; /* WHOLE: nothing follows the window */

/* The window must begin at the start of a row. Only whole lines are looked at. */
struct copyscan copyscan_rows(struct slice window, enum copyscan_input input);

#endif
