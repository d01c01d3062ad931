#ifndef SETLIST_H
#define SETLIST_H
/*
 * A list of backup sets as TSV: a header line, then a line a set; fields as in COPY text. The
 * columns are known by their names: name, type, time, verified, pinned; others are handed on as
 * they are.
 *
 * A list that is broken, cut off or names a set twice ends the process (STATUS_INPUT).
 */
#include "input.h"
#include "retention.h"

struct setlist {
    struct buf header;
    struct buf *lines; /* as they stood, without their newlines; one a set */
    struct retention_set *sets;
    size_t n, room;
};

/* `path` as input_open(). */
struct setlist *setlist_read(const char *path);
/* To standard output: every line in its place with two more fields, the decision and its reason. */
void setlist_write(const struct setlist *list);

#endif
