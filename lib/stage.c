#include "stage.h"

#include <stdlib.h>

#include "demands.h"
#include "mem.h"
#include "mergesql.h"
#include "textarray.h"
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
        copybatch_init(&stage->batch, stage->writer, sql.data, stage->rejected, stage->context);
        stage->batch.sift = stage->sift;
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

/* Gives back the row at `ctid` of the temporary table. */
static void
reject(struct stage *stage, const char *ctid, const struct server_error *error)
{
    struct buf sql = {0}, line = {0};
    struct slice row;
    char *held = NULL;

    buf_add_string(&sql, "COPY (SELECT ");
    mergesql_all_columns(stage->layout, "", &sql);
    buf_add_string(&sql, " FROM ");
    mergesql_stage_name(stage->number, &sql);
    buf_add_format(&sql, " WHERE ctid = '%s') TO STDOUT", ctid);
    server_copy_out(stage->writer, buf_string(&sql));
    while (server_copy_row(stage->writer, &held, &row))
        buf_add_slice(&line, row);
    stage->rejected(stage->context, buf_slice(&line), error);
    buf_release(&sql);
    buf_release(&line);
}

static void
delete_row(struct stage *stage, const char *ctid)
{
    struct buf sql = {0};

    buf_add_string(&sql, "DELETE FROM ");
    mergesql_stage_name(stage->number, &sql);
    buf_add_format(&sql, " WHERE ctid = '%s'", ctid);
    server_run(stage->writer, buf_string(&sql));
    buf_release(&sql);
}

/* ---- with the foreign keys' triggers switched off */

/* The rows of one stage that refer to no live row, and to none that waits in a stage either. */
static void
add_orphans_sql(struct stage *const *stages, size_t n, const struct stage *stage,
    const struct triggers_check *check, struct buf *sql)
{
    buf_add_string(sql, "SELECT s.ctid FROM ");
    mergesql_stage_name(stage->number, sql);
    buf_add_format(sql, " s WHERE %s", check->condition);
    for (size_t i = 0; i < n; i++) {
        struct buf parent = {0};

        mergesql_table(stages[i]->layout->table, &parent);
        if (stages[i]->n > 0 && strcmp(buf_string(&parent), check->parent) == 0) {
            buf_add_string(sql, " AND NOT EXISTS (SELECT FROM ");
            mergesql_stage_name(stages[i]->number, sql);
            buf_add_format(sql, " p WHERE %s)", check->join);
        }
        buf_release(&parent);
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
        struct server_error error = {.sqlstate = "23503"};
        struct buf sql = {0};
        PGresult *result;

        add_orphans_sql(stages, n, stage, &checks[i], &sql);
        result = server_query(stage->writer, buf_string(&sql));
        error.message = mem_format("violates foreign key constraint \"%s\"", checks[i].name);
        for (int row = 0; row < PQntuples(result); row++) {
            reject(stage, PQgetvalue(result, row, 0), &error);
            delete_row(stage, PQgetvalue(result, row, 0));
            stage->batch.accepted--;
            found++;
        }
        PQclear(result);
        server_error_release(&error);
        buf_release(&sql);
    }
    return found;
}

/* ---- what the live table refuses of a row by itself */

/* The place of each such row, and why. */
static void
add_refused_sql(const struct stage *stage, struct buf *sql)
{
    static const struct demands demands = {"", DEMANDS_WITHOUT_REFERENCES};

    buf_add_string(sql, "SELECT v.at, v.why FROM (SELECT r.ctid AS at, ");
    demands_add(stage->writer, stage->layout, &demands, sql);
    buf_add_string(sql, " AS why FROM ");
    mergesql_stage_name(stage->number, sql);
    buf_add_string(sql, " r) v WHERE v.why IS NOT NULL");
}

static void
delete_rows(struct stage *stage, const char *places)
{
    struct buf sql = {0};

    buf_add_string(&sql, "DELETE FROM ");
    mergesql_stage_name(stage->number, &sql);
    buf_add_string(&sql, " WHERE ctid = ANY ($1::pg_catalog.tid[])");
    PQclear(server_query_params(stage->writer, buf_string(&sql), 1, &places));
    buf_release(&sql);
}

/* Rejects them; where the query fails, they stay. */
static void
reject_refused(struct stage *stage)
{
    struct server_error error = {0};
    struct textarray places = {{0}, {0}};
    struct buf sql = {0};
    PGresult *result;

    add_refused_sql(stage, &sql);
    result = server_try_params(stage->writer, buf_string(&sql), 0, NULL, &error);
    server_error_release(&error);
    for (int row = 0; row < PQntuples(result); row++) {
        const char *why = PQgetvalue(result, row, 1);

        error.message = mem_string(why + 5);
        memcpy(error.sqlstate, why, 5);
        reject(stage, PQgetvalue(result, row, 0), &error);
        textarray_add_name(&places, PQgetvalue(result, row, 0));
        stage->batch.accepted--;
        server_error_release(&error);
    }
    PQclear(result);
    delete_rows(stage, textarray_literal(&places));
    textarray_release(&places);
    buf_release(&sql);
}

/* ---- one statement for all */

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
    for (size_t i = 0; result != NULL && i < n; i++)
        count_inserted(stages[i], result, (int)i);
    buf_release(&sql);
    PQclear(result);
    return result != NULL;
}

/* ---- one by one */

struct waiting { /* the rows of one stage that are not in the live table yet */
    PGresult *ctids;
    bool *done;
};

static struct waiting
list_waiting(const struct stage *stage)
{
    struct waiting waiting;
    struct buf sql = {0};

    buf_add_string(&sql, "SELECT ctid FROM ");
    mergesql_stage_name(stage->number, &sql);
    waiting.ctids = server_query(stage->writer, buf_string(&sql));
    waiting.done = mem_alloc((size_t)PQntuples(waiting.ctids) + 1);
    buf_release(&sql);
    return waiting;
}

static bool
insert_one(struct stage *stage, const char *ctid, struct server_error *error)
{
    struct buf sql = {0};
    uint64_t n = 0;
    bool good;

    mergesql_insert_stage(stage->layout, stage->number, &sql);
    buf_add_format(&sql, " WHERE ctid = '%s'", ctid);
    server_run(stage->writer, "SAVEPOINT pgbraid_stage");
    good = server_try(stage->writer, buf_string(&sql), &n, error);
    if (good) {
        stage->inserted += n;
        stage->suppressed += 1 - n;
    }
    server_run(stage->writer, good ? "RELEASE SAVEPOINT pgbraid_stage"
                                   : "ROLLBACK TO SAVEPOINT pgbraid_stage; "
                                     "RELEASE SAVEPOINT pgbraid_stage");
    buf_release(&sql);
    return good;
}

enum last_pass { NOT_LAST, LAST };

/* With the triggers off: marks in `early` the rows that refer to no live row yet. */
static void
find_early(struct stage *stage, const struct waiting *waiting, bool *early)
{
    size_t n;
    struct triggers_check *checks = triggers_checks(stage->writer, stage->layout, &n);

    for (size_t i = 0; i < n; i++) {
        struct buf sql = {0};
        PGresult *result;

        add_orphans_sql(NULL, 0, stage, &checks[i], &sql);
        result = server_query(stage->writer, buf_string(&sql));
        for (int row = 0; row < PQntuples(result); row++)
            for (int at = 0; at < PQntuples(waiting->ctids); at++)
                if (strcmp(PQgetvalue(result, row, 0), PQgetvalue(waiting->ctids, at, 0)) == 0)
                    early[at] = true;
        PQclear(result);
        buf_release(&sql);
    }
}

/* A row whose parent is not there may only be early: it is tried again until a pass moves nothing.
 */
static bool
pass(
    struct stage *stage, struct waiting *waiting, enum stage_triggers triggers, enum last_pass last)
{
    bool moved = false, *early = mem_alloc((size_t)PQntuples(waiting->ctids) + 1);

    if (triggers == STAGE_TRIGGERS_OFF)
        find_early(stage, waiting, early);

    for (int row = 0; row < PQntuples(waiting->ctids); row++) {
        const char *ctid = PQgetvalue(waiting->ctids, row, 0);
        struct server_error error = {0};

        if (waiting->done[row])
            continue;
        if (early[row]) {
            error = (struct server_error){
                .sqlstate = "23503", .message = mem_string("violates a foreign key constraint")};
        } else if (insert_one(stage, ctid, &error)) {
            waiting->done[row] = moved = true;
            continue;
        }
        server_require_row_error(&error);
        if (last == LAST || strcmp(error.sqlstate, "23503") != 0) {
            reject(stage, ctid, &error);
            delete_row(stage, ctid);
            waiting->done[row] = true;
        }
        server_error_release(&error);
    }
    free(early);
    return moved;
}

static void
insert_one_by_one(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    struct waiting *waiting = mem_alloc(n * sizeof *waiting);
    bool moved;

    for (size_t i = 0; i < n; i++)
        waiting[i] = list_waiting(stages[i]);
    do {
        moved = false;
        for (size_t i = 0; i < n; i++)
            moved |= pass(stages[i], &waiting[i], triggers, NOT_LAST);
    } while (moved);
    for (size_t i = 0; i < n; i++) {
        pass(stages[i], &waiting[i], triggers, LAST);
        PQclear(waiting[i].ctids);
        free(waiting[i].done);
    }
    free(waiting);
}

static void
reject_all_orphans(struct stage *const *stages, size_t n)
{
    size_t found;

    do {
        found = 0;
        for (size_t i = 0; i < n; i++)
            found += reject_orphans(stages, n, stages[i]);
    } while (found > 0);
}

/*
 * After the server refused them together: what can be known to be refused is rejected, and what
 * refers to it; the others are tried together once more, then one by one. Triggers that fire may
 * mend a row: then nothing is known (no stage->sift).
 */
static void
insert_what_is_good(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    struct server_error error;
    bool known = true;

    for (size_t i = 0; i < n; i++)
        known &= stages[i]->sift != NULL;
    if (known) {
        for (size_t i = 0; i < n; i++)
            reject_refused(stages[i]);
        reject_all_orphans(stages, n);
        if (insert_together(stages, n, &error))
            return;
        server_require_row_error(&error);
        server_error_release(&error);
    }
    insert_one_by_one(stages, n, triggers);
}

void
stage_insert(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    struct stage **filled = mem_alloc((n + 1) * sizeof *filled);
    struct server_error error;
    size_t n_filled = 0;

    for (size_t i = 0; i < n; i++)
        if (stages[i]->n > 0)
            filled[n_filled++] = stages[i];
    if (n_filled > 0 && triggers == STAGE_TRIGGERS_OFF) {
        for (size_t i = 0; i < n_filled; i++)
            lock_parents(filled[i]);
        reject_all_orphans(filled, n_filled);
        triggers_off(filled[0]->writer);
    }
    if (n_filled > 0 && !insert_together(filled, n_filled, &error)) {
        server_require_row_error(&error);
        server_error_release(&error);
        insert_what_is_good(filled, n_filled, triggers);
    }
    if (n_filled > 0 && triggers == STAGE_TRIGGERS_OFF)
        triggers_on(filled[0]->writer);
    free(filled);
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
        buf_add_string(sql, " JOIN ONLY ");
        mergesql_table(stage->layout->table, sql);
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
