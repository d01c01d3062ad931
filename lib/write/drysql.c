#include "drysql.h"

#include "changesql.h"
#include "mergesql.h"

static void
show_statement(struct output *file, struct buf *sql)
{
    buf_add_string(sql, ";\n");
    output_slice(file, buf_slice(sql));
    buf_clear(sql);
}

void
drysql_write(
    struct output *file, const struct layout *layout, size_t number, const struct tally *tally)
{
    struct buf sql = {0};

    buf_add_format(&sql, "-- %s: %llu new, %llu changed rows", tally->table,
        (unsigned long long)tally->inserted, (unsigned long long)tally->updated);
    buf_add_char(&sql, '\n');
    output_slice(file, buf_slice(&sql));
    buf_clear(&sql);
    if (tally->inserted > 0) {
        mergesql_copy_in(layout, &sql);
        show_statement(file, &sql);
    }
    if (tally->updated > 0) {
        changesql_create(layout, number, &sql);
        show_statement(file, &sql);
        changesql_copy(layout, number, &sql);
        show_statement(file, &sql);
        changesql_update(layout, number, &(struct changesql_update){CHANGESQL_NOTHING}, &sql);
        show_statement(file, &sql);
    }
    for (size_t i = 0; tally->inserted > 0 && i < layout->n; i++)
        if (mergesql_has_sequence(layout->columns[i])) {
            mergesql_sequence_up(layout->table, layout->columns[i], MERGESQL_OWN, &sql);
            show_statement(file, &sql);
        }
    buf_release(&sql);
}
