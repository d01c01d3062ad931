#ifndef HELDROWS_H
#define HELDROWS_H
/*
 * Rows that were refused for a unique key, held until it is known whether the value is still taken
 * at the end; each with what the server said.
 */
#include <stdbool.h>

#include "buf.h"
#include "server.h"

#define HELDROWS_BYTES ((size_t)64 << 20) /* no more of them than that */

struct heldrows {             /* zero-initialise it */
    struct buf rows, reasons; /* with their newlines; each with its NUL */
    bool closed;              /* no more are held */
};

/* False: it was refused for something else, or is not to be held. */
bool heldrows_add(struct heldrows *held, struct slice row, const struct server_error *error);
void heldrows_release(struct heldrows *held);

struct heldrows_at {
    struct slice rest;
    const char *reasons;
};

/* One after the other, in the order in which they were added; the error is the held one, not to be
 * released. */
struct heldrows_at heldrows_start(const struct heldrows *held);
bool heldrows_next(struct heldrows_at *at, struct slice *row, struct server_error *error);

#endif
