#include "copyscan.h"

/* Looks at a line that starts with `\.`; `length` is without its newline. */
static void
marker(struct copyscan *scan, const char *line, size_t length, size_t newline)
{
    bool carriage = length == 3 && line[2] == '\r';

    scan->state = length == 2 || carriage ? COPYSCAN_MARKER : COPYSCAN_BAD;
    scan->marker = length + newline;
}

struct copyscan
copyscan_rows(struct slice window, enum copyscan_input input)
{
    struct copyscan scan = {.state = COPYSCAN_MORE};
    const char *p = window.data, *end = p + window.length;

    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));

        if (newline == NULL && input == COPYSCAN_PART)
            break;
        if (end - p >= 2 && p[0] == '\\' && p[1] == '.') {
            marker(&scan, p, (size_t)((newline != NULL ? newline : end) - p), newline != NULL);
            break;
        }
        if (newline == NULL)
            break;
        p = newline + 1;
        scan.rows++;
    }
    scan.length = (size_t)(p - window.data);
    return scan;
}
