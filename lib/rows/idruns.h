#ifndef IDRUNS_H
#define IDRUNS_H
/*
 * A set of ids as runs of neighbours: ids out of a sequence, also millions of them, are a few runs.
 * Where they are not, it stops growing at IDRUNS_MOST runs and knows of no id that came later.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDRUNS_MOST 100000 /* 1.6 MB */

struct idruns {         /* zero-initialise it */
    struct idrun *runs; /* ascending, with a gap behind each */
    size_t n, capacity;
};

/* Adds n ids, in any order, which are sorted in their place. */
void idruns_add(struct idruns *runs, int64_t *ids, size_t n);
bool idruns_has(const struct idruns *runs, int64_t id);
void idruns_release(struct idruns *runs);

#endif
