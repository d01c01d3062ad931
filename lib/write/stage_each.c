#include "stage_each.h"

#include <stdlib.h>

#include "mem.h"
#include "mergesql.h"
#include "pathsql.h"
#include "stage_refused.h"
#include "trial.h"
#include "triggers.h"

/* A row of the temporary table that is not in the live one yet, and what came of it last. */
struct row {
    const char *ctid; /* in waiting.ctids */
    bool early;       /* it refers to no live row yet, and the triggers are off */
    bool done;
};

struct waiting { /* the rows of one stage */
    struct stage *stage;
    PGresult *ctids;
    struct row *rows;
    size_t n;
};

enum last_pass { NOT_LAST, LAST };

struct pass {
    struct waiting *waiting;
    enum last_pass last;
    struct stage_refused refused;
    size_t at; /* the row of which is told next */
    bool moved;
};

static void
list_waiting(struct stage *stage, struct waiting *waiting)
{
    struct buf sql = {0};

    buf_add_string(&sql, "SELECT ctid FROM ");
    mergesql_stage_name(stage->number, &sql);
    waiting->stage = stage;
    waiting->ctids = server_query(stage->writer, buf_string(&sql));
    waiting->n = (size_t)PQntuples(waiting->ctids);
    waiting->rows = mem_alloc((waiting->n + 1) * sizeof *waiting->rows);
    for (size_t i = 0; i < waiting->n; i++)
        waiting->rows[i].ctid = PQgetvalue(waiting->ctids, (int)i, 0);
    buf_release(&sql);
}

static int
by_ctid(const void *a, const void *b)
{
    const struct row *const *one = a, *const *other = b;

    return strcmp((*one)->ctid, (*other)->ctid);
}

static void
mark_early(struct waiting *waiting, const PGresult *ctids)
{
    struct row **sorted = mem_alloc((waiting->n + 1) * sizeof *sorted);

    for (size_t i = 0; i < waiting->n; i++)
        sorted[i] = &waiting->rows[i];
    qsort(sorted, waiting->n, sizeof *sorted, by_ctid);
    for (int i = 0; i < PQntuples(ctids); i++) {
        struct row wanted = {.ctid = PQgetvalue(ctids, i, 0)}, *key = &wanted;
        struct row **found = bsearch(&key, sorted, waiting->n, sizeof *sorted, by_ctid);

        if (found != NULL)
            (*found)->early = true;
    }
    free(sorted);
}

/* With the triggers off: the rows that refer to no live row yet. */
static void
find_early(struct waiting *waiting)
{
    struct stage *stage = waiting->stage;
    size_t n;
    struct triggers_check *checks = triggers_checks(stage->writer, stage->layout, &n);

    for (size_t i = 0; i < waiting->n; i++)
        waiting->rows[i].early = false;
    for (size_t i = 0; i < n; i++) {
        struct buf sql = {0};
        PGresult *result;

        stage_orphans_sql(NULL, 0, stage, &checks[i], &sql);
        result = server_query(stage->writer, buf_string(&sql));
        mark_early(waiting, result);
        PQclear(result);
        buf_release(&sql);
    }
}

/* ---- what came of a row */

static void
refused(struct pass *pass, struct row *row, const struct server_error *error)
{
    triggers_require_row_error(pass->waiting->stage->fires, error);
    if (pass->last != LAST && strcmp(error->sqlstate, "23503") == 0)
        return;
    stage_refused_add_error(&pass->refused, row->ctid, error);
    row->done = true;
}

static void
inserted(struct pass *pass, struct row *row, uint64_t n)
{
    pass->waiting->stage->inserted += n;
    pass->waiting->stage->suppressed += 1 - n;
    pass->moved = row->done = true;
}

static bool
is_tried(const struct row *row)
{
    return !row->done && !row->early;
}

/* Told of the tried rows in their order. */
static void
tell(void *context, struct slice place, uint64_t written, const struct server_error *error)
{
    struct pass *pass = context;
    struct row *row;

    (void)place;
    while (!is_tried(&pass->waiting->rows[pass->at]))
        pass->at++;
    row = &pass->waiting->rows[pass->at++];
    if (error != NULL)
        refused(pass, row, error);
    else
        inserted(pass, row, written);
}

/* ---- trying */

static void
write_insert(const void *context, const char *row, struct buf *sql)
{
    const struct stage *stage = context;

    mergesql_insert_stage(stage->layout, stage->number, sql);
    buf_add_format(sql, " WHERE ctid = %s.c1::pg_catalog.tid", row);
}

static void
insert_one(struct pass *pass, struct row *row)
{
    const struct stage *stage = pass->waiting->stage;
    struct server_error error = {0};
    struct buf sql = {0};
    PGresult *result;

    mergesql_insert_stage(stage->layout, stage->number, &sql);
    buf_add_format(&sql, " WHERE ctid = '%s'", row->ctid);
    if (stage->fires != NULL) {
        buf_add_string(&sql, " RETURNING 1");
        pathsql_wrap("w.*", &sql);
    }
    result = server_try_params(stage->writer, buf_string(&sql), 0, NULL, &error);
    if (result != NULL)
        triggers_fired(stage->writer, stage->fires);
    if (result != NULL)
        inserted(pass, row, strtoull(PQcmdTuples(result), NULL, 10));
    else
        refused(pass, row, &error);
    PQclear(result);
    server_error_release(&error);
    buf_release(&sql);
}

static void
try_rows(struct pass *pass)
{
    struct waiting *waiting = pass->waiting;
    struct trial_statement statement = {
        TRIAL_WRITES, 1, write_insert, waiting->stage, waiting->stage->fires != NULL};
    struct buf places = {0};

    for (size_t i = 0; i < waiting->n; i++)
        if (is_tried(&waiting->rows[i]))
            buf_add_format(&places, "%s\n", waiting->rows[i].ctid);
    if (places.length > 0 &&
        !trial_rows(waiting->stage->writer, &statement, buf_slice(&places), tell, pass))
        for (size_t i = 0; i < waiting->n; i++)
            if (is_tried(&waiting->rows[i]))
                insert_one(pass, &waiting->rows[i]);
    buf_release(&places);
}

/* Returns whether some row went in. */
static bool
run_pass(struct waiting *waiting, enum stage_triggers triggers, enum last_pass last)
{
    struct server_error early = {.sqlstate = "23503"};
    struct pass pass = {.waiting = waiting, .last = last};

    if (triggers == STAGE_TRIGGERS_OFF)
        find_early(waiting);
    try_rows(&pass);
    early.message = mem_string("violates a foreign key constraint");
    for (size_t i = 0; last == LAST && i < waiting->n; i++)
        if (!waiting->rows[i].done && waiting->rows[i].early)
            refused(&pass, &waiting->rows[i], &early);
    server_error_release(&early);
    stage_refused_reject(&pass.refused, waiting->stage);
    return pass.moved;
}

void
stage_each_insert(struct stage *const *stages, size_t n, enum stage_triggers triggers)
{
    struct waiting *waiting = mem_alloc(n * sizeof *waiting);
    bool moved;

    for (size_t i = 0; i < n; i++)
        list_waiting(stages[i], &waiting[i]);
    do {
        moved = false;
        for (size_t i = 0; i < n; i++)
            moved |= run_pass(&waiting[i], triggers, NOT_LAST);
    } while (moved);
    for (size_t i = 0; i < n; i++) {
        run_pass(&waiting[i], triggers, LAST);
        PQclear(waiting[i].ctids);
        free(waiting[i].rows);
    }
    free(waiting);
}
