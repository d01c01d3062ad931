#include "copyscan.h"

#include <stdbool.h>

#define BLOCK 128 /* at most 255: the newlines of a block are counted in a byte */

/* Looks at a line that starts with `\.`; `length` is without its newline. */
static void
marker(struct copyscan *scan, const char *line, size_t length, size_t newline)
{
    bool carriage = length == 3 && line[2] == '\r';

    scan->state = length == 2 || carriage ? COPYSCAN_MARKER : COPYSCAN_BAD;
    scan->marker = length + newline;
}

/*
 * Line by line from *p, the start of one, at least up to `until`; `*p` is moved behind the last
 * whole row. False when the search is over: at the marker, or when no whole line is left.
 */
static bool
scan_lines(struct copyscan *scan, const char **p, const char *until, const char *end,
    enum copyscan_input input)
{
    while (*p < until) {
        const char *newline = memchr(*p, '\n', (size_t)(end - *p));

        if (newline == NULL && input == COPYSCAN_PART)
            return false;
        if (end - *p >= 2 && (*p)[0] == '\\' && (*p)[1] == '.') {
            marker(scan, *p, (size_t)((newline != NULL ? newline : end) - *p), newline != NULL);
            return false;
        }
        if (newline == NULL)
            return false;
        *p = newline + 1;
        scan->rows++;
    }
    return *p < end;
}

/*
 * The newlines of one block; *marked is set when a backslash follows one. Two plain loops over a
 * fixed number of bytes, which compilers turn into vector instructions. Of 471 MB in rows of 12
 * bytes memchr() for each line took 3.7 times as long as wc -l, this takes 1.1 times.
 */
static unsigned
count_block(const char *p, bool *marked)
{
    unsigned char newlines = 0, marks = 0;

    for (int i = 0; i < BLOCK; i++)
        newlines = (unsigned char)(newlines + (p[i] == '\n'));
    for (int i = 0; i < BLOCK; i++)
        marks = (unsigned char)(marks | ((p[i] == '\n') & (p[i + 1] == '\\')));
    *marked = marks != 0;
    return newlines;
}

/* Counts rows from `p` on as long as no line can be the marker; returns where it stopped. */
static const char *
count_blocks(struct copyscan *scan, const char *p, const char *end)
{
    bool marked = false;

    while (end - p > BLOCK) {
        unsigned newlines = count_block(p, &marked);

        if (marked)
            break;
        scan->rows += newlines;
        p += BLOCK;
    }
    return p;
}

struct copyscan
copyscan_rows(struct slice window, enum copyscan_input input)
{
    struct copyscan scan = {.state = COPYSCAN_MORE};
    const char *p = window.data, *end = p + window.length;
    bool more = window.length > 0;

    while (more) {
        const char *counted, *newline;

        if (*p == '\\') { /* the newline before it is in no block */
            more = scan_lines(&scan, &p, p + 1, end, input);
            continue;
        }
        counted = count_blocks(&scan, p, end);
        newline = memrchr(p, '\n', (size_t)(counted - p));
        if (newline != NULL)
            p = newline + 1;
        more = scan_lines(&scan, &p, end - counted > BLOCK ? counted + BLOCK : end, end, input);
    }
    scan.length = (size_t)(p - window.data);
    return scan;
}
