#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define LONGEST_ENDS ((size_t)1024 * 1024) /* bytes */

void
sample_init(struct sample *sample, size_t limit)
{
    *sample = (struct sample){.limit = limit, .n_ends = limit / 10};
    sample->rows = mem_alloc((limit + limit / 10 + 1) * sizeof *sample->rows);
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
    sample->seen = sample->next = sample->last = 0;
    sample->stride = 1;
    buf_clear(&sample->ends);
}

void
sample_release(struct sample *sample)
{
    sample_reset(sample);
    buf_release(&sample->ends);
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

/* Where the last n rows begin, fewer of them where they are long. */
static size_t
last_rows(struct slice rows, size_t n)
{
    size_t at = rows.length, before;

    for (; n > 0 && at > 0; n--) {
        for (before = at - 1; before > 0 && rows.data[before - 1] != '\n';)
            before--;
        if (rows.length - before > LONGEST_ENDS)
            break;
        at = before;
    }
    return at;
}

static void
keep_ends(struct sample *sample, struct slice rows)
{
    struct buf *ends = &sample->ends;
    size_t from = last_rows(rows, sample->n_ends);

    if (from > 0)
        buf_clear(ends);
    buf_add(ends, rows.data + from, rows.length - from);
    from = last_rows(buf_slice(ends), sample->n_ends);
    ends->length -= from;
    memmove(ends->data, ends->data + from, ends->length);
}

static void
take_evenly(struct sample *sample, struct slice rows)
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
            sample->last = at + length;
        }
        p = newline + 1;
    }
}

void
sample_take(struct sample *sample, struct slice rows)
{
    if (rows.length == 0)
        return;
    take_evenly(sample, rows);
    if (sample->n_ends > 0)
        keep_ends(sample, rows);
}

void
sample_finish(struct sample *sample)
{
    uint64_t at = sample->seen - sample->ends.length;
    const char *p = sample->ends.data, *end;

    if (sample->ends.length == 0)
        return;
    end = p + sample->ends.length;
    while (p < end) {
        size_t length = (size_t)((const char *)memchr(p, '\n', (size_t)(end - p)) + 1 - p);

        if (at >= sample->last && length <= SAMPLE_LONGEST_ROW)
            sample->rows[sample->n++] = slice_make(mem_copy(p, length), length);
        p += length;
        at += length;
    }
}
