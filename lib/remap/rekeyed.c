#include "rekeyed.h"

#include <stdlib.h>

#include "mem.h"
#include "number.h"

void
rekeyed_pair(struct rekeyed *rekeyed, struct slice id)
{
    int64_t number;

    if (!number_parse(id, &number) || (rekeyed->any && number <= rekeyed->shared))
        return;
    rekeyed->shared = number;
    rekeyed->any = true;
}

void
rekeyed_taken(struct rekeyed *rekeyed, struct slice id)
{
    int64_t number;

    if (number_parse(id, &number))
        *MEM_APPEND(rekeyed->ids, rekeyed->n, rekeyed->room) = number;
    else if (rekeyed->texts++ == 0)
        buf_add_slice(&rekeyed->first, id);
}

uint64_t
rekeyed_count(const struct rekeyed *rekeyed, struct buf *first)
{
    uint64_t count = rekeyed->texts;

    buf_add_slice(first, buf_slice(&rekeyed->first));
    for (size_t i = 0; i < rekeyed->n; i++) {
        if (!rekeyed->any || rekeyed->ids[i] >= rekeyed->shared)
            continue;
        if (count++ == 0)
            buf_add_int(first, rekeyed->ids[i]);
    }
    return count;
}

void
rekeyed_release(struct rekeyed *rekeyed)
{
    free(rekeyed->ids);
    buf_release(&rekeyed->first);
    *rekeyed = (struct rekeyed){0};
}
