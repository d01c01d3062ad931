#include "keyhashes.h"

#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

enum { INDEX, MESSAGE, HASH }; /* what sql/table_hashes.sql gives */

void
keyhashes_ask(struct keyhashes *hashes, PGconn *connection, const struct layout *layout,
    const struct liverow *liverow, const char *members)
{
    struct textarray target = {{0}, {0}}, key = {{0}, {0}};
    struct buf name = {0};
    const char *values[] = {NULL, liverow->columns, NULL, NULL, members};

    mergesql_table(layout->table, &name);
    layout_add_names(layout, &layout->target, &target);
    layout_add_looked_up(layout, &key);
    values[0] = buf_string(&name);
    values[2] = textarray_literal(&target);
    values[3] = textarray_literal(&key);
    hashes->keys = prepared_query(connection, sql_table_hashes, 5, values);
    hashes->n = (size_t)PQntuples(hashes->keys);
    textarray_release(&target);
    textarray_release(&key);
    buf_release(&name);
}

const char *
keyhashes_index(const struct keyhashes *hashes, size_t key)
{
    return PQgetvalue(hashes->keys, (int)key, INDEX);
}

const char *
keyhashes_message(const struct keyhashes *hashes, size_t key)
{
    return PQgetvalue(hashes->keys, (int)key, MESSAGE);
}

char *
keyhashes_still_taken(const struct keyhashes *hashes, size_t key)
{
    return mem_format(
        "%s: the value is still taken when the table is merged", keyhashes_message(hashes, key));
}

void
keyhashes_add(const struct keyhashes *hashes, struct buf *sql)
{
    for (size_t i = 0; i < hashes->n; i++)
        buf_add_format(sql, "%s%s", i > 0 ? ", " : "", PQgetvalue(hashes->keys, (int)i, HASH));
}

void
keyhashes_release(struct keyhashes *hashes)
{
    PQclear(hashes->keys);
    *hashes = (struct keyhashes){NULL, 0};
}
