#include "liverow.h"

#include <stdlib.h>
#include <string.h>

#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

enum { NAME, VALUE, GENERATED }; /* what sql/table_rest.sql gives */

static void
add_value(struct buf *values, const char *name, const char *value)
{
    buf_add_format(values, ", (%s) AS ", value);
    ident_quote(slice_string(name), values);
}

static void
add_column(struct liverow *liverow, struct textarray *columns, const PGresult *result, int row,
    enum liverow_rows rows)
{
    const char *name = PQgetvalue(result, row, NAME);
    bool generated = strcmp(PQgetvalue(result, row, GENERATED), "t") == 0;

    if (rows == LIVEROW_CHANGED && !generated)
        schema_add_name(&liverow->kept, name);
    else if (PQgetisnull(result, row, VALUE))
        return;
    else if (rows != LIVEROW_STAGED)
        add_value(generated ? &liverow->generated : &liverow->defaults, name,
            PQgetvalue(result, row, VALUE));
    textarray_add_name(columns, name);
}

void
liverow_init(struct liverow *liverow, PGconn *connection, const struct layout *layout,
    enum liverow_rows rows)
{
    struct textarray columns = {{0}, {0}};
    struct buf name = {0};
    const char *values[3];
    PGresult *result;

    *liverow = (struct liverow){.rows = rows};
    layout_add_names(layout, NULL, &columns);
    mergesql_table(layout->table, &name);
    values[0] = buf_string(&name);
    values[1] = textarray_literal(&columns);
    values[2] = rows == LIVEROW_CHANGED ? "t" : "f";
    result = prepared_query(connection, sql_table_rest, 3, values);
    for (int row = 0; row < PQntuples(result); row++)
        add_column(liverow, &columns, result, row, rows);
    liverow->columns = mem_string(textarray_literal(&columns));
    PQclear(result);
    textarray_release(&columns);
    buf_release(&name);
}

bool
liverow_adds(const struct liverow *liverow)
{
    return liverow->defaults.length + liverow->generated.length > 0;
}

/* Generated columns may need the defaults. */
void
liverow_from(const struct liverow *liverow, const char *relation, struct buf *sql)
{
    if (!liverow_adds(liverow)) {
        buf_add_format(sql, "%s r", relation);
        return;
    }
    buf_add_format(sql, "(SELECT g.*%.*s FROM (SELECT s.*%.*s FROM %s s) g) r",
        (int)liverow->generated.length, liverow->generated.data, (int)liverow->defaults.length,
        liverow->defaults.data, relation);
}

void
liverow_release(struct liverow *liverow)
{
    schema_names_release(&liverow->kept);
    free(liverow->columns);
    buf_release(&liverow->defaults);
    buf_release(&liverow->generated);
}
