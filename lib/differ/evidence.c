#include "evidence.h"

#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "copyrow.h"
#include "evidence_content.h"
#include "evidence_query.h"
#include "mem.h"
#include "number.h"

void
evidence_start(struct evidence_sample *sample)
{
    sample->values = mem_alloc((sample->columns.n + 1) * sizeof *sample->values);
    sample->fields = mem_alloc((sample->columns.n + 1) * sizeof *sample->fields);
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

/* How a member of the key is compared. */
typedef void add_member(struct evidence_query *, int);

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
ask_pairs(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence,
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

/* One value that does not convert, such as a label that the live enum lacks, must not hide the
 * rest. */
static void
ask_by_key(PGconn *connection, struct evidence_query *query, struct decide_evidence *evidence)
{
    const struct schema_names *key = query->table->plain_key;
    add_member *add = evidence_query_add_equal;

    for (size_t i = 0; i < key->n; i++)
        if (!evidence_query_add(query, key->names[i]))
            return;
    if (!ask_pairs(connection, query, evidence, add)) {
        add = evidence_query_add_alike;
        ask_pairs(connection, query, evidence, add);
    }
    ask_taken(connection, query, evidence, add);
}

/* Be it that a rule makes it the key. */
static const struct schema_column *
id_of(const struct decide_table *table)
{
    return table->id != NULL ? table->id : table->keyed;
}

void
evidence_gather(PGconn *connection, struct evidence_sample *sample, struct decide *decide)
{
    struct decide_table *table = decide_find_taker(decide, sample->table);
    struct evidence_query query = {.table = table, .sample = sample};
    struct decide_evidence evidence = {0};
    const struct schema_column *id = table != NULL ? id_of(table) : NULL;

    if (id == NULL || !decide_is_sampled(table) || !evidence_query_add(&query, id->name))
        return;
    if (!textstyle_is_own(&sample->style))
        connect_style(connection, &sample->style);
    if (table->plain_key == NULL || table->member != NULL || table->keyed != NULL)
        evidence_content_ask(connection, &query, &evidence);
    if (table->plain_key != NULL)
        ask_by_key(connection, &query, &evidence);
    decide_evidence_add(&table->evidence, &evidence);
    free(evidence.pairs);
    if (!textstyle_is_own(&sample->style))
        connect_style(connection, NULL);
    buf_release(&query.sql);
}
