#include "parentkeys.h"

#include <stdlib.h>
#include <string.h>

#include "arraylit.h"
#include "changesql.h"
#include "copyrow.h"
#include "hash.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

enum { SCHEMA, NAME, COLUMNS, HASH }; /* what sql/table_parentkeys.sql gives */

/* ---- all of them */

void
parentkeys_init(struct parentkeys *keys)
{
    *keys = (struct parentkeys){.seed = hash_seed()};
}

void
parentkeys_names(struct schema_names *names, const char *array)
{
    struct arraylit walk = {0};

    arraylit_start(&walk, slice_string(array), NULL);
    while (arraylit_next(&walk) == ARRAYLIT_ELEMENT) {
        char *name = mem_copy(walk.value.data, walk.value.length);

        schema_add_name(names, name);
        free(name);
    }
    arraylit_release(&walk);
}

struct parentkey *
parentkeys_find(struct parentkeys *keys, const char *schema, const char *name, const char *columns)
{
    struct schema_names names = {0};
    char *parent = ident_qualified(schema, name);
    struct parentkey *key;

    parentkeys_names(&names, columns);
    for (size_t i = 0; i < keys->n; i++) {
        key = keys->keys[i];
        if (strcmp(key->parent, parent) != 0 || !schema_names_equal(&key->columns, &names))
            continue;
        schema_names_release(&names);
        free(parent);
        return key;
    }
    key = mem_alloc(sizeof *key);
    *key = (struct parentkey){.parent = parent, .columns = names};
    return *MEM_APPEND(keys->keys, keys->n, keys->room) = key;
}

void
parentkeys_release(struct parentkeys *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        struct parentkey *key = keys->keys[i];

        pairmap_release(&key->lost);
        pairmap_release(&key->brought);
        pairmap_release(&key->left);
        schema_names_release(&key->columns);
        free(key->parent);
        free(key);
    }
    free(keys->keys);
}

/* ---- of one table */

void
parentkeys_positions(
    const struct layout *layout, const struct schema_names *names, struct layout_positions *at)
{
    *at = (struct layout_positions){.at = mem_alloc((names->n + 1) * sizeof *at->at)};
    for (size_t i = 0; i < names->n; i++) {
        size_t position = layout_position(layout, names->names[i]);

        if (position == LAYOUT_NONE) {
            at->n = 0;
            return;
        }
        at->at[at->n++] = position;
    }
}

bool
parentkeys_hash_texts(const struct parentkeys *keys, const struct layout_positions *at,
    const struct slice *fields, uint64_t *hash)
{
    *hash = keys->seed;
    for (size_t i = 0; i < at->n; i++) {
        if (copyrow_is_null(fields[at->at[i]]))
            return false;
        *hash = hash_bytes(*hash, fields[at->at[i]]);
    }
    return at->n > 0;
}

void
parentkeys_table_init(struct parentkeys_table *table, struct parentkeys *keys, PGconn *connection,
    const struct layout *layout)
{
    *table = (struct parentkeys_table){.keys = keys, .connection = connection, .layout = layout};
}

void
parentkeys_table_ask(struct parentkeys_table *table)
{
    PGresult *result;

    if (table->asked)
        return;
    table->asked = true;
    result = prepared_query_relation(
        table->connection, sql_table_parentkeys, table->layout->table->name);
    table->own = mem_alloc(((size_t)PQntuples(result) + 1) * sizeof *table->own);
    for (int row = 0; row < PQntuples(result); row++) {
        struct parentkeys_own *own = &table->own[table->n++];

        own->key = parentkeys_find(table->keys, PQgetvalue(result, row, SCHEMA),
            PQgetvalue(result, row, NAME), PQgetvalue(result, row, COLUMNS));
        own->hash = mem_string(PQgetvalue(result, row, HASH));
        parentkeys_positions(table->layout, &own->key->columns, &own->at);
    }
    PQclear(result);
}

void
parentkeys_table_release(struct parentkeys_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        free(table->own[i].at.at);
        free(table->own[i].hash);
    }
    free(table->own);
    rowquery_release(&table->fresh);
    rowquery_release(&table->changed);
}

/* ---- refused rows */

static bool
is_untranslated(const struct layout *layout, const struct layout_positions *at)
{
    for (size_t i = 0; i < at->n; i++)
        if (layout->columns[at->at[i]]->action != PLAN_COLUMN_SET)
            return true;
    return false;
}

void
parentkeys_lose(struct parentkeys_table *table, enum parentkeys_row which, struct slice row)
{
    const struct layout *layout = table->layout;
    struct slice *fields;

    parentkeys_table_ask(table);
    if (table->n == 0)
        return;
    fields = mem_alloc((layout->n + 1) * sizeof *fields);
    copyrow_split(row, fields, layout->n);
    for (size_t i = 0; i < table->n; i++) {
        const struct parentkeys_own *own = &table->own[i];
        uint64_t hash;
        bool added;

        if (which == PARENTKEYS_UNTRANSLATED && is_untranslated(layout, &own->at)) {
            own->key->unsure |= layout->table->cycle != 0;
            table->keys->lost |= own->key->unsure;
            continue;
        }
        if (!parentkeys_hash_texts(table->keys, &own->at, fields, &hash))
            continue;
        pairmap_add(&own->key->lost, hash, &added);
        table->keys->lost = true;
    }
    free(fields);
}

/* ---- rows that the merge writes */

/* The old values of a changed row. */
static void
add_old(const struct parentkeys_table *table, const char *hash, struct buf *what)
{
    buf_add_format(what, ", (SELECT %s FROM (SELECT o.* FROM ", hash);
    mergesql_rows(table->layout->table, what);
    buf_add_string(what, " o WHERE ");
    changesql_is_live_row(table->layout, "o", what);
    buf_add_string(what, ") r)");
}

static void
make_query(struct parentkeys_table *table, enum liverow_rows which, struct rowquery *query)
{
    struct liverow liverow;
    struct buf what = {0};

    for (size_t i = 0; i < table->n; i++) {
        buf_add_format(&what, "%s%s", i > 0 ? ", " : "", table->own[i].hash);
        if (which == LIVEROW_CHANGED)
            add_old(table, table->own[i].hash, &what);
    }
    liverow_init(&liverow, table->connection, table->layout, which);
    rowquery_make(query, table->connection, table->layout, &liverow, which, buf_string(&what));
    liverow_release(&liverow);
    buf_release(&what);
}

static PGresult *
ask(struct parentkeys_table *table, struct slice rows, enum liverow_rows which)
{
    struct rowquery *query = which == LIVEROW_NEW ? &table->fresh : &table->changed;

    if (query->sql == NULL)
        make_query(table, which, query);
    return rowquery_ask(query, rows);
}

PGresult *
parentkeys_ask(struct parentkeys_table *table, struct slice rows)
{
    parentkeys_table_ask(table);
    return table->n > 0 ? ask(table, rows, LIVEROW_NEW) : NULL;
}

static bool
sets(const struct layout *layout, const struct layout_positions *at)
{
    for (size_t i = 0; i < at->n; i++)
        if (changesql_sets(layout, at->at[i]))
            return true;
    return false;
}

/* True when such rows bring what somebody wants to know. */
static bool
is_wanted(const struct parentkeys_table *table, enum liverow_rows which)
{
    for (size_t i = 0; i < table->n; i++)
        if (table->own[i].key->wanted &&
            (which == LIVEROW_NEW || sets(table->layout, &table->own[i].at)))
            return true;
    return false;
}

static void
count(struct pairmap *map, const PGresult *result, int row, int column)
{
    bool added;

    if (!PQgetisnull(result, row, column))
        ++*pairmap_add(map, (uint64_t)strtoll(PQgetvalue(result, row, column), NULL, 10), &added);
}

static void
bring(struct parentkeys_table *table, const PGresult *result, enum liverow_rows which)
{
    int step = which == LIVEROW_CHANGED ? 2 : 1;

    for (int row = 0; row < PQntuples(result); row++)
        for (size_t i = 0; i < table->n; i++) {
            int column = 1 + (int)i * step;

            if (which == LIVEROW_CHANGED &&
                strcmp(PQgetvalue(result, row, column), PQgetvalue(result, row, column + 1)) == 0)
                continue;
            count(&table->own[i].key->brought, result, row, column);
            if (which == LIVEROW_CHANGED)
                count(&table->own[i].key->left, result, row, column + 1);
        }
}

void
parentkeys_bring(struct parentkeys_table *table, struct slice rows, enum liverow_rows which)
{
    PGresult *result;

    if (!table->keys->wanted || rows.length == 0)
        return;
    parentkeys_table_ask(table);
    if (!is_wanted(table, which))
        return;
    result = ask(table, rows, which);
    for (size_t i = 0; i < table->n; i++)
        table->own[i].key->unknown |= result == NULL;
    bring(table, result, which);
    PQclear(result);
}
