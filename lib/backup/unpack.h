#ifndef UNPACK_H
#define UNPACK_H
/*
 * What an input gives, in a temporary file (spool.h) that takes its place: for what must be read in
 * any order, or more than once, and comes through a pipe or compressed.
 */
#include "input.h"

/*
 * Copies the rest of the input and closes it. Of a forgiving input that is damaged only what is
 * known to be right is kept, and the damage is left in *damage (malloc'd); else NULL is.
 */
struct input *unpack_input(struct input *input, char **damage);

#endif
