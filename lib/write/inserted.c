#include "inserted.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"
#include "number.h"

void
inserted_init(struct inserted *inserted, const struct plan *plan)
{
    *inserted = (struct inserted){.plan = plan};
}

/* The plan may come after inserted_init(), but does not change once there are rows. */
static struct idruns *
ids_of(struct inserted *inserted, const struct plan_table *table)
{
    if (inserted->ids == NULL)
        inserted->ids = mem_alloc(inserted->plan->n_tables * sizeof *inserted->ids);
    return &inserted->ids[table - inserted->plan->tables];
}

static struct slice
field_at(struct slice row, size_t at)
{
    const char *tab;

    for (; (tab = memchr(row.data, '\t', row.length)) != NULL; at--) {
        size_t length = (size_t)(tab - row.data);

        if (at == 0)
            return slice_make(row.data, length);
        row = slice_make(tab + 1, row.length - length - 1);
    }
    return row;
}

void
inserted_add(struct inserted *inserted, const struct layout *layout, struct slice rows)
{
    int64_t id;

    if (layout->id == LAYOUT_NONE || !number_is_type(layout->columns[layout->id]->type))
        return;
    inserted->n = 0;
    while (rows.length > 0)
        if (number_parse(field_at(copyrow_next(&rows), layout->id), &id))
            *MEM_APPEND(inserted->batch, inserted->n, inserted->capacity) = id;
    idruns_add(ids_of(inserted, layout->table), inserted->batch, inserted->n);
}

const struct idruns *
inserted_ids(struct inserted *inserted, const char *table, const char *column)
{
    const struct plan_table *planned = plan_find_table(inserted->plan, table);
    const struct plan_column *id = planned != NULL ? plan_id_column(planned) : NULL;

    if (id == NULL || strcmp(id->name, column) != 0 || !number_is_type(id->type))
        return NULL;
    return ids_of(inserted, planned);
}

void
inserted_release(struct inserted *inserted)
{
    for (size_t i = 0; inserted->ids != NULL && i < inserted->plan->n_tables; i++)
        idruns_release(&inserted->ids[i]);
    free(inserted->ids);
    free(inserted->batch);
    *inserted = (struct inserted){0};
}
