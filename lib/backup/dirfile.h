#ifndef DIRFILE_H
#define DIRFILE_H
/*
 * An archive of pg_dump's directory format: toc.dat, and a file for the data of every table, each
 * perhaps compressed. A file is opened by the name that pg_dump gives it, never by one that stands
 * in the archive, in that folder alone, and only when it is a regular file: no link is followed.
 */
#include "container.h"

/* True when the path names a folder. */
bool dirfile_recognizes(const char *path);
struct container dirfile_open(struct backup *backup, const char *path);

#endif
