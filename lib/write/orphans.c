#include "orphans.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

/* What sql/table_foreign.sql gives, and what is asked of each row about each key. */
enum { KEY, SCHEMA, PARENT, PARENT_COLUMNS, COLUMNS, GIVEN, MISSING, HASH };
enum { ROW_MISSING, ROW_HASH, ANSWERS };

/* ---- the keys */

/* The parent's id, and not another column of it. */
static bool
is_id(const struct plan *plan, const struct parentkey *parent)
{
    const struct plan_table *table = plan_find_table(plan, parent->parent);
    const struct plan_column *id = table != NULL ? plan_id_column(table) : NULL;

    return id == NULL || schema_has_name(&parent->columns, id->name);
}

/* Ids of the parent, each of which idmap-builder has looked up: it has left out what had none. */
static bool
is_translated(const struct plan *plan, const struct plan_table *table,
    const struct schema_names *columns, const struct parentkey *parent)
{
    const struct plan_column *column =
        columns->n == 1 ? plan_find_column(table, columns->names[0]) : NULL;

    return column != NULL && column->action == PLAN_COLUMN_REFERENCE &&
           column->unresolved == PLAN_UNRESOLVED_REJECT && column->target != NULL &&
           strcmp(column->target, parent->parent) == 0 && is_id(plan, parent);
}

static void
read_key(struct parentkeys *keys, const struct plan *plan, const struct plan_table *table,
    const PGresult *result, int row, struct orphans_key *key, struct schema_names *columns)
{
    key->parent = parentkeys_find(keys, PQgetvalue(result, row, SCHEMA),
        PQgetvalue(result, row, PARENT), PQgetvalue(result, row, PARENT_COLUMNS));
    parentkeys_names(columns, PQgetvalue(result, row, COLUMNS));
    key->doubtful = table->stricter && !is_translated(plan, table, columns, key->parent);
}

static PGresult *
ask_for_keys(PGconn *connection, const struct plan_table *table, const char *columns)
{
    struct buf name = {0};
    const char *values[] = {NULL, columns};
    PGresult *result;

    mergesql_table(table, &name);
    values[0] = buf_string(&name);
    result = prepared_query(connection, sql_table_foreign, 2, values);
    buf_release(&name);
    return result;
}

void
orphans_want(struct parentkeys *keys, PGconn *connection, const struct plan *plan,
    const struct plan_table *table)
{
    PGresult *result;

    if (!table->stricter || table->action == PLAN_SKIP)
        return;
    result = ask_for_keys(connection, table, NULL);
    for (int row = 0; row < PQntuples(result); row++) {
        struct schema_names columns = {0};
        struct orphans_key key = {0};

        read_key(keys, plan, table, result, row, &key, &columns);
        key.parent->wanted |= key.doubtful;
        keys->wanted |= key.doubtful;
        schema_names_release(&columns);
    }
    PQclear(result);
}

static void
add_key(struct orphans *orphans, const struct plan *plan, const PGresult *result, int row)
{
    struct orphans_key *key = &orphans->own[orphans->n++];
    struct schema_names columns = {0};

    read_key(orphans->keys, plan, orphans->layout->table, result, row, key, &columns);
    key->name = mem_string(PQgetvalue(result, row, KEY));
    parentkeys_positions(orphans->layout, &columns, &key->at);
    orphans->doubtful |= key->doubtful;
    schema_names_release(&columns);
}

/* What is asked of each row about each key. */
static char *
questions(const PGresult *keys)
{
    struct buf what = {0};

    for (int i = 0; i < PQntuples(keys); i++)
        buf_add_format(&what, "%s%s, CASE WHEN %s THEN %s END", i > 0 ? ", " : "",
            PQgetvalue(keys, i, MISSING), PQgetvalue(keys, i, GIVEN), PQgetvalue(keys, i, HASH));
    buf_string(&what);
    return what.data;
}

static void
make_query(
    struct orphans *orphans, const char *what, enum liverow_rows which, struct rowquery *query)
{
    struct liverow liverow;

    liverow_init(&liverow, orphans->connection, orphans->layout, which);
    rowquery_make(query, orphans->connection, orphans->layout, &liverow, which, what);
    liverow_release(&liverow);
}

void
orphans_init(struct orphans *orphans, struct parentkeys *keys, PGconn *connection,
    const struct plan *plan, const struct layout *layout)
{
    struct liverow liverow;
    PGresult *result;

    *orphans = (struct orphans){.connection = connection, .layout = layout, .keys = keys};
    liverow_init(&liverow, connection, layout, LIVEROW_NEW);
    result = ask_for_keys(connection, layout->table, liverow.columns);
    orphans->own = mem_alloc(((size_t)PQntuples(result) + 1) * sizeof *orphans->own);
    for (int row = 0; row < PQntuples(result); row++)
        add_key(orphans, plan, result, row);
    orphans->questions = questions(result);
    PQclear(result);
    liverow_release(&liverow);
}

void
orphans_release(struct orphans *orphans)
{
    for (size_t i = 0; i < orphans->n; i++) {
        free(orphans->own[i].name);
        free(orphans->own[i].at.at);
    }
    free(orphans->own);
    free(orphans->questions);
    rowquery_release(&orphans->fresh);
    rowquery_release(&orphans->changed);
}

/* ---- the rows */

/* The key of the row's text refers to a row that was refused, or to one that may have been. */
static bool
is_lost(const struct orphans *orphans, const struct orphans_key *key, const struct slice *fields)
{
    uint64_t hash;

    return (key->parent->lost.count > 0 || key->parent->unsure) &&
           parentkeys_hash_texts(orphans->keys, &key->at, fields, &hash) &&
           (key->parent->unsure || pairmap_find(&key->parent->lost, hash) != NULL);
}

bool
orphans_is_suspicious(const struct orphans *orphans, struct slice row)
{
    struct slice *fields = NULL;
    bool found = false;

    for (size_t i = 0; i < orphans->n && !found; i++) {
        if (orphans->own[i].parent->lost.count == 0 && !orphans->own[i].parent->unsure)
            continue;
        if (fields == NULL) {
            fields = mem_alloc((orphans->layout->n + 1) * sizeof *fields);
            copyrow_split(row, fields, orphans->layout->n);
        }
        found = is_lost(orphans, &orphans->own[i], fields);
    }
    free(fields);
    return found;
}

static bool
some_are_suspicious(const struct orphans *orphans, struct slice rows)
{
    bool found = false;

    while (!found && rows.length > 0)
        found = orphans_is_suspicious(orphans, copyrow_next(&rows));
    return found;
}

PGresult *
orphans_ask(struct orphans *orphans, struct slice rows, enum liverow_rows which)
{
    struct rowquery *query = which == LIVEROW_NEW ? &orphans->fresh : &orphans->changed;
    PGresult *result;

    if (query->sql == NULL)
        make_query(orphans, orphans->questions, which, query);
    result = rowquery_ask(query, rows);
    orphans->blind |= result == NULL;
    return result;
}

bool
orphans_is_missing(
    const struct orphans *orphans, const PGresult *result, int at, size_t key, uint64_t *hash)
{
    const struct parentkey *parent = orphans->own[key].parent;
    int column = 1 + (int)key * ANSWERS; /* behind the row's number */
    bool missing = strcmp(PQgetvalue(result, at, column + ROW_MISSING), "t") == 0;

    *hash = (uint64_t)strtoll(PQgetvalue(result, at, column + ROW_HASH), NULL, 10);
    if (parent->unknown || PQgetisnull(result, at, column + ROW_HASH))
        return false;
    return (missing || pairmap_find(&parent->left, *hash) != NULL) &&
           pairmap_find(&parent->brought, *hash) == NULL;
}

char *
orphans_reason(const struct orphans_key *key)
{
    return mem_format("violates foreign key constraint \"%s\"", key->name);
}

/* Else its parent is there: idmap-builder has found it, or the backup's own key held; but a row
 * that is refused does not come. */
bool
orphans_is_expected(const struct orphans *orphans, size_t key, struct slice row)
{
    struct slice *fields;
    bool lost;

    if (orphans->own[key].doubtful)
        return true;
    fields = mem_alloc((orphans->layout->n + 1) * sizeof *fields);
    copyrow_split(row, fields, orphans->layout->n);
    lost = is_lost(orphans, &orphans->own[key], fields);
    free(fields);
    return lost;
}

/* The foreign key that the row breaks; NULL: none. */
static const struct orphans_key *
broken_key(const struct orphans *orphans, const PGresult *result, int at, struct slice row)
{
    uint64_t hash;

    for (size_t i = 0; i < orphans->n; i++)
        if (orphans_is_missing(orphans, result, at, i, &hash) &&
            orphans_is_expected(orphans, i, row))
            return &orphans->own[i];
    return NULL;
}

void
orphans_reject(struct orphans *orphans, struct slice rows, enum liverow_rows which,
    copybatch_rejected *rejected, void *context, struct buf *kept)
{
    bool asks = rows.length > 0 && orphans->n > 0 &&
                (orphans->doubtful || some_are_suspicious(orphans, rows));
    PGresult *result = asks ? orphans_ask(orphans, rows, which) : NULL;
    int at = 0;

    for (uint64_t number = 1; rows.length > 0; number++) {
        struct slice row = copyrow_next(&rows);
        struct server_error error = {.sqlstate = "23503"};
        const struct orphans_key *broken = NULL;

        if (at < PQntuples(result) && strtoull(PQgetvalue(result, at, 0), NULL, 10) == number)
            broken = broken_key(orphans, result, at++, row);
        if (broken == NULL) {
            buf_add_slice(kept, slice_make(row.data, row.length + 1));
            continue;
        }
        error.message = orphans_reason(broken);
        rejected(context, row, &error);
        server_error_release(&error);
    }
    PQclear(result);
}
