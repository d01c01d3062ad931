#ifndef ARRAYLIT_H
#define ARRAYLIT_H
/*
 * PostgreSQL's array literals (manual, "Arrays", Array Input and Output Syntax): `{1,2,NULL}`,
 * `{{a},{"b c"}}`, `[0:1]={x,y}`. A walk over the elements that writes the literal anew as it goes:
 * what the caller does not touch stays byte for byte, blanks and quotes included.
 *
 *     arraylit_start(&walk, literal, &out);
 *     while ((step = arraylit_next(&walk)) == ARRAYLIT_ELEMENT)
 *         if (...) arraylit_replace(&walk, value);
 *
 * At ARRAYLIT_END `out` holds the rewritten literal behind what it held before; at ARRAYLIT_BAD it
 * is as it was, and reason and at say why and where. Accepted is what array_in() of PostgreSQL 15
 * accepts for an element type delimited by commas, and `{{}}`, which 17 accepts; elements are not
 * converted to a type.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

#define ARRAYLIT_MAX_DIMENSIONS 6 /* PostgreSQL's MAXDIM */

enum arraylit_step { ARRAYLIT_ELEMENT, ARRAYLIT_END, ARRAYLIT_BAD };

struct arraylit { /* zero-initialise it once; arraylit_start() again for every literal */
    /* the current element */
    struct slice value; /* unquoted; valid until the next call; nothing for NULL */
    bool is_null;
    size_t number; /* from 1, in storage order */
    /* the array */
    unsigned dimensions; /* as far as seen; 0 for an empty array */
    bool changed;        /* an element was replaced, nulled or dropped */
    const char *reason;  /* ARRAYLIT_BAD: why, a static text */
    size_t at;           /* the position in the literal, in bytes from 0 */

    /* private */
    struct slice text;
    struct buf *out;
    size_t out_start, copied;   /* the literal before `copied` is in out, as changed */
    size_t field, element, end; /* the element, and where the blanks before it begin */
    size_t prefix_end;          /* behind the bounds and their '=' */
    size_t bounds;              /* how many dimensions the prefix names; 0: no prefix */
    int64_t lower, lengths[ARRAYLIT_MAX_DIMENSIONS]; /* of the prefix: first lower bound */
    unsigned depth, n_open;                          /* braces open; the most that were */
    bool fixed;                                      /* an element was seen: n_open cannot grow */
    bool wants_value;                                /* behind a comma */
    bool after_value;
    size_t kept, dropped;
    int64_t counts[ARRAYLIT_MAX_DIMENSIONS], sizes[ARRAYLIT_MAX_DIMENSIONS]; /* -1: not known yet */
    struct buf work;
};

/* `out` is NULL where the literal is only to be read. It must not hold the literal. */
void arraylit_start(struct arraylit *walk, struct slice literal, struct buf *out);
enum arraylit_step arraylit_next(struct arraylit *walk);

/* At most one of these for an element; none keeps it. */
void arraylit_replace(struct arraylit *walk, struct slice value);
void arraylit_null(struct arraylit *walk);
/* Only from arrays of one dimension (an upper bound shrinks); false for others. */
bool arraylit_drop(struct arraylit *walk);

/* Appends one element's value, quoted where array_out() would. */
void arraylit_quote(struct slice value, struct buf *out);
void arraylit_release(struct arraylit *walk);

#endif
