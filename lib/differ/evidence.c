#include "evidence.h"

#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "copyrow.h"
#include "evidence_content.h"
#include "evidence_moved.h"
#include "evidence_query.h"
#include "mem.h"
#include "number.h"

void
evidence_start(struct evidence_sample *sample)
{
    sample->values = mem_alloc((sample->columns.n + 1) * sizeof *sample->values);
    sample->fields = mem_alloc((sample->columns.n + 1) * sizeof *sample->fields);
}

size_t
evidence_column(const struct evidence_sample *sample, const char *name)
{
    size_t at = 0;

    while (at < sample->columns.n && strcmp(sample->columns.names[at], name) != 0)
        at++;
    return at;
}

void
evidence_add(struct evidence_sample *sample, struct slice row)
{
    size_t n = sample->columns.n;

    if (copyrow_split(row, sample->fields, n) != n)
        return;
    for (size_t i = 0; i < n; i++)
        textarray_add_field(&sample->values[i], sample->fields[i]);
}

bool
evidence_walk_start(struct evidence_walk *walk, const struct evidence_sample *sample,
    const char *left, const char *right)
{
    size_t at = evidence_column(sample, left), beside = evidence_column(sample, right);

    if (at == sample->columns.n || beside == sample->columns.n)
        return false;
    memset(walk, 0, sizeof *walk);
    arraylit_start(&walk->left, slice_string(textarray_literal(&sample->values[at])), NULL);
    arraylit_start(&walk->right, slice_string(textarray_literal(&sample->values[beside])), NULL);
    return true;
}

bool
evidence_walk_next(struct evidence_walk *walk)
{
    return arraylit_next(&walk->left) == ARRAYLIT_ELEMENT &&
           arraylit_next(&walk->right) == ARRAYLIT_ELEMENT;
}

void
evidence_walk_end(struct evidence_walk *walk)
{
    arraylit_release(&walk->left);
    arraylit_release(&walk->right);
}

/* How a member of the key is compared. */
typedef void add_member(struct evidence_query *, int);

typedef bool ask_pairs(PGconn *, struct evidence_query *, struct decide_evidence *, add_member *);

static void
add_key(struct evidence_query *query, add_member *add)
{
    for (int i = 1; i < query->n; i++) {
        buf_add_string(&query->sql, i > 1 ? " AND " : "");
        add(query, i);
    }
}

/* `, count of the pairs whose live id is the greater`; ids that are no numbers have no order. */
static void
add_later(struct evidence_query *query)
{
    const char *type = schema_find_column(query->table->live, query->names[0])->type;

    if (!number_is_type(type)) {
        buf_add_string(&query->sql, ", 0");
        return;
    }
    buf_add_string(&query->sql, ", pg_catalog.count(*) FILTER (WHERE ");
    evidence_query_add_live(query, 0);
    buf_add_format(&query->sql, " > s.c0::%s)", type);
}

/*
 * Of the sampled rows whose key is in the live table: how many have the same id there, and how many
 * a greater one. False when the server refuses.
 */
static bool
ask_unique_pairs(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence,
    add_member *add)
{
    buf_clear(&query->sql);
    buf_add_string(&query->sql, "SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE ");
    evidence_query_add_equal(query, 0);
    buf_add_char(&query->sql, ')');
    add_later(query);
    evidence_query_add_from(query);
    add_key(query, add);
    return evidence_query_ask(connection, query, 3,
        (int64_t *[]){&evidence->key_pairs, &evidence->key_agree, &evidence->key_later});
}

/* `s.c1, s.c2, ...`: the sampled row's key. */
static void
add_members(struct evidence_query *query)
{
    for (int i = 1; i < query->n; i++)
        buf_add_format(&query->sql, "%ss.c%d", i > 1 ? ", " : "", i);
}

/* `(the sample's keys, each with how many rows have it) s`. */
static void
add_keys(struct evidence_query *query)
{
    buf_add_string(&query->sql, "(SELECT ");
    add_members(query);
    buf_add_string(&query->sql, ", pg_catalog.min(s.c0) AS c0, pg_catalog.count(*) AS n");
    evidence_query_add_rows(query);
    buf_add_string(&query->sql, " GROUP BY ");
    add_members(query);
    buf_add_string(&query->sql, ") s");
}

/* The same where a rule names the key, unique or not: of keys that one sampled and one live row
 * have. */
static bool
ask_rule_pairs(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence,
    add_member *add)
{
    buf_clear(&query->sql);
    buf_add_string(&query->sql, "SELECT pg_catalog.count(*) FILTER (WHERE n = 1)"
                                ", pg_catalog.count(*) FILTER (WHERE n = 1 AND agree > 0)"
                                ", pg_catalog.count(*) FILTER (WHERE n = 1 AND later > 0)"
                                ", pg_catalog.count(*) FILTER (WHERE n > 1)"
                                " FROM (SELECT pg_catalog.max(s.n) * pg_catalog.count(*) AS n"
                                ", pg_catalog.count(*) FILTER (WHERE ");
    evidence_query_add_equal(query, 0);
    buf_add_string(&query->sql, ") AS agree");
    add_later(query);
    buf_add_string(&query->sql, " AS later FROM ");
    add_keys(query);
    buf_add_string(&query->sql, " JOIN ");
    evidence_query_add_table(query);
    buf_add_string(&query->sql, " ON ");
    add_key(query, add);
    buf_add_string(&query->sql, " GROUP BY ");
    add_members(query);
    buf_add_string(&query->sql, ") g");
    return evidence_query_ask(connection, query, 4,
        (int64_t *[]){&evidence->key_pairs, &evidence->key_agree, &evidence->key_later,
            &evidence->key_shared});
}

/* ` EXISTS (a live row with the sampled row's key)`. */
static void
add_found(struct evidence_query *query, add_member *add)
{
    buf_add_string(&query->sql, " EXISTS (SELECT FROM ");
    evidence_query_add_table(query);
    buf_add_string(&query->sql, " WHERE ");
    add_key(query, add);
    buf_add_char(&query->sql, ')');
}

/* `the greatest id that rows of the same key have in both databases`, or null. */
static void
add_shared(struct evidence_query *query, add_member *add)
{
    buf_add_string(&query->sql, "(SELECT pg_catalog.max(");
    evidence_query_add_live(query, 0);
    buf_add_char(&query->sql, ')');
    evidence_query_add_from(query);
    evidence_query_add_equal(query, 0);
    buf_add_string(&query->sql, " AND ");
    add_key(query, add);
    buf_add_char(&query->sql, ')');
}

/* How many rows of keys that only the backup has have ids that only other rows have in both. */
static void
ask_taken(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence,
    add_member *add)
{
    const char *type = schema_find_column(query->table->live, query->names[0])->type;

    if (!number_is_type(type) || query->table->member != NULL)
        return;
    buf_clear(&query->sql);
    buf_add_string(&query->sql, "SELECT pg_catalog.count(*)");
    evidence_query_add_from(query);
    evidence_query_add_equal(query, 0);
    buf_add_string(&query->sql, " WHERE NOT");
    add_found(query, add);
    buf_add_format(&query->sql, " AND (s.c0::%s <= ", type);
    add_shared(query, add);
    buf_add_string(&query->sql, ") IS NOT TRUE");
    evidence_query_ask(connection, query, 1, (int64_t *[]){&evidence->key_taken});
}

/* Of the pairs with another id: how many have one that another live row has. */
static void
ask_crossed(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence,
    add_member *add)
{
    const char *type = schema_find_column(query->table->live, query->names[0])->type;

    if (!number_is_type(type) || query->table->member != NULL ||
        evidence->key_agree == evidence->key_pairs)
        return;
    buf_clear(&query->sql);
    buf_add_string(&query->sql, "SELECT pg_catalog.count(*)");
    evidence_query_add_from(query);
    add_key(query, add);
    buf_add_string(&query->sql, " WHERE NOT (");
    evidence_query_add_equal(query, 0);
    buf_add_format(&query->sql, ") AND s.c0::%s IN (SELECT ", type);
    evidence_query_add_live(query, 0);
    buf_add_string(&query->sql, " FROM ");
    evidence_query_add_table(query);
    buf_add_char(&query->sql, ')');
    evidence_query_ask(connection, query, 1, (int64_t *[]){&evidence->key_crossed});
}

/* More than one of ten keys that were found: rows of such a key agree by chance. */
static bool
is_shared(const struct decide_evidence *evidence)
{
    return evidence->key_shared * 9 > evidence->key_pairs;
}

/* One value that does not convert, such as a label that the live enum lacks, must not hide the
 * rest. */
static void
ask_by_key(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence)
{
    const struct schema_names *key = query->table->plain_key;
    ask_pairs *ask = key == &query->table->rules->key ? ask_rule_pairs : ask_unique_pairs;
    add_member *add = evidence_query_add_equal;

    for (size_t i = 0; i < key->n; i++)
        if (!evidence_query_add(query, key->names[i]))
            return;
    if (!ask(connection, query, evidence, add)) {
        add = evidence_query_add_alike;
        ask(connection, query, evidence, add);
    }
    if (is_shared(evidence))
        *evidence = (struct decide_evidence){.key_shared = evidence->key_shared};
    else
        evidence->key_shared = 0;
    if (evidence->key_shared > 0)
        return;
    ask_taken(connection, query, evidence, add);
    ask_crossed(connection, query, evidence, add);
}

/* Be it that a rule makes it the key. */
static const struct schema_column *
id_of(const struct decide_table *table)
{
    return table->id != NULL ? table->id : table->keyed;
}

/* Rows without a value of their key are found by their ids, where these mean the same. */
static bool
has_loose_rows(const struct decide_table *table)
{
    const struct schema_key *key = table->key;
    const struct schema_column *column;

    if (key == NULL || key->columns.n != 1 || key->nulls_not_distinct || table->member != NULL ||
        table->keyed != NULL)
        return false;
    column = schema_find_column(table->live, key->columns.names[0]);
    return column != NULL && !column->not_null;
}

/* Begins a query about the sample's id. Its table, or NULL: that is not asked about. */
static struct decide_table *
start(struct evidence *evidence, struct evidence_sample *sample, struct evidence_query *query)
{
    struct decide_table *table = decide_find_taker(evidence->decide, sample->table);
    const struct schema_column *id = table != NULL ? id_of(table) : NULL;

    *query = (struct evidence_query){.evidence = evidence, .table = table, .sample = sample};
    return id != NULL && decide_is_sampled(table) && evidence_query_add(query, id->name) ? table
                                                                                         : NULL;
}

static void
gather_by_key(struct evidence_query *query, struct decide_table *table)
{
    struct decide_evidence evidence = {0};

    if (table->plain_key == NULL)
        return;
    ask_by_key(query->evidence->connection, query, &evidence);
    decide_evidence_add(&table->evidence, &evidence);
}

/* A key of one column that goes up with the ids, such as the number of an order. */
static bool
counts(const struct evidence_query *id)
{
    const struct schema_names *key = id->table->plain_key;
    const struct schema_column *column;

    if (key == NULL || key->n != 1)
        return false;
    column = schema_find_column(id->table->live, key->names[0]);
    return evidence_content_counts(id, column) || evidence_same_counts(id, column);
}

/* What rows of equal ids hold, where their keys do not say enough. */
static void
gather_by_content(struct evidence_query *id, struct decide_table *table)
{
    PGconn *connection = id->evidence->connection;
    const struct decide_evidence *by_key = &table->evidence;
    bool agrees = table->plain_key != NULL && by_key->key_agree == by_key->key_pairs &&
                  (by_key->key_pairs > 0 || by_key->key_taken == 0);
    struct decide_evidence evidence = {0};

    if (table->plain_key == NULL || table->member != NULL || table->keyed != NULL ||
        by_key->key_shared > 0)
        evidence_content_ask(connection, id, &evidence);
    if (decide_moved_wanted(table) && (!agrees || counts(id)))
        evidence_moved_ask(connection, id, &table->beside);
    if (has_loose_rows(table))
        evidence_content_ask_loose(connection, id, &evidence);
    evidence_same(id, table);
    decide_evidence_add(&table->evidence, &evidence);
    free(evidence.pairs);
}

static void
gather(struct evidence *evidence, void (*add)(struct evidence_query *, struct decide_table *))
{
    for (size_t i = 0; i < evidence->n_samples; i++) {
        struct evidence_sample *sample = &evidence->samples[i];
        struct evidence_query query;
        struct decide_table *table = start(evidence, sample, &query);

        if (table == NULL)
            continue;
        if (!textstyle_is_own(&sample->style))
            connect_style(evidence->connection, &sample->style);
        add(&query, table);
        if (!textstyle_is_own(&sample->style))
            connect_style(evidence->connection, NULL);
        buf_release(&query.sql);
    }
}

void
evidence_gather(struct evidence *evidence)
{
    evidence_named(evidence->connection, evidence->decide);
    gather(evidence, gather_by_key);
    gather(evidence, gather_by_content);
}
