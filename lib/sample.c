#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

void
sample_init(struct sample *sample, size_t limit)
{
    *sample = (struct sample){.limit = limit};
    sample->rows = mem_alloc((limit + 1) * sizeof *sample->rows);
    sample_reset(sample);
}

static void
drop(struct slice *row)
{
    free((char *)(uintptr_t)row->data);
}

void
sample_reset(struct sample *sample)
{
    for (size_t i = 0; i < sample->n; i++)
        drop(&sample->rows[i]);
    sample->n = 0;
    sample->seen = sample->next = 0;
    sample->stride = 1;
}

void
sample_release(struct sample *sample)
{
    sample_reset(sample);
    free(sample->rows);
}

/* Drops every second row; from now on they are taken twice as far apart. */
static void
thin_out(struct sample *sample, uint64_t position)
{
    size_t kept = 0;

    for (size_t i = 0; i < sample->n; i++) {
        if (i % 2 == 0)
            sample->rows[kept++] = sample->rows[i];
        else
            drop(&sample->rows[i]);
    }
    sample->n = kept;
    sample->stride = position / (kept > 0 ? kept : 1) + 1;
}

void
sample_take(struct sample *sample, struct slice rows)
{
    const char *p = rows.data, *end = p + rows.length;
    uint64_t base = sample->seen;

    sample->seen += rows.length;
    while (sample->limit > 0 && p < end) {
        uint64_t at = base + (uint64_t)(p - rows.data);
        const char *newline;
        size_t length;

        if (at < sample->next) { /* to the first row that starts at `next` or behind it */
            if (sample->next - 1 >= sample->seen)
                return;
            p = rows.data + (sample->next - 1 - base);
            p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
            sample->next = base + (uint64_t)(p - rows.data);
            continue;
        }
        newline = memchr(p, '\n', (size_t)(end - p));
        length = (size_t)(newline + 1 - p);
        if (length <= SAMPLE_LONGEST_ROW) {
            sample->rows[sample->n++] = slice_make(mem_copy(p, length), length);
            if (sample->n > sample->limit)
                thin_out(sample, at);
            sample->next = at + sample->stride;
        }
        p = newline + 1;
    }
}
