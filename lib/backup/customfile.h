#ifndef CUSTOMFILE_H
#define CUSTOMFILE_H
/*
 * An archive of pg_dump's custom format: the table of contents, then a block for every entry that
 * has data, in chunks. A file that can be sought in is read in any order, by the offsets of the
 * table of contents, or where pg_dump could not write any by stepping from chunk to chunk.
 * Everything else is read as it comes.
 */
#include "container.h"

/* The input stands at its first byte and is the container's. */
struct container customfile_open(struct input *input);

#endif
