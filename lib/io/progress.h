#ifndef PROGRESS_H
#define PROGRESS_H
/*
 * One line on the terminal that says how far a long run is, drawn over itself at most five times a
 * second, and gone in the end. There is none with -q, nor where messages go into a file or a pipe;
 * a script that sends them through a pipe to a terminal names that in the environment, as
 * PGBRAID_TTY. A message erases the line before it is printed: msg.c does so on a terminal, the
 * script otherwise.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

#define PROGRESS_TERMINAL "PGBRAID_TTY"

/* How far it is. A total of 0: not known. */
struct progress_state {
    uint64_t bytes, bytes_total; /* read of the input */
    uint64_t rows, rows_total;   /* passed on */
};

struct progress {
    int fd;              /* of the terminal, or -1: nothing is shown */
    double started, due; /* seconds of the monotonic clock */
    uint64_t bytes;      /* the most that was shown: rows may be read again */
    bool drawn;
};

void progress_open(struct progress *progress);
/* True when the line may be drawn anew: cheap, to be asked with every few rows. */
bool progress_is_due(const struct progress *progress);
void progress_show(struct progress *progress, const struct progress_state *state);
/* Erases the line. */
void progress_close(struct progress *progress);

/* Appends the line after so many seconds, without what moves the cursor. */
void progress_format(const struct progress_state *state, double seconds, struct buf *out);

#endif
