#include "evidence_content.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evidence_parents.h"
#include "hash.h"
#include "likeness.h"
#include "mem.h"
#include "msg.h"
#include "number.h"
#include "server.h"

/*
 * The query's parameters: the id; numbers of the primary key that refer to other tables; its other
 * columns; all other columns; references to rows that are known by their keys. What is behind the
 * numbers is compared.
 */
struct content {
    struct evidence_query query;
    int key;       /* the first parameter that is compared */
    int rest;      /* the first one that is not of the primary key */
    int parents;   /* the first one that refers to a row whose live id is known by its key */
    bool counting; /* those are the numbers that count */
    bool loose;    /* the first ones are the key of rows that have none: null on both sides */
};

static bool
is_of_key(const struct decide_table *table, const char *name)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    return primary != NULL && schema_has_name(&primary->columns, name);
}

/* Columns of the primary key or others, numbers that only count or others. */
static void
add_columns(struct evidence_query *query, bool of_key, bool counting)
{
    const struct schema_names *columns = &query->table->columns;

    for (size_t i = 0; i < columns->n; i++) {
        const struct schema_column *column =
            schema_find_column(query->table->live, columns->names[i]);

        if (strcmp(column->name, query->names[0]) != 0 &&
            is_of_key(query->table, column->name) == of_key &&
            evidence_content_counts(query, column) == counting)
            evidence_query_add(query, column->name);
    }
}

static bool
is_time(const char *type)
{
    return strncmp(type, "timestamp", 9) == 0 || strcmp(type, "date") == 0;
}

/* Through which type a value gets the text that the live one has: a time stands in another zone in
 * another session, and the blanks behind char(n) are none of its text. */
void
evidence_content_add_value(struct evidence_query *query, int i)
{
    const struct schema_column *backup = schema_find_column(query->table->backup, query->names[i]);
    const char *type = schema_find_column(query->table->live, query->names[i])->type;
    const char *from = backup != NULL ? backup->type : type;

    evidence_query_add_value(query, i);
    if (is_time(type) && is_time(from))
        buf_add_format(&query->sql, "::%s", type);
    else if (strncmp(type, "character(", 10) == 0 && strcmp(type, from) == 0)
        buf_add_string(&query->sql, "::pg_catalog.bpchar");
}

static void
add_texts(struct evidence_query *query, int i, const char *before, const char *between,
    const char *behind)
{
    buf_add_format(&query->sql, "%s(", before);
    evidence_content_add_value(query, i);
    buf_add_format(&query->sql, ")::pg_catalog.text%s", between);
    evidence_query_add_live(query, i);
    buf_add_format(&query->sql, "::pg_catalog.text%s", behind);
}

/* Of both texts a number, the same in every collation. */
static void
add_hashes(struct evidence_query *query, int i)
{
    static const char start[] = ", pg_catalog.hashtextextended(",
                      next[] = " COLLATE pg_catalog.\"C\", 0), pg_catalog.hashtextextended(",
                      end[] = " COLLATE pg_catalog.\"C\", 0)";

    add_texts(query, i, start, next, end);
}

/* Ids that are no numbers are numbered. */
static void
add_id(struct evidence_query *query)
{
    bool is_number = number_is_type(schema_find_column(query->table->live, query->names[0])->type);

    buf_add_string(&query->sql, is_number ? "" : "pg_catalog.row_number() OVER (ORDER BY ");
    evidence_query_add_live(query, 0);
    buf_add_string(&query->sql, is_number ? "" : ")");
}

/* Of several live rows with the id that one which agrees in the rest of the primary key. */
static void
add_best(struct content *content)
{
    struct evidence_query *query = &content->query;

    buf_add_string(&query->sql, " ORDER BY s.place");
    for (int i = 1; i < content->rest; i++)
        add_texts(query, i, i > 1 ? " + (" : ", (", " = ", ")::pg_catalog.int4");
    buf_add_string(&query->sql, content->rest > 1 ? " DESC" : "");
}

/* Parameter 1 is the key. */
static void
add_is_loose(struct evidence_query *query)
{
    buf_add_string(&query->sql, " AND s.c1 IS NULL AND ");
    evidence_query_add_live(query, 1);
    buf_add_string(&query->sql, " IS NULL");
}

/* Rows of equal ids, by their ids: the id, and of all other parameters the hashes of both,
 * or, behind the hashes, the references as texts. */
static void
add_pairs(struct content *content)
{
    struct evidence_query *query = &content->query;
    bool several = query->table->member != NULL;

    buf_add_string(
        &query->sql, several ? "SELECT * FROM (SELECT DISTINCT ON (s.place) " : "SELECT ");
    add_id(query);
    for (int i = 1; i < content->parents; i++)
        add_hashes(query, i);
    for (int i = content->parents; i < query->n; i++)
        add_texts(query, i, ", ", ", ", "");
    evidence_query_add_from(query);
    evidence_query_add_equal(query, 0);
    if (content->loose)
        add_is_loose(query);
    if (several)
        add_best(content);
    buf_add_string(&query->sql, several ? ") pair ORDER BY 1" : " ORDER BY 1");
}

/* ---- the pairs */

static uint64_t
value(const PGresult *pairs, int row, int i, bool live)
{
    int64_t number = LIKENESS_NULL;
    int column = 2 * i - (live ? 0 : 1);

    if (!PQgetisnull(pairs, row, column))
        number_parse(slice_string(PQgetvalue(pairs, row, column)), &number);
    return (uint64_t)number;
}

static struct slice
text(const PGresult *pairs, int row, int column)
{
    return slice_string(PQgetvalue(pairs, row, column));
}

/* Of a reference of which nothing is known the live one says nothing either. */
static void
take_reference(const struct content *content, const PGresult *pairs, int row, int i,
    struct likeness_pair *pair)
{
    size_t n = (size_t)(content->query.n - content->key), at = (size_t)(i - content->key);
    struct slice backup = text(pairs, row, 2 * i - 1), live = text(pairs, row, 2 * i);

    pair->values[at] = pair->values[n + at] = LIKENESS_NULL;
    if (PQgetisnull(pairs, row, 2 * i - 1))
        return;
    pair->values[at] = hash_bytes(0, backup);
    pair->values[n + at] = hash_bytes(0, live);
    pair->apart |= evidence_parents_are_apart(&content->query, i, backup, live);
}

static void
take_pair(const struct content *content, const PGresult *pairs, int row, struct likeness_pair *pair)
{
    size_t n = (size_t)(content->query.n - content->key);

    for (int i = content->key; i < content->parents; i++) {
        pair->values[i - content->key] = value(pairs, row, i, false);
        pair->values[n + (size_t)(i - content->key)] = value(pairs, row, i, true);
    }
    for (int i = content->parents; i < content->query.n; i++)
        take_reference(content, pairs, row, i, pair);
}

static void
take_values(const struct content *content, const PGresult *pairs, struct likeness *likeness)
{
    for (int row = 0; row < PQntuples(pairs); row++) {
        likeness_add(likeness);
        take_pair(content, pairs, row, &likeness->pairs[row]);
    }
}

static uint64_t
key_hash(const struct content *content, const PGresult *pairs, int row, bool live)
{
    uint64_t hash = 0;

    for (int i = 1; i < content->rest; i++)
        hash = hash_number(hash + value(pairs, row, i, live));
    return hash;
}

static void
add_pair(const struct content *content, const PGresult *pairs, int row,
    const struct likeness *likeness, struct decide_evidence *evidence)
{
    double rest = likeness->pairs[row].rest;
    struct decide_pair *pair;

    if (!(rest < 0) && !(rest > 0))
        return;
    pair = MEM_APPEND(evidence->pairs, evidence->n_pairs, evidence->room_pairs);
    *pair = (struct decide_pair){.backup = key_hash(content, pairs, row, false),
        .live = key_hash(content, pairs, row, true),
        .likeness = rest < 0                 ? DECIDE_UNLIKE
                    : rest <= likeness->most ? DECIDE_VAGUE
                                             : DECIDE_ALIKE,
        .differs = likeness_differs(likeness, (size_t)row)};
    number_parse(slice_string(PQgetvalue(pairs, row, 0)), &pair->id);
}

static void
add_pair_all(const struct content *content, const PGresult *pairs, const struct likeness *likeness,
    struct decide_evidence *evidence)
{
    for (size_t i = 0; i < likeness->n; i++)
        add_pair(content, pairs, (int)i, likeness, evidence);
}

/* What says nothing at all is left out. */
void
evidence_content_count(const struct likeness *likeness, struct decide_evidence *evidence)
{
    int64_t say = 0, agree = 0;

    for (size_t i = 0; i < likeness->n; i++) {
        say += likeness->pairs[i].sum < 0 || likeness->pairs[i].sum > 0;
        agree += likeness->pairs[i].sum > 0;
    }
    evidence->content_pairs += say;
    evidence->content_agree += agree;
    evidence->content_chance +=
        likeness->chance < 0 ? agree : (int64_t)rint(likeness->chance * (double)say);
}

/* Given once to a row, by the clock or at random, and seldom changed. */
static bool
may_tell_apart(const struct schema_column *column)
{
    return strncmp(column->type, "timestamp", 9) == 0 || strcmp(column->type, "uuid") == 0;
}

static void
find_teller(const struct content *content, const struct likeness *likeness,
    struct decide_evidence *evidence)
{
    const struct evidence_query *query = &content->query;

    for (int i = content->rest; evidence->tells_apart == NULL && i < query->n; i++) {
        const struct schema_column *column =
            schema_find_column(query->table->live, query->names[i]);

        if (may_tell_apart(column) && likeness_tells_apart(likeness, (size_t)(i - content->key)))
            evidence->tells_apart = column->name;
    }
}

static bool
is_moment(const struct schema_column *column)
{
    return strncmp(column->type, "timestamp", 9) == 0;
}

/* Columns that would tell a row from a stranger which was made on the same day. */
static bool *
find_telling(const struct content *content, const struct likeness *likeness)
{
    const struct evidence_query *query = &content->query;
    bool *telling = mem_alloc((size_t)query->n * sizeof *telling);

    for (int i = content->rest; i < content->parents && content->parents < query->n; i++)
        telling[i - content->key] =
            evidence_same_tells(query, query->names[i]) ||
            (is_moment(schema_find_column(query->table->live, query->names[i])) &&
                likeness_is_seldom(likeness, (size_t)(i - content->key)));
    return telling;
}

static void
weigh_pairs(const struct content *content, const PGresult *pairs, struct decide_evidence *evidence)
{
    struct likeness likeness = {.n_columns = (size_t)(content->query.n - content->key),
        .n_key = (size_t)(content->rest - content->key)};

    take_values(content, pairs, &likeness);
    likeness.telling = find_telling(content, &likeness);
    likeness_weigh(&likeness);
    add_pair_all(content, pairs, &likeness, evidence);
    if (content->counting)
        evidence->by_references = true;
    else
        evidence_content_count(&likeness, evidence);
    find_teller(content, &likeness, evidence);
    free(likeness.telling);
    likeness_release(&likeness);
}

/* Rows of the sample that hold, but for the id, what another one holds. */
static void
ask_repeats(
    PGconn *connection, const struct evidence_query *content, struct decide_evidence *evidence)
{
    struct evidence_query query = {.table = content->table, .sample = content->sample};
    const struct schema_names *columns = &query.table->columns;

    for (size_t i = 0; i < columns->n; i++)
        if (strcmp(columns->names[i], content->names[0]) != 0 &&
            !evidence_query_add(&query, columns->names[i]))
            return;
    if (query.n == 0)
        return;
    buf_add_string(&query.sql, "SELECT pg_catalog.count(*) - pg_catalog.count(DISTINCT ROW(");
    for (int i = 0; i < query.n; i++)
        buf_add_format(&query.sql, "%ss.c%d", i > 0 ? ", " : "", i);
    buf_add_string(&query.sql, "))");
    evidence_query_add_rows(&query);
    evidence_query_ask(connection, &query, 1, (int64_t *[]){&evidence->content_repeats});
    buf_release(&query.sql);
}

/* Compares rows of equal ids by their columns beside the key: numbers that count, or others. */
static void
ask_pairs(PGconn *connection, const struct evidence_query *id, bool counting,
    struct decide_evidence *evidence)
{
    struct content content = {.query = *id, .counting = counting};
    struct evidence_query *query = &content.query;
    PGresult *pairs;

    add_columns(query, true, true);
    content.key = query->n;
    add_columns(query, true, false);
    content.rest = query->n;
    add_columns(query, false, counting);
    content.parents = query->n;
    if (!counting)
        evidence_parents_add(query);
    if (query->n == content.key)
        return;
    add_pairs(&content);
    pairs = evidence_query_run(connection, query);
    if (pairs != NULL)
        weigh_pairs(&content, pairs, evidence);
    PQclear(pairs);
    buf_release(&query->sql);
}

void
evidence_content_ask_loose(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence)
{
    struct content content = {.query = *id, .loose = true};
    struct evidence_query *query = &content.query;
    struct decide_evidence all = {0};
    PGresult *pairs;

    if (!evidence_query_add(query, query->table->key->columns.names[0]))
        return;
    content.key = content.rest = query->n;
    add_columns(query, true, false);
    add_columns(query, false, false);
    content.parents = query->n;
    add_pairs(&content);
    pairs = evidence_query_run(connection, query);
    if (pairs != NULL)
        weigh_pairs(&content, pairs, &all);
    PQclear(pairs);
    buf_release(&query->sql);
    free(evidence->pairs);
    evidence->pairs = all.pairs;
    evidence->n_pairs = all.n_pairs;
    evidence->room_pairs = all.room_pairs;
    evidence->tells_apart = all.tells_apart;
    evidence->loose = true;
}

/*
 * Rows that hold nothing but references show a fork by these: whether ids mean the same they do not
 * say, for they count from one as these do, but behind a common start they go apart.
 */
void
evidence_content_ask(
    PGconn *connection, const struct evidence_query *id, struct decide_evidence *evidence)
{
    if (id->table->key == NULL && id->table->root == NULL)
        ask_repeats(connection, id, evidence);
    ask_pairs(connection, id, false, evidence);
    if (evidence->n_pairs == 0)
        ask_pairs(connection, id, true, evidence);
}
