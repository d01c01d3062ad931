/* The part of split.h about which rows of a table show whether its ids parted from the live ones.
 */
#include "split.h"

#include <string.h>

#include "facts.h"
#include "mem.h"
#include "msg.h"
#include "number.h"

#define MAX_DEPTH 32 /* partitions of partitions */

struct schema *
split_read_live(const char *path)
{
    struct input *input = input_open_plain(path);
    struct schema *live = mem_alloc(sizeof *live);
    struct slice line;
    bool terminated;
    char *reason;

    for (unsigned long n = 1; input_line(input, &line, &terminated); n++)
        if (!facts_parse(live, line, &reason))
            msg_fatal(STATUS_USAGE, "%s, line %lu: %s", input->name, n, reason);
    input_close(input);
    return live;
}

/* The column whose numbers a sequence makes; of a partition it may be said of the whole table. */
static const struct schema_column *
made_column(const struct schema *schema, const struct backup_block *block)
{
    const struct schema_table *table = schema_find_table(schema, block->table);

    for (int depth = 0; table != NULL && depth < MAX_DEPTH; depth++) {
        for (size_t i = 0; i < table->n_columns; i++) {
            const struct schema_column *column = &table->columns[i];

            if (schema_is_made(column) && number_is_type(column->type) &&
                schema_has_name(&block->columns, column->name))
                return column;
        }
        table = table->parents.n == 1 ? schema_find_table(schema, table->parents.names[0]) : NULL;
    }
    return NULL;
}

/* By its name, where nothing says that it is none. */
static bool
may_be_id(const struct schema *schema, const struct backup_block *block)
{
    const struct schema_table *table = schema_find_table(schema, block->table);
    const struct schema_column *column = table != NULL ? schema_find_column(table, "id") : NULL;

    return column == NULL || number_is_type(column->type);
}

static void
find(const struct backup_block *block, const char *name, struct sample_ids *ids)
{
    for (size_t i = 0; i < block->columns.n; i++) {
        if (strcmp(block->columns.names[i], name) != 0)
            continue;
        ids->known = true;
        ids->column = i;
    }
}

struct sample_ids
split_ids(const struct backup_block *block, const struct schema *backup, const struct schema *live)
{
    const struct schema_column *here = live != NULL ? made_column(live, block) : NULL;
    const struct schema_column *there = here != NULL ? here : made_column(backup, block);
    const struct schema_sequence *sequence =
        here != NULL && here->sequence != NULL ? schema_find_sequence(live, here->sequence) : NULL;
    struct sample_ids ids = {0};

    if (there != NULL)
        find(block, there->name, &ids);
    else if (may_be_id(backup, block))
        find(block, "id", &ids);
    if (sequence != NULL && sequence->is_called) {
        ids.capped = true;
        ids.cap = sequence->last_value;
    }
    return ids;
}
