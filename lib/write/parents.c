#include "parents.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "mergesql.h"
#include "number.h"
#include "pairmap.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

/* One foreign key. */
struct key {
    struct layout_positions columns; /* of the child, in the layout */
    struct textarray *values;        /* one a column: what has to be looked up */
    uint64_t n;                      /* how many */
    const struct idruns *inserted;   /* parents that are the writer's own; NULL: not known */
    struct pairmap seen;             /* hashes of these, and of what is locked already */
    struct buf sql;                  /* counts the parents of the values, and locks them */
};

struct parents {
    PGconn *writer;
    const struct layout *layout;
    struct inserted *inserted;
    struct key *keys;
    size_t n_keys, room_keys;
    size_t n_fields; /* of a row: as many as the keys need */
    struct slice *fields;
    struct buf value;
    uint64_t seed;
};

/* Lines from .. to of the query are the columns of one key; false when the layout lacks one. */
static bool
add_key(struct parents *parents, const PGresult *lines, int from, int to)
{
    struct key *key = MEM_APPEND(parents->keys, parents->n_keys, parents->room_keys);
    size_t n = (size_t)(to - from);

    *key = (struct key){.columns.at = mem_alloc(n * sizeof *key->columns.at), .columns.n = n};
    key->values = mem_alloc(n * sizeof *key->values);
    for (int i = from; i < to; i++) {
        size_t at = layout_position(parents->layout, PQgetvalue(lines, i, 3));

        if (at == LAYOUT_NONE)
            return false;
        key->columns.at[i - from] = at;
        if (at >= parents->n_fields)
            parents->n_fields = at + 1;
    }
    if (n == 1)
        key->inserted =
            inserted_ids(parents->inserted, PQgetvalue(lines, from, 5), PQgetvalue(lines, from, 6));
    return true;
}

static void
add_from(struct key *key)
{
    struct buf *sql = &key->sql;

    buf_add_string(sql, "ROWS FROM (");
    for (size_t i = 0; i < key->columns.n; i++)
        buf_add_format(
            sql, "%spg_catalog.unnest($%zu::pg_catalog.text[])", i > 0 ? ", " : "", i + 1);
    buf_add_string(sql, ") s (");
    for (size_t i = 0; i < key->columns.n; i++)
        buf_add_format(sql, "%sc%zu", i > 0 ? ", " : "", i);
    buf_add_char(sql, ')');
}

/* Each of the distinct values has one parent, since the parent's columns are a unique key. */
static void
add_sql(const struct parents *parents, struct key *key, const PGresult *lines, int from)
{
    struct buf *sql = &key->sql;

    buf_add_string(sql, "SELECT pg_catalog.count(*) FROM (SELECT FROM ");
    add_from(key);
    buf_add_format(sql, " JOIN %s%s p ON ", PQgetvalue(lines, from, 2), PQgetvalue(lines, from, 1));
    for (size_t i = 0; i < key->columns.n; i++)
        buf_add_format(sql, "%sp.%s = s.c%zu::%s", i > 0 ? " AND " : "",
            PQgetvalue(lines, from + (int)i, 4), i,
            parents->layout->columns[key->columns.at[i]]->type);
    buf_add_string(sql, " FOR KEY SHARE OF p) q");
    buf_string(sql);
}

static PGresult *
ask_keys(PGconn *reader, const struct layout *layout)
{
    struct buf name = {0};
    const char *values[1];
    PGresult *lines;

    mergesql_table(layout->table, &name);
    values[0] = buf_string(&name);
    lines = prepared_query(reader, sql_table_parents, 1, values);
    buf_release(&name);
    return lines;
}

static bool
add_keys(struct parents *parents, const PGresult *lines)
{
    int n = PQntuples(lines);

    for (int from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n; to++)
            if (strcmp(PQgetvalue(lines, to, 0), PQgetvalue(lines, from, 0)) != 0)
                break;
        if (!add_key(parents, lines, from, to))
            return false;
        add_sql(parents, &parents->keys[parents->n_keys - 1], lines, from);
    }
    return n > 0;
}

struct parents *
parents_new(PGconn *reader, PGconn *writer, const struct layout *layout, struct inserted *inserted)
{
    struct parents *parents = mem_alloc(sizeof *parents);
    PGresult *lines;

    *parents = (struct parents){
        .writer = writer, .layout = layout, .inserted = inserted, .seed = hash_seed()};
    lines = ask_keys(reader, layout);
    if (!add_keys(parents, lines)) {
        parents_free(parents);
        parents = NULL;
    } else {
        parents->fields = mem_alloc(parents->n_fields * sizeof *parents->fields);
    }
    PQclear(lines);
    return parents;
}

static bool
is_inserted(const struct key *key, struct slice field)
{
    int64_t id;

    return number_parse(field, &id) && idruns_has(key->inserted, id);
}

/* The values that a row refers by, unless one is null or a row before it has had the same. */
static void
add_values(struct parents *parents, struct key *key)
{
    bool added;

    if (key->inserted != NULL && is_inserted(key, parents->fields[key->columns.at[0]]))
        return;
    buf_clear(&parents->value);
    for (size_t i = 0; i < key->columns.n; i++) {
        struct slice field = parents->fields[key->columns.at[i]];

        if (copyrow_is_null(field))
            return;
        buf_add_slice(&parents->value, field);
        buf_add_char(&parents->value, '\t');
    }
    pairmap_add(&key->seen, hash_bytes(parents->seed, buf_slice(&parents->value)), &added);
    if (!added)
        return;
    for (size_t i = 0; i < key->columns.n; i++)
        textarray_add_field(&key->values[i], parents->fields[key->columns.at[i]]);
    key->n++;
}

static bool
look_up(struct parents *parents, struct key *key)
{
    const char **values = mem_alloc(key->columns.n * sizeof *values);
    struct server_error error = {0};
    PGresult *result;
    bool found;

    for (size_t i = 0; i < key->columns.n; i++)
        values[i] = textarray_literal(&key->values[i]);
    result = server_try_params(
        parents->writer, buf_string(&key->sql), (int)key->columns.n, values, &error);
    found = result != NULL && strtoull(PQgetvalue(result, 0, 0), NULL, 10) == key->n;
    PQclear(result);
    server_error_release(&error);
    free(values);
    return found;
}

#define MOST_SEEN 1000000 /* some 24 MB */

/* Rows that stand are locked until the transaction ends. Where the caller takes a savepoint back,
 * the locks since are gone. */
static void
end_look_up(struct key *key, bool stands)
{
    for (size_t i = 0; i < key->columns.n; i++)
        textarray_clear(&key->values[i]);
    key->n = 0;
    if (!stands || key->seen.count > MOST_SEEN)
        pairmap_release(&key->seen);
}

bool
parents_hold(struct parents *parents, struct slice rows)
{
    bool hold = true;

    while (rows.length > 0) {
        copyrow_split(copyrow_next(&rows), parents->fields, parents->n_fields);
        for (size_t i = 0; i < parents->n_keys; i++)
            add_values(parents, &parents->keys[i]);
    }
    for (size_t i = 0; i < parents->n_keys; i++)
        hold = hold && (parents->keys[i].n == 0 || look_up(parents, &parents->keys[i]));
    for (size_t i = 0; i < parents->n_keys; i++)
        end_look_up(&parents->keys[i], hold);
    return hold;
}

void
parents_free(struct parents *parents)
{
    if (parents == NULL)
        return;
    for (size_t i = 0; i < parents->n_keys; i++) {
        struct key *key = &parents->keys[i];

        pairmap_release(&key->seen);
        for (size_t j = 0; j < key->columns.n; j++)
            textarray_release(&key->values[j]);
        free(key->values);
        free(key->columns.at);
        buf_release(&key->sql);
    }
    free(parents->keys);
    free(parents->fields);
    buf_release(&parents->value);
    free(parents);
}
