#ifndef TARFILE_H
#define TARFILE_H
/*
 * An archive of pg_dump's tar format, also one that was packed again: in a folder, with other files
 * and Apple's ._ files beside, its members in any order and compressed. A file is looked through
 * from header to header; what cannot be sought in is first copied into a temporary file.
 *
 * Members are known by the names that pg_dump gives them; nothing is ever made or opened by a name
 * that stands in the archive. Links are refused.
 */
#include "container.h"

/* True when bytes, 512 of them, begin a tar file. */
bool tarfile_recognizes(struct slice bytes);
/* The input stands at its first byte and is the container's. */
struct container tarfile_open(struct backup *backup, struct input *input);

#endif
