#ifndef INFLATE_H
#define INFLATE_H
/*
 * gzip data as it is read from a descriptor: all members, one after another, as gzip(1) takes them;
 * zeros behind the last one are padding. Damage ends the process (STATUS_INPUT), naming the offset.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

struct input_gzip;

/* True when the bytes start a gzip member (RFC 1952). */
bool inflate_recognizes(struct slice bytes);
/* `head` was read from `fd` already; `name` is for messages, kept by reference. */
struct input_gzip *inflate_open(int fd, const char *name, struct slice head);
void inflate_close(struct input_gzip *gzip);
/* Fills `room` bytes or fewer; 0 at the end. */
size_t inflate_read(struct input_gzip *gzip, char *out, size_t room);
/* Compressed bytes taken so far. */
uint64_t inflate_consumed(const struct input_gzip *gzip);

#endif
