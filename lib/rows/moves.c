#include "moves.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define STAYS ((size_t)-1) /* in `refused`: for a reason of its own */

void
moves_add(struct moves *moves, const uint64_t *before, const uint64_t *after)
{
    size_t keys = moves->keys, at = moves->n * keys;

    if (moves->n == moves->room) {
        moves->room = moves->room > 0 ? moves->room * 2 : 64;
        moves->before = mem_resize(moves->before, moves->room * keys + 1, sizeof *moves->before);
        moves->after = mem_resize(moves->after, moves->room * keys + 1, sizeof *moves->after);
    }
    for (size_t key = 0; key < keys; key++) {
        moves->before[at + key] = before != NULL ? before[key] : 0;
        moves->after[at + key] = after[key];
    }
    moves->n++;
}

void
moves_release(struct moves *moves)
{
    for (size_t key = 0; moves->wanted != NULL && key < moves->keys; key++)
        pairmap_release(&moves->wanted[key]);
    free(moves->before);
    free(moves->after);
    free(moves->refused);
    free(moves->next);
    free(moves->queue);
    free(moves->wanted);
    *moves = (struct moves){.keys = moves->keys};
}

/* The first row that wants the value, from 1; 0: none. */
static size_t
first_wanting(const struct moves *moves, size_t key, uint64_t hash)
{
    const uint64_t *first = hash != 0 ? pairmap_find(&moves->wanted[key], hash) : NULL;

    return first != NULL ? (size_t)*first : 0;
}

static void
list_wanting(struct moves *moves)
{
    size_t keys = moves->keys;

    moves->wanted = mem_alloc((keys + 1) * sizeof *moves->wanted);
    moves->next = mem_alloc((moves->n * keys + 1) * sizeof *moves->next);
    for (size_t row = moves->n; row-- > 0;)
        for (size_t key = 0; key < keys; key++) {
            uint64_t hash = moves->after[row * keys + key], *first;
            bool added;

            if (hash == 0)
                continue;
            first = pairmap_add(&moves->wanted[key], hash, &added);
            moves->next[row * keys + key] = (size_t)*first;
            *first = row + 1;
        }
}

static void
refuse(struct moves *moves, size_t row, size_t why)
{
    moves->refused[row] = why;
    moves->queue[moves->n_queue++] = row;
}

/* All that want the value but `row` itself, and are not refused yet. */
static void
refuse_others(struct moves *moves, size_t row, size_t key, uint64_t hash)
{
    size_t at = first_wanting(moves, key, hash);

    for (; at > 0; at = moves->next[(at - 1) * moves->keys + key])
        if (at - 1 != row && moves->refused[at - 1] == 0)
            refuse(moves, at - 1, key + 1);
}

/* Those that want what refused rows keep. */
static void
refuse_followers(struct moves *moves)
{
    while (moves->done < moves->n_queue) {
        size_t row = moves->queue[moves->done++];

        for (size_t key = 0; key < moves->keys; key++)
            refuse_others(moves, row, key, moves->before[row * moves->keys + key]);
    }
}

static bool
keeps(const struct moves *moves, size_t row, size_t key)
{
    size_t at = row * moves->keys + key;

    return moves->before[at] != 0 && moves->before[at] == moves->after[at];
}

void
moves_settle(struct moves *moves, const bool *stays)
{
    size_t keys = moves->keys;

    moves->refused = mem_alloc((moves->n + 1) * sizeof *moves->refused);
    moves->queue = mem_alloc((moves->n + 1) * sizeof *moves->queue);
    list_wanting(moves);
    for (size_t row = 0; row < moves->n; row++) {
        if (stays != NULL && stays[row])
            refuse(moves, row, STAYS);
        for (size_t key = 0; key < keys; key++)
            if (keeps(moves, row, key))
                refuse_others(moves, row, key, moves->before[row * keys + key]);
    }
    refuse_followers(moves);
    for (size_t row = 0; row < moves->n; row++)
        for (size_t key = 0; key < keys && moves->refused[row] == 0; key++) {
            refuse_others(moves, row, key, moves->after[row * keys + key]);
            refuse_followers(moves);
        }
}

size_t
moves_refused_by(const struct moves *moves, size_t row)
{
    size_t why = moves->refused[row];

    return why == 0 || why == STAYS ? MOVES_NO_KEY : why - 1;
}

bool
moves_hands_over(const struct moves *moves, size_t row, size_t key)
{
    size_t at = first_wanting(moves, key, moves->before[row * moves->keys + key]);

    if (moves->refused[row] != 0 || keeps(moves, row, key))
        return false;
    for (; at > 0; at = moves->next[(at - 1) * moves->keys + key])
        if (moves->refused[at - 1] == 0)
            return true;
    return false;
}
