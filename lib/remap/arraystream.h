#ifndef ARRAYSTREAM_H
#define ARRAYSTREAM_H
/*
 * Rewrites the arrays of ids in a merge stream by the maps that it carries: what array-fixer does
 * between the other tools.
 *
 * The plan says which columns; the maps are taken out of the stream and kept only until the last
 * table that needs them is through. A column whose target has no map in the stream passes as it is:
 * the ids are the same in both databases. Everything that is not rewritten passes byte for byte.
 */

/* Standard output gets the stream. `path` as stream_open(). Ends the process when the stream is
 * bad. */
void arraystream_run(const char *path);

#endif
