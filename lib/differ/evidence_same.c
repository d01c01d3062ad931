/* By which columns a row whose key was changed is known to be the live row of its id. */
#include <string.h>

#include "arraylit.h"
#include "evidence.h"
#include "number.h"
#include "tellers.h"

static bool
may_tell(const struct decide_table *table, const char *name)
{
    static const char *const types[] = {"text", "character", "citext", "name", "uuid", "bytea",
        "json", "jsonb", "inet", "cidr", "macaddr", "xml"};
    const struct schema_column *column = schema_find_column(table->live, name);
    const char *dot = strrchr(column->type, '.'), *type = dot != NULL ? dot + 1 : column->type;

    if (strchr(type, '[') != NULL ||
        (table->key != NULL && schema_has_name(&table->key->columns, name)) ||
        schema_is_made(column) || decide_made_is_reference(table, name))
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t length = strlen(types[i]);

        if (strncmp(type, types[i], length) == 0 && strchr(" (", type[length]) != NULL)
            return true;
    }
    return false;
}

static bool
tells(struct textarray *ids, struct textarray *values)
{
    struct arraylit id = {0}, value = {0};
    struct tellers tellers = {0};
    int64_t place = 0, number;
    bool result;

    arraylit_start(&id, slice_string(textarray_literal(ids)), NULL);
    arraylit_start(&value, slice_string(textarray_literal(values)), NULL);
    while (arraylit_next(&id) == ARRAYLIT_ELEMENT && arraylit_next(&value) == ARRAYLIT_ELEMENT)
        if (!value.is_null)
            tellers_add(&tellers, number_parse(id.value, &number) ? number : place++, value.value);
    result = tellers_tell(&tellers);
    tellers_release(&tellers);
    arraylit_release(&id);
    arraylit_release(&value);
    return result;
}

/* Values of a key, of which no two are the same, tell but for that. */
bool
evidence_same_counts(const struct evidence_sample *sample, const struct decide_table *table,
    const struct schema_column *column)
{
    size_t id = evidence_column(sample, table->id->name),
           at = evidence_column(sample, column->name);

    return id < sample->columns.n && at < sample->columns.n &&
           (strncmp(column->type, "text", 4) == 0 || strncmp(column->type, "character", 9) == 0) &&
           !tells(&sample->values[id], &sample->values[at]);
}

bool
evidence_same_tells(
    const struct evidence_sample *sample, const struct decide_table *table, const char *name)
{
    size_t id = evidence_column(sample, table->id->name), at = evidence_column(sample, name);

    return id < sample->columns.n && at < sample->columns.n && at != id && may_tell(table, name) &&
           tells(&sample->values[id], &sample->values[at]);
}

void
evidence_same(const struct evidence_sample *sample, struct decide_table *table)
{
    if (!decide_moved_wanted(table) || strcmp(table->id->type, "uuid") == 0)
        return;
    for (size_t i = 0; i < table->columns.n; i++)
        if (evidence_same_tells(sample, table, table->columns.names[i]))
            schema_add_name(&table->same_by, table->columns.names[i]);
}
