#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "number.h"

static size_t
most_of(const struct sample *sample)
{
    return sample->limit / 10;
}

void
sample_init(struct sample *sample, size_t limit)
{
    *sample = (struct sample){.limit = limit};
    sample->rows = mem_alloc((limit + 2 * most_of(sample) + 1) * sizeof *sample->rows);
    sample->top.rows = mem_alloc((most_of(sample) + 1) * sizeof *sample->top.rows);
    sample->below.rows = mem_alloc((most_of(sample) + 1) * sizeof *sample->below.rows);
    sample_reset(sample, &(struct sample_ids){0});
}

static void
drop(struct sample_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)rows[i].text.data);
}

static void
drop_all(struct sample *sample)
{
    drop(sample->rows, sample->n);
    drop(sample->top.rows, sample->top.n);
    drop(sample->below.rows, sample->below.n);
    sample->n = sample->top.n = sample->below.n = 0;
}

void
sample_reset(struct sample *sample, const struct sample_ids *ids)
{
    drop_all(sample);
    sample->seen = sample->next = 0;
    sample->stride = 1;
    sample->ids = *ids;
}

void
sample_release(struct sample *sample)
{
    drop_all(sample);
    free(sample->rows);
    free(sample->top.rows);
    free(sample->below.rows);
}

static struct sample_row
keep(struct slice text, uint64_t at, int64_t rank)
{
    return (struct sample_row){slice_make(mem_copy(text.data, text.length), text.length), at, rank};
}

/* ---- spread evenly */

/* Drops every second row; from now on they are taken twice as far apart. */
static void
thin_out(struct sample *sample, uint64_t position)
{
    size_t kept = 0;

    for (size_t i = 0; i < sample->n; i++) {
        if (i % 2 == 0)
            sample->rows[kept++] = sample->rows[i];
        else
            drop(&sample->rows[i], 1);
    }
    sample->n = kept;
    sample->stride = position / (kept > 0 ? kept : 1) + 1;
}

static void
take_evenly(struct sample *sample, struct slice rows)
{
    const char *p = rows.data, *end = p + rows.length;
    uint64_t base = sample->seen, behind = base + rows.length;

    while (sample->limit > 0 && p < end) {
        uint64_t at = base + (uint64_t)(p - rows.data);
        const char *newline;
        size_t length;

        if (at < sample->next) { /* to the first row that starts at `next` or behind it */
            if (sample->next - 1 >= behind)
                return;
            p = rows.data + (sample->next - 1 - base);
            p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
            sample->next = base + (uint64_t)(p - rows.data);
            continue;
        }
        newline = memchr(p, '\n', (size_t)(end - p));
        length = (size_t)(newline + 1 - p);
        if (length <= SAMPLE_LONGEST_ROW) {
            sample->rows[sample->n++] = keep(slice_make(p, length), at, 0);
            if (sample->n > sample->limit)
                thin_out(sample, at);
            sample->next = at + sample->stride;
        }
        p = newline + 1;
    }
}

/* ---- the greatest ids */

static void
swap(struct sample_row *a, struct sample_row *b)
{
    struct sample_row row = *a;

    *a = *b;
    *b = row;
}

static void
sift_up(struct sample_top *top, size_t i)
{
    for (; i > 0 && top->rows[(i - 1) / 2].rank > top->rows[i].rank; i = (i - 1) / 2)
        swap(&top->rows[i], &top->rows[(i - 1) / 2]);
}

static void
sift_down(struct sample_top *top)
{
    for (size_t i = 0, least; (least = 2 * i + 1) < top->n; i = least) {
        if (least + 1 < top->n && top->rows[least + 1].rank < top->rows[least].rank)
            least++;
        if (top->rows[least].rank >= top->rows[i].rank)
            return;
        swap(&top->rows[i], &top->rows[least]);
    }
}

static void
offer(struct sample_top *top, size_t most, struct slice text, uint64_t at, int64_t rank)
{
    if (top->n < most) {
        top->rows[top->n] = keep(text, at, rank);
        sift_up(top, top->n++);
    } else if (most > 0 && rank > top->rows[0].rank) {
        drop(top->rows, 1);
        top->rows[0] = keep(text, at, rank);
        sift_down(top);
    }
}

/* The number in the row's column of ids; false when there is none. */
static bool
find_id(const struct sample *sample, struct slice row, int64_t *id)
{
    const char *p = row.data, *end = p + row.length - 1; /* the newline */
    const char *tab;

    for (size_t i = 0; i < sample->ids.column; i++) {
        p = memchr(p, '\t', (size_t)(end - p));
        if (p == NULL)
            return false;
        p++;
    }
    tab = memchr(p, '\t', (size_t)(end - p));
    return number_parse(slice_make(p, (size_t)((tab != NULL ? tab : end) - p)), id);
}

/*
 * From the last row to the first one: ids mostly rise, and so the first rows that are looked at
 * leave no room for the others.
 */
static void
take_top(struct sample *sample, struct slice rows)
{
    const struct sample_ids *ids = &sample->ids;
    size_t end = rows.length, most = most_of(sample);

    while (end > 0) {
        const char *before = memrchr(rows.data, '\n', end - 1);
        size_t start = before != NULL ? (size_t)(before + 1 - rows.data) : 0;
        struct slice row = slice_make(rows.data + start, end - start);
        uint64_t at = sample->seen + start;
        int64_t rank = (int64_t)at;

        end = start;
        if (!ids->known && sample->top.n == most && rank <= sample->top.rows[0].rank)
            return;
        if (row.length > SAMPLE_LONGEST_ROW || (ids->known && !find_id(sample, row, &rank)))
            continue;
        offer(&sample->top, most, row, at, rank);
        if (ids->capped && rank <= ids->cap)
            offer(&sample->below, most, row, at, rank);
    }
}

void
sample_take(struct sample *sample, struct slice rows)
{
    if (rows.length == 0 || sample->limit == 0)
        return;
    take_evenly(sample, rows);
    if (most_of(sample) > 0)
        take_top(sample, rows);
    sample->seen += rows.length;
}

static int
by_place(const void *a, const void *b)
{
    const struct sample_row *left = a, *right = b;

    return (left->at > right->at) - (left->at < right->at);
}

/* Moves the rows that are not there yet; those that are stand in order. */
static void
add_top(struct sample *sample, struct sample_top *top)
{
    size_t n = sample->n;

    for (size_t i = 0; i < top->n; i++) {
        if (bsearch(&top->rows[i], sample->rows, n, sizeof *sample->rows, by_place) != NULL)
            drop(&top->rows[i], 1);
        else
            sample->rows[sample->n++] = top->rows[i];
    }
    top->n = 0;
    if (sample->n > n)
        qsort(sample->rows, sample->n, sizeof *sample->rows, by_place);
}

void
sample_finish(struct sample *sample)
{
    add_top(sample, &sample->top);
    add_top(sample, &sample->below);
}
