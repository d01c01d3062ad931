#include "idruns.h"

#include <stdlib.h>

#include "mem.h"

struct idrun {
    int64_t first, last;
};

static int
by_id(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Which run the id is in, or would come before. */
static size_t
position(const struct idruns *runs, int64_t id)
{
    size_t from = 0, to = runs->n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (runs->runs[middle].last < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

bool
idruns_has(const struct idruns *runs, int64_t id)
{
    size_t at = position(runs, id);

    return at < runs->n && runs->runs[at].first <= id;
}

static bool
touch(const struct idrun *left, const struct idrun *right)
{
    return left->last == INT64_MAX || right->first <= left->last + 1;
}

/* Behind what is there: into the last run where it touches it. `run` starts no earlier than that.
 */
static void
append(struct idruns *runs, struct idrun run)
{
    struct idrun *last = runs->n > 0 ? &runs->runs[runs->n - 1] : NULL;

    if (last != NULL && touch(last, &run)) {
        if (run.last > last->last)
            last->last = run.last;
        return;
    }
    if (runs->n < IDRUNS_MOST)
        *MEM_APPEND(runs->runs, runs->n, runs->capacity) = run;
}

/* Both in turn, by where they start. */
static void
merge(struct idruns *runs, const int64_t *ids, size_t n)
{
    struct idruns merged = {0};
    size_t at = 0, i = 0;

    while (at < runs->n || i < n)
        if (i == n || (at < runs->n && runs->runs[at].first <= ids[i]))
            append(&merged, runs->runs[at++]);
        else
            append(&merged, (struct idrun){ids[i], ids[i]}), i++;
    idruns_release(runs);
    *runs = merged;
}

void
idruns_add(struct idruns *runs, int64_t *ids, size_t n)
{
    if (n == 0 || runs->n == IDRUNS_MOST)
        return;
    qsort(ids, n, sizeof *ids, by_id);
    if (runs->n > 0 && ids[0] < runs->runs[runs->n - 1].first) {
        merge(runs, ids, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        append(runs, (struct idrun){ids[i], ids[i]});
}

void
idruns_release(struct idruns *runs)
{
    free(runs->runs);
    *runs = (struct idruns){0};
}
