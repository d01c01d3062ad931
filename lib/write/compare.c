#include "compare.h"

#include <stdlib.h>

#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "mergesql.h"
#include "server.h"

/* The lowest bit of a row's content hash says that the backup has had this row. */
#define SEEN ((uint64_t)1)
/* Instead of a content: several live rows have the key. */
#define AMBIGUOUS ((uint64_t)2)

void
compare_init(struct compare *compare, const struct layout *layout)
{
    *compare = (struct compare){.layout = layout, .seed = hash_seed()};
    for (size_t i = 0; i < layout->target.n; i++)
        if (layout->target.at[i] > compare->last_target)
            compare->last_target = layout->target.at[i];
    compare->fields = mem_alloc((layout->n + 1) * sizeof *compare->fields);
}

void
compare_release(struct compare *compare)
{
    pairmap_release(&compare->rows);
    buf_release(&compare->key);
    free(compare->fields);
    *compare = (struct compare){0};
}

uint64_t
compare_key_of(struct compare *compare, const struct slice *fields)
{
    const struct layout_positions *target = &compare->layout->target;

    if (target->n == 1)
        return hash_bytes(compare->seed, fields[target->at[0]]);
    buf_clear(&compare->key);
    for (size_t i = 0; i < target->n; i++) {
        buf_add_slice(&compare->key, fields[target->at[i]]);
        buf_add_char(&compare->key, '\t');
    }
    return hash_bytes(compare->seed, buf_slice(&compare->key));
}

/* Only the fields up to the last one of the target are looked for. */
uint64_t
compare_key(struct compare *compare, struct slice row)
{
    const char *p = row.data, *end = row.data + row.length;

    for (size_t i = 0; i <= compare->last_target; i++) {
        const char *tab = p < end ? memchr(p, '\t', (size_t)(end - p)) : NULL;

        compare->fields[i] = slice_make(p, (size_t)((tab != NULL ? tab : end) - p));
        p = tab != NULL ? tab + 1 : end;
    }
    return compare_key_of(compare, compare->fields);
}

static uint64_t
content(const struct compare *compare, struct slice row)
{
    return hash_bytes(compare->seed, row) & ~SEEN;
}

/* A row that is asked for once more (a duplicate in the backup) stays seen. */
void
compare_add_live(struct compare *compare, struct slice row)
{
    uint64_t hash = content(compare, row), *value;
    bool added;

    value = pairmap_add(&compare->rows, compare_key(compare, row), &added);
    if (added)
        *value = hash;
    else if ((*value & ~SEEN) != hash)
        *value = AMBIGUOUS;
}

void
compare_load(struct compare *compare, PGconn *reader)
{
    struct buf sql = {0};
    struct slice row;
    char *held = NULL;

    mergesql_copy_out_rows(compare->layout, &sql);
    server_copy_out(reader, buf_string(&sql));
    while (server_copy_row(reader, &held, &row))
        compare_add_live(compare, row);
    buf_release(&sql);
}

bool
compare_has(const struct compare *compare, uint64_t key)
{
    return pairmap_find(&compare->rows, key) != NULL;
}

enum compare_result
compare_row(struct compare *compare, uint64_t key, struct slice row)
{
    bool added;
    uint64_t *value = pairmap_add(&compare->rows, key, &added);
    uint64_t live = *value;

    if (live == AMBIGUOUS)
        return COMPARE_AMBIGUOUS;
    *value |= SEEN;
    if (added)
        return COMPARE_NEW;
    if ((live & SEEN) != 0)
        return COMPARE_DUPLICATE;
    return live == content(compare, row) ? COMPARE_EQUAL : COMPARE_DIFFERENT;
}
