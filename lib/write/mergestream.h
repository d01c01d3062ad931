#ifndef MERGESTREAM_H
#define MERGESTREAM_H
/* The merge of a stream of rows, by the plan that it carries. */
#include "merge.h"

/*
 * Reads the stream at `path` (NULL or "-": standard input) up to its verified trailer and hands its
 * rows to the merge, which was initialized with `plan`; the plan is filled from the stream. Ends
 * the process when the stream is broken.
 */
void mergestream_merge(struct merge *merge, struct plan *plan, const char *path);

#endif
