#include "stage.h"

#include <stdlib.h>

#include "demands.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "pathsql.h"
#include "prepared.h"
#include "sql.h"
#include "stage_each.h"
#include "stage_refused.h"
#include "triggers.h"

void
stage_init(struct stage *stage, PGconn *writer, const struct layout *layout, size_t number,
    copybatch_rejected *rejected, void *context)
{
    *stage = (struct stage){.writer = writer,
        .layout = layout,
        .number = number,
        .rejected = rejected,
        .context = context};
}

void
stage_release(struct stage *stage)
{
    copybatch_release(&stage->batch);
    schema_names_release(&stage->relations);
}

static void
write_insert(const void *context, const char *row, struct buf *sql)
{
    const struct stage *stage = context;
    struct buf name = {0};

    mergesql_stage_name(stage->number, &name);
    mergesql_insert_values(stage->layout, buf_string(&name), NULL, row, sql);
    buf_release(&name);
}

/* The message as it would have been, had the live table refused the row; malloc'd. */
static char *
named_live(const struct stage *stage, const char *message)
{
    struct buf stands = {0};
    char *schema = NULL, *name = NULL, *told;
    const char *at;

    mergesql_stage_bare_name(stage->number, &stands);
    at = strstr(message, buf_string(&stands));
    if (at == NULL ||
        !ident_parse_qualified(slice_string(stage->layout->table->name), &schema, &name))
        told = mem_string(message);
    else
        told = mem_format("%.*s%s%s", (int)(at - message), message, name, at + stands.length);
    free(schema);
    free(name);
    buf_release(&stands);
    return told;
}

static void
refused_on_the_way(void *context, struct slice row, const struct server_error *error)
{
    const struct stage *stage = context;
    struct server_error told = *error;

    told.message = named_live(stage, error->message);
    stage->rejected(stage->context, row, &told);
    free(told.message);
}

static void
sift_on_the_way(void *context, struct slice rows, struct buf *kept)
{
    const struct stage *stage = context;

    stage->sift(stage->context, rows, kept);
}

void
stage_add(struct stage *stage, struct slice row)
{
    struct buf sql = {0};

    if (stage->n++ == 0) {
        mergesql_create_stage(stage->layout, stage->number, &sql);
        server_run(stage->writer, buf_string(&sql));
        buf_clear(&sql);
        mergesql_copy_stage(stage->layout, stage->number, &sql);
        buf_string(&sql);
        copybatch_init(&stage->batch, stage->writer, sql.data, refused_on_the_way, stage);
        stage->batch.sift = stage->sift != NULL ? sift_on_the_way : NULL;
        stage->batch.one =
            (struct trial_statement){TRIAL_WRITES, stage->layout->n, write_insert, stage, false};
    }
    copybatch_add(&stage->batch, (struct slice){"", 0}, row);
}

void
stage_yield(struct stage *stage)
{
    if (stage->n > 0)
        copybatch_yield(&stage->batch);
}

void
stage_finish(struct stage *stage)
{
    if (stage->n > 0)
        copybatch_finish(&stage->batch);
}

/* ---- with the foreign keys' triggers switched off */

/* Rows of a partition are rows of all that it is a partition of. */
static const struct schema_names *
relations_of(struct stage *stage)
{
    struct buf name = {0};
    PGresult *result;

    if (stage->relations.n > 0)
        return &stage->relations;
    mergesql_table(stage->layout->table, &name);
    schema_add_name(&stage->relations, buf_string(&name));
    result =
        prepared_query_relation(stage->writer, sql_table_ancestors, stage->layout->table->name);
    for (int i = 0; i < PQntuples(result); i++)
        schema_add_name(&stage->relations, PQgetvalue(result, i, 0));
    PQclear(result);
    buf_release(&name);
    return &stage->relations;
}

void
stage_orphans_sql(struct stage *const *stages, size_t n, const struct stage *stage,
    const struct triggers_check *check, struct buf *sql)
{
    buf_add_string(sql, "SELECT s.ctid FROM ");
    mergesql_stage_name(stage->number, sql);
    buf_add_format(sql, " s WHERE %s", check->condition);
    for (size_t i = 0; i < n; i++) {
        if (stages[i]->n == 0 || !schema_has_name(relations_of(stages[i]), check->parent))
            continue;
        buf_add_string(sql, " AND NOT EXISTS (SELECT FROM ");
        mergesql_stage_name(stages[i]->number, sql);
        buf_add_format(sql, " p WHERE %s)", check->join);
    }
}

/*
 * Locks the live rows that the stage's rows refer to, as the foreign keys' triggers would have
 * done: nobody deletes them until we commit. Where the role may not lock rows, the check alone has
 * to do.
 */
static void
lock_parents(const struct stage *stage)
{
    struct buf name = {0};

    mergesql_stage_name(stage->number, &name);
    triggers_lock_parents(stage->writer, stage->layout, buf_string(&name));
    buf_release(&name);
}

/* Rejects the orphans of one stage; returns how many there were. */
static size_t
reject_orphans(struct stage *const *stages, size_t n, struct stage *stage)
{
    size_t n_checks, found = 0;
    struct triggers_check *checks = triggers_checks(stage->writer, stage->layout, &n_checks);

    for (size_t i = 0; i < n_checks; i++) {
        char *why = mem_format("23503violates foreign key constraint \"%s\"", checks[i].name);
        struct stage_refused refused = {0};
        struct buf sql = {0};
        PGresult *result;

        stage_orphans_sql(stages, n, stage, &checks[i], &sql);
        result = server_query(stage->writer, buf_string(&sql));
        for (int row = 0; row < PQntuples(result); row++)
            stage_refused_add(&refused, PQgetvalue(result, row, 0), why);
        stage->batch.accepted -= refused.n;
        found += refused.n;
        stage_refused_reject(&refused, stage);
        PQclear(result);
        buf_release(&sql);
        free(why);
    }
    return found;
}

/* ---- what the live table refuses of a row by itself */

/* The place of each such row, and why. */
static void
add_refused_sql(const struct stage *stage, const char *same, struct buf *sql)
{
    struct liverow liverow;
    struct demands demands = {same, DEMANDS_WITHOUT_REFERENCES, &liverow};

    liverow_init(&liverow, stage->writer, stage->layout, LIVEROW_STAGED);
    buf_add_string(sql, "SELECT v.at, v.why FROM (SELECT r.ctid AS at, ");
    demands_add(stage->writer, stage->layout, &demands, sql);
    buf_add_string(sql, " AS why FROM ");
    mergesql_stage_name(stage->number, sql);
    buf_add_string(sql, " r) v WHERE v.why IS NOT NULL");
    liverow_release(&liverow);
}

/* Where the query fails, they stay. */
void
stage_reject_refused(struct stage *stage, const char *same)
{
    struct server_error error = {0};
    struct stage_refused refused = {0};
    struct buf sql = {0};
    PGresult *result;

    if (stage->n == 0 || stage->sift == NULL)
        return;
    add_refused_sql(stage, same, &sql);
    result = server_try_params(stage->writer, buf_string(&sql), 0, NULL, &error);
    server_error_release(&error);
    for (int row = 0; row < PQntuples(result); row++)
        stage_refused_add(&refused, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
    stage->batch.accepted -= refused.n;
    PQclear(result);
    stage_refused_reject(&refused, stage);
    buf_release(&sql);
}

/* ---- one statement for all */

/* The first of the tables whose triggers fire, or NULL. */
static const char *
fires(struct stage *const *stages, size_t n)
{
    const char *table = NULL;

    for (size_t i = 0; table == NULL && i < n; i++)
        table = stages[i]->fires;
    return table;
}

/* One statement inserts the rows of all stages, and says how many of each. */
static void
add_insert_together(struct stage *const *stages, size_t n, struct buf *sql)
{
    for (size_t i = 0; i < n; i++) {
        buf_add_format(sql, "%s w%zu AS (", i == 0 ? "WITH" : ",", i);
        mergesql_insert_stage(stages[i]->layout, stages[i]->number, sql);
        buf_add_string(sql, " RETURNING 1)");
    }
    for (size_t i = 0; i < n; i++)
        buf_add_format(
            sql, "%s(SELECT pg_catalog.count(*) FROM w%zu)", i == 0 ? " SELECT " : ", ", i);
    if (fires(stages, n) != NULL)
        buf_add_string(sql, " WHERE " PATHSQL_FIRST);
}

static void
count_inserted(struct stage *stage, const PGresult *result, int column)
{
    uint64_t n = strtoull(PQgetvalue(result, 0, column), NULL, 10);

    stage->inserted += n;
    stage->suppressed += stage->batch.accepted - n;
}

static bool
insert_together(struct stage *const *stages, size_t n, struct server_error *error)
{
    struct buf sql = {0};
    PGresult *result;

    add_insert_together(stages, n, &sql);
    result = server_try_params(stages[0]->writer, buf_string(&sql), 0, NULL, error);
    if (result != NULL)
        triggers_fired(stages[0]->writer, fires(stages, n));
    for (size_t i = 0; result != NULL && i < n; i++)
        count_inserted(stages[i], result, (int)i);
    buf_release(&sql);
    PQclear(result);
    return result != NULL;
}

size_t
stage_reject_orphans(struct stage *const *stages, size_t n)
{
    size_t all = 0, found;

    do {
        found = 0;
        for (size_t i = 0; i < n; i++)
            found += reject_orphans(stages, n, stages[i]);
        all += found;
    } while (found > 0);
    return all;
}

bool
stage_try(struct stage *const *stages, size_t n)
{
    struct server_error error;
    bool good = insert_together(stages, n, &error);

    if (!good) {
        triggers_require_row_error(fires(stages, n), &error);
        server_error_release(&error);
    }
    return good;
}

void
stage_begin(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    if (triggers == STAGE_TRIGGERS_FIRE)
        return;
    for (size_t i = 0; i < n; i++)
        lock_parents(stages[i]);
    stage_reject_orphans(stages, n);
    triggers_off(stages[0]->writer);
}

/*
 * What can be known to be refused is rejected, and what refers to it; the others are tried together
 * once more, then one by one. Triggers that fire may mend a row: then nothing is known (no
 * stage->sift).
 */
void
stage_insert(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    bool known = true;

    for (size_t i = 0; i < n; i++)
        known &= stages[i]->sift != NULL;
    if (known) {
        for (size_t i = 0; i < n; i++)
            stage_reject_refused(stages[i], "");
        stage_reject_orphans(stages, n);
        if (stage_try(stages, n))
            return;
    }
    stage_each_insert(stages, n, triggers);
}

void
stage_end(struct stage *const *stages, enum stage_triggers triggers)
{
    if (triggers == STAGE_TRIGGERS_OFF)
        triggers_on(stages[0]->writer);
}

/* ---- what was inserted */

#define TAKEN_BYTES ((size_t)256 << 10) /* given to the caller at a time */

static void
add_inserted_sql(const struct stage *stage, enum stage_rows which, struct buf *sql)
{
    bool live = which == STAGE_ROWS_LIVE && stage->layout->target.n > 0;

    buf_add_string(sql, "COPY (SELECT ");
    mergesql_all_columns(stage->layout, live ? "t." : "s.", sql);
    buf_add_string(sql, " FROM ");
    mergesql_stage_name(stage->number, sql);
    buf_add_string(sql, " s");
    if (live) {
        buf_add_string(sql, " JOIN ");
        mergesql_rows(stage->layout->table, sql);
        buf_add_string(sql, " t ON (");
        mergesql_columns(stage->layout, &stage->layout->target, "t.", sql);
        buf_add_string(sql, ") = (");
        mergesql_columns(stage->layout, &stage->layout->target, "s.", sql);
        buf_add_char(sql, ')');
    }
    buf_add_string(sql, ") TO STDOUT");
}

void
stage_inserted(struct stage *stage, enum stage_rows which, copybatch_taken *taken, void *context)
{
    struct buf sql = {0}, rows = {0};
    struct slice row;
    char *held = NULL;
    uint64_t n = 0;

    if (stage->inserted == 0)
        return;
    add_inserted_sql(stage, which, &sql);
    server_copy_out(stage->writer, buf_string(&sql));
    while (server_copy_row(stage->writer, &held, &row)) {
        buf_add_slice(&rows, row);
        buf_add_char(&rows, '\n');
        n++;
        if (rows.length < TAKEN_BYTES)
            continue;
        taken(context, buf_slice(&rows), n);
        buf_clear(&rows);
        n = 0;
    }
    if (n > 0)
        taken(context, buf_slice(&rows), n);
    buf_release(&sql);
    buf_release(&rows);
}
