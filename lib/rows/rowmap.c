#include "rowmap.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"

void
rowmap_init(struct rowmap *map, const struct schema_names *old, const struct schema_names *columns)
{
    *map = (struct rowmap){.n = columns->n, .n_old = old->n};
    map->same = schema_names_equal(old, columns);
    map->from = mem_alloc((columns->n + 1) * sizeof *map->from);
    map->old = mem_alloc((old->n + 1) * sizeof *map->old);
    for (size_t i = 0; i < columns->n; i++) {
        map->from[i] = old->n;
        for (size_t k = 0; k < old->n; k++)
            if (strcmp(old->names[k], columns->names[i]) == 0)
                map->from[i] = k;
    }
}

void
rowmap_release(struct rowmap *map)
{
    free(map->from);
    free(map->old);
    buf_release(&map->out);
}

/* The fields of the row, of which a table without columns has none. */
static size_t
split(struct rowmap *map, struct slice row)
{
    return map->n_old == 0 && row.length == 0 ? 0 : copyrow_split(row, map->old, map->n_old);
}

bool
rowmap_take(struct rowmap *map, struct slice rows, struct slice *out, uint64_t *bad)
{
    *out = rows;
    if (map->same)
        return true;
    buf_clear(&map->out);
    for (*bad = 0; rows.length > 0; ++*bad) {
        if (split(map, copyrow_next(&rows)) != map->n_old)
            return false;
        for (size_t i = 0; i < map->n; i++) {
            if (i > 0)
                buf_add_char(&map->out, '\t');
            buf_add_slice(
                &map->out, map->from[i] < map->n_old ? map->old[map->from[i]] : COPYROW_NULL);
        }
        buf_add_char(&map->out, '\n');
    }
    *out = buf_slice(&map->out);
    return true;
}
