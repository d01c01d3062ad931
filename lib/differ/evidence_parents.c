#include "evidence_parents.h"

#include <string.h>

#include "arraylit.h"
#include "copyrow.h"
#include "mem.h"
#include "number.h"
#include "numbermap.h"
#include "server.h"

/* Of a table whose rows are found by a natural key. */
struct evidence_parent {
    const struct decide_table *table;
    struct numbermap live; /* of sampled rows: the live id, or NOT_THERE; */
    struct numbermap back; /* of these live ids: the backup's */
    int64_t agreed;        /* the greatest id that a row has in both databases */
};

#define NOT_THERE INT64_MIN
#define NONE "none" /* the value of a reference to such a row */

/* ---- what the samples say of a table */

/* Its rows have been found by their keys, and up to some id have the same in both databases. */
static bool
is_known(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;

    return table->id != NULL && table->member == NULL && number_is_type(table->id->type) &&
           table->plain_key != NULL && own->key_agree >= DECIDE_ENOUGH && decide_looks_forked(own);
}

static void
take_row(const PGresult *rows, int row, struct evidence_parent *parent)
{
    int64_t id, live = NOT_THERE;

    if (!number_parse(slice_string(PQgetvalue(rows, row, 0)), &id))
        return;
    if (!PQgetisnull(rows, row, 1))
        number_parse(slice_string(PQgetvalue(rows, row, 1)), &live);
    numbermap_put(&parent->live, id, live);
    if (live != NOT_THERE)
        numbermap_put(&parent->back, live, id);
    if (id == live && id > parent->agreed)
        parent->agreed = id;
}

static void
ask(PGconn *connection, struct evidence_sample *sample, struct evidence_parent *parent)
{
    struct evidence_query query = {.table = parent->table, .sample = sample};
    const struct schema_names *key = parent->table->plain_key;
    PGresult *rows;

    if (!evidence_query_add(&query, parent->table->id->name))
        return;
    for (size_t i = 0; i < key->n; i++)
        if (!evidence_query_add(&query, key->names[i]))
            return;
    buf_add_string(&query.sql, "SELECT s.c0, ");
    evidence_query_add_live(&query, 0);
    evidence_query_add_rows(&query);
    buf_add_string(&query.sql, " LEFT JOIN ");
    evidence_query_add_table(&query);
    for (int i = 1; i < query.n; i++) {
        buf_add_string(&query.sql, i > 1 ? " AND " : " ON ");
        evidence_query_add_equal(&query, i);
    }
    rows = evidence_query_run(connection, &query);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++)
        take_row(rows, row, parent);
    PQclear(rows);
    buf_release(&query.sql);
}

static struct evidence_parent *
find(struct evidence *evidence, const struct decide_table *table)
{
    struct evidence_parent *parent;

    for (size_t i = 0; i < evidence->n_parents; i++)
        if (evidence->parents[i].table == table)
            return &evidence->parents[i];
    parent = MEM_APPEND(evidence->parents, evidence->n_parents, evidence->room_parents);
    *parent = (struct evidence_parent){.table = table, .agreed = NOT_THERE};
    for (size_t i = 0; i < evidence->n_samples; i++)
        if (decide_find_taker(evidence->decide, evidence->samples[i].table) == table)
            ask(evidence->connection, &evidence->samples[i], parent);
    return parent;
}

/* ---- what refers to it */

/* The table to which the reference of one column leads, if it is known; or NULL. */
static const struct decide_table *
known_parent(const struct evidence *evidence, const struct decide_table *table,
    const struct schema_reference *reference)
{
    const struct decide_table *parent = decide_find(evidence->decide, reference->parent);

    return reference->columns.n == 1 && parent != NULL && parent != table && is_known(parent) &&
                   strcmp(reference->parent_columns.names[0], parent->id->name) == 0
               ? parent
               : NULL;
}

/* The live id of the row of that id; false: nothing is known of it. */
static bool
find_live(const struct evidence_parent *parent, struct slice text, int64_t *live)
{
    int64_t id;

    if (!number_parse(text, &id))
        return false;
    if (numbermap_get(&parent->live, id, live) && (*live != NOT_THERE || id > parent->agreed))
        return true;
    *live = id; /* ids mean the same up to there */
    return id <= parent->agreed;
}

static void
add_reference(const struct evidence_parent *parent, struct slice id, struct textarray *values)
{
    struct buf value = {0};
    int64_t live;

    if (!find_live(parent, id, &live)) {
        textarray_add_field(values, COPYROW_NULL);
        return;
    }
    if (live == NOT_THERE)
        buf_add_string(&value, NONE);
    else
        buf_add_int(&value, live);
    textarray_add_field(values, buf_slice(&value));
    buf_release(&value);
}

static void
add_column(struct evidence_query *query, const char *name, const struct evidence_parent *parent)
{
    size_t at = evidence_column(query->sample, name);
    struct textarray *values;
    struct arraylit ids = {0};

    if (at == query->sample->columns.n)
        return;
    values = mem_alloc(sizeof *values);
    arraylit_start(&ids, slice_string(textarray_literal(&query->sample->values[at])), NULL);
    while (arraylit_next(&ids) == ARRAYLIT_ELEMENT)
        add_reference(parent, ids.is_null ? SLICE("") : ids.value, values);
    arraylit_release(&ids);
    if (evidence_query_add_values(query, query->sample->columns.names[at], values))
        query->parents[query->n - 1] = parent;
}

void
evidence_parents_add(struct evidence_query *query)
{
    const struct schema_table *live = query->table->live;

    for (size_t i = 0; i < live->n_references; i++) {
        const struct decide_table *parent =
            known_parent(query->evidence, query->table, &live->references[i]);

        if (parent != NULL)
            add_column(query, live->references[i].columns.names[0], find(query->evidence, parent));
    }
}

/* Only the live database has the row, behind those that both have. */
static bool
is_new(const struct evidence_parent *parent, struct slice live)
{
    int64_t id, backup;

    return number_parse(live, &id) && id > parent->agreed &&
           !numbermap_get(&parent->back, id, &backup);
}

bool
evidence_parents_are_apart(
    const struct evidence_query *query, int i, struct slice value, struct slice live)
{
    const struct evidence_parent *parent = query->parents[i];
    int64_t id;

    return (slice_is(value, NONE) || (number_parse(value, &id) && id > parent->agreed)) &&
           !slice_equal(value, live) && is_new(parent, live);
}
