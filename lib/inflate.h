#ifndef INFLATE_H
#define INFLATE_H
/*
 * gzip data as it is read from a descriptor: all members, one after another, as gzip(1) takes them;
 * zeros behind the last one are padding.
 */
#include <stdbool.h>

#include "input.h"

/* True when the bytes start a gzip member (RFC 1952). */
bool inflate_recognizes(struct slice bytes);
/* `head` was read from `fd` already, which stays the caller's. */
struct input_source inflate_open(int fd, struct slice head);

#endif
