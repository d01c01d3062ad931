#ifndef EVIDENCE_QUERY_H
#define EVIDENCE_QUERY_H
/* Inside of evidence: a query under way, its text and the sample's columns that are its parameters.
 */
#include <libpq-fe.h>

#include "evidence.h"

#define EVIDENCE_COLUMNS 40 /* the id, and so many that are compared */

struct evidence_query {
    struct evidence *evidence;
    const struct decide_table *table;
    struct evidence_sample *sample;
    struct buf sql;
    const char *values[EVIDENCE_COLUMNS];
    const char *names[EVIDENCE_COLUMNS];
    const struct evidence_parent *parents[EVIDENCE_COLUMNS]; /* of evidence_parents_add() */
    int n;
};

/* False when the sample does not have the column, or there are too many. */
bool evidence_query_add(struct evidence_query *query, const char *name);
/* The same with other values than the sample's; their literal has to last as long as the query. */
bool evidence_query_add_values(
    struct evidence_query *query, const char *name, struct textarray *values);
/* `t."name"` of parameter i. */
void evidence_query_add_live(struct evidence_query *query, int i);
/* `s.c0` of parameter i; a time as that of UTC where the live type has no zone. */
void evidence_query_add_value(struct evidence_query *query, int i);
/* `t."name" = s.c0::type` of parameter i. */
void evidence_query_add_equal(struct evidence_query *query, int i);
/* The same by their texts, for where a value does not convert. */
void evidence_query_add_alike(struct evidence_query *query, int i);
/* `FROM unnest($1::text[], ...) s (c0, ..., place)`: the sample, each row with its number. */
void evidence_query_add_rows(struct evidence_query *query);
/* `table t`: the live rows. */
void evidence_query_add_table(struct evidence_query *query);
/* `FROM unnest(...) s (...) JOIN table t ON `. */
void evidence_query_add_from(struct evidence_query *query);
/* Runs the query; NULL when the server refuses. */
PGresult *evidence_query_run(PGconn *connection, struct evidence_query *query);
/* The same for one that gives `n` numbers; false, and they are let alone, when the server refuses.
 */
bool evidence_query_ask(
    PGconn *connection, struct evidence_query *query, int n, int64_t *const numbers[]);

/* ---- evidence_same.c; `id` is a query that begins with the id */

/* Fills same_by of the sample's table. */
void evidence_same(const struct evidence_query *id, struct decide_table *table);
/* The values of such a column tell a row from a stranger that has its id. */
bool evidence_same_tells(const struct evidence_query *id, const char *name);
/* The column, a key, is of texts that go up with the ids. */
bool evidence_same_counts(const struct evidence_query *id, const struct schema_column *column);

#endif
