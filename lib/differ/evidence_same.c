/* By which columns a row whose key was changed is known to be the live row of its id. */
#include <string.h>

#include "evidence_query.h"
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

enum tells { TELLS, TELLS_NOT, TELLS_UNKNOWN };

static enum tells
tells(const struct evidence_sample *sample, const char *id, const char *name)
{
    struct evidence_walk walk;
    struct tellers tellers = {0};
    int64_t place = 0, number;
    bool result;

    if (!evidence_walk_start(&walk, sample, id, name))
        return TELLS_UNKNOWN;
    while (evidence_walk_next(&walk))
        if (!walk.right.is_null)
            tellers_add(&tellers, number_parse(walk.left.value, &number) ? number : place++,
                walk.right.value);
    evidence_walk_end(&walk);
    result = tellers_tell(&tellers);
    tellers_release(&tellers);
    return result ? TELLS : TELLS_NOT;
}

/* Values of a key, of which no two are the same, tell but for that. */
bool
evidence_same_counts(const struct evidence_query *id, const struct schema_column *column)
{
    return (strncmp(column->type, "text", 4) == 0 || strncmp(column->type, "character", 9) == 0) &&
           tells(id->sample, id->names[0], column->name) == TELLS_NOT;
}

bool
evidence_same_tells(const struct evidence_query *id, const char *name)
{
    return strcmp(id->names[0], name) != 0 && may_tell(id->table, name) &&
           tells(id->sample, id->names[0], name) == TELLS;
}

void
evidence_same(const struct evidence_query *id, struct decide_table *table)
{
    if (!decide_moved_wanted(table) || strcmp(table->id->type, "uuid") == 0)
        return;
    for (size_t i = 0; i < table->columns.n; i++)
        if (evidence_same_tells(id, table->columns.names[i]))
            schema_add_name(&table->same_by, table->columns.names[i]);
}
