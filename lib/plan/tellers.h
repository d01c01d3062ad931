#ifndef TELLERS_H
#define TELLERS_H
/*
 * Whether the values of a column tell a row from strangers that have its id: a name, a hash, a
 * phone number, of which hardly two rows have the same, and which do not count up with the ids, as
 * the numbers in `C-0041` or /avatars/61.png do: these agree in any two databases that count from
 * one. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slice.h"

struct teller;

struct tellers { /* zero-initialise it */
    struct teller *rows;
    size_t n, room;
};

/* A row of that id has the value. Rows without one are not added. */
void tellers_add(struct tellers *tellers, int64_t id, struct slice value);
bool tellers_tell(struct tellers *tellers);
void tellers_release(struct tellers *tellers);

#endif
