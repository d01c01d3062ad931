#include "rekeyed.h"

#include <stdlib.h>

#include "mem.h"
#include "number.h"

#define NAMED 5 /* so many ids are told */

void
rekeyed_pair(struct rekeyed *rekeyed, struct slice id)
{
    int64_t number;

    if (rekeyed->closed || !number_parse(id, &number) ||
        (rekeyed->any && number <= rekeyed->shared))
        return;
    rekeyed->shared = number;
    rekeyed->any = true;
}

/* Those behind the first few are not named. */
static bool
add_separator(struct buf *ids, uint64_t n)
{
    if (n <= NAMED)
        buf_add_string(ids, n == 0 ? "" : n < NAMED ? ", " : ", ...");
    return n < NAMED;
}

void
rekeyed_taken(struct rekeyed *rekeyed, struct slice id)
{
    int64_t number;

    if (number_parse(id, &number))
        *MEM_APPEND(rekeyed->ids, rekeyed->n, rekeyed->room) = number;
    else if (add_separator(&rekeyed->named, rekeyed->texts++))
        buf_add_slice(&rekeyed->named, id);
}

void
rekeyed_found(struct rekeyed *rekeyed, struct slice id)
{
    if (add_separator(&rekeyed->found_named, rekeyed->found++))
        buf_add_slice(&rekeyed->found_named, id);
}

uint64_t
rekeyed_count(const struct rekeyed *rekeyed, struct buf *ids)
{
    uint64_t count = rekeyed->texts;

    buf_add_slice(ids, buf_slice(&rekeyed->named));
    for (size_t i = 0; i < rekeyed->n; i++)
        if (rekeyed->any && rekeyed->ids[i] < rekeyed->shared && add_separator(ids, count++))
            buf_add_int(ids, rekeyed->ids[i]);
    return count;
}

void
rekeyed_release(struct rekeyed *rekeyed)
{
    free(rekeyed->ids);
    buf_release(&rekeyed->named);
    buf_release(&rekeyed->found_named);
    *rekeyed = (struct rekeyed){0};
}
