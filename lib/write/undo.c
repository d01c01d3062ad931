#include "undo.h"

#include <stdlib.h>

#include "mergesql.h"
#include "pathsql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "transaction.h"
#include "triggers.h"
#include "undo_parts.h"

PGresult *
undo_query(const struct undo *undo, struct buf *sql)
{
    PGresult *result = server_query(undo->writer, buf_string(sql));

    buf_release(sql);
    return result;
}

void
undo_run_sql(const struct undo *undo, struct buf *sql)
{
    PQclear(undo_query(undo, sql));
}

uint64_t
undo_count(const struct undo *undo, struct buf *sql)
{
    PGresult *result = undo_query(undo, sql);
    uint64_t n = strtoull(PQgetvalue(result, 0, 0), NULL, 10);

    PQclear(result);
    return n;
}

static void
require_consent(const struct undo *undo)
{
    bool one = undo->objections == 1;

    if (undo->side == UNDO_STOPS && undo->objections > 0)
        msg_fatal(STATUS_INPUT,
            "%llu row%s no longer as the merge left %s, so nothing %s undone; --undo-wins undoes "
            "the merge all the same, --now-wins leaves such rows as they are",
            (unsigned long long)undo->objections, one ? " is" : "s are", one ? "it" : "them",
            undo->mode == TALLY_UNDO_DRY_RUN ? "would be" : "was");
}

/* Other rows have a unique value that is to be put back, or refer to one that goes. */
static bool
is_in_the_way(const struct server_error *error)
{
    static const char *const states[] = {"23505", "23503", "23001", "23P01"};

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(error->sqlstate, states[i]) == 0)
            return true;
    return false;
}

/* Where rows were found to have changed these may be why, and what is to be decided first. */
void __attribute__((noreturn)) undo_refuse(
    const struct undo *undo, const struct undo_block *block, const struct server_error *error)
{
    bool trigger = error->context != NULL && !server_is_row_error(error);

    if (!trigger && is_in_the_way(error)) {
        require_consent(undo);
        msg_fatal(STATUS_INPUT,
            "%s: other rows stand in the way: %s (SQLSTATE %s); nothing was undone; try again when "
            "they are changed",
            block->sql.table.name, error->message, error->sqlstate);
    }
    msg_fatal(server_status(error->sqlstate),
        "%s: cannot be undone: %s%s (SQLSTATE %s)%s%s; nothing was changed", block->sql.table.name,
        trigger ? "a trigger failed: " : "", error->message, error->sqlstate,
        trigger ? ", in " : "", trigger ? error->context : "");
}

uint64_t
undo_write_rows(const struct undo *undo, const struct undo_block *block, struct buf *sql)
{
    struct server_error error;
    uint64_t n = 0;

    if (!server_try(undo->writer, buf_string(sql), &n, &error))
        undo_refuse(undo, block, &error);
    buf_release(sql);
    return n;
}

/* False: the server refuses it, and nothing has happened. */
static bool
try_firing(const struct undo *undo, const struct undo_block *block, struct buf *sql, uint64_t *n,
    struct server_error *error)
{
    PGresult *result;

    buf_add_string(sql, " RETURNING 1");
    pathsql_wrap("pg_catalog.count(*)", sql);
    result = server_try_params(undo->writer, buf_string(sql), 0, NULL, error);
    if (result == NULL)
        return false;
    *n = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    triggers_fired(undo->writer, block->sql.table.name);
    PQclear(result);
    return true;
}

uint64_t
undo_write_firing(const struct undo *undo, const struct undo_block *block, struct buf *sql)
{
    struct server_error error;
    uint64_t n = 0;

    if (!try_firing(undo, block, sql, &n, &error))
        undo_refuse(undo, block, &error);
    buf_release(sql);
    return n;
}

uint64_t
undo_put_back(const struct undo *undo, const struct undo_block *block, struct buf *sql)
{
    return block->updates_fire ? undo_write_firing(undo, block, sql)
                               : undo_write_rows(undo, block, sql);
}

bool
undo_try_put_back(
    const struct undo *undo, const struct undo_block *block, struct buf *sql, uint64_t *n)
{
    struct server_error error = {0};
    bool good;

    server_run(undo->writer, "SAVEPOINT pgbraid_undo");
    good = block->updates_fire ? try_firing(undo, block, sql, n, &error)
                               : server_try(undo->writer, buf_string(sql), n, &error);
    if (!good && strcmp(error.sqlstate, "23505") != 0)
        undo_refuse(undo, block, &error);
    server_run(undo->writer, good ? "RELEASE SAVEPOINT pgbraid_undo"
                                  : "ROLLBACK TO SAVEPOINT pgbraid_undo; "
                                    "RELEASE SAVEPOINT pgbraid_undo");
    server_error_release(&error);
    buf_release(sql);
    return good;
}

/* ---- what stands in the way */

uint64_t
undo_say_rows(struct undo_block *block, PGresult *result, const char *what)
{
    uint64_t n = PQntuples(result) > 0 ? strtoull(PQgetvalue(result, 0, 1), NULL, 10) : 0;
    bool has_who = PQnfields(result) > 2;

    for (int i = 0; i < PQntuples(result); i++)
        msg_warning("%s (%s) %s%s%s", block->tally.table, PQgetvalue(result, i, 0), what,
            has_who && !PQgetisnull(result, i, 2) ? ": " : "",
            has_who ? PQgetvalue(result, i, 2) : "");
    if (n > (uint64_t)PQntuples(result))
        msg_warning(
            "%s: so it is with %llu rows in all", block->tally.table, (unsigned long long)n);
    PQclear(result);
    return n;
}

void
undo_leave(struct undo *undo, struct undo_block *block, uint64_t n, enum undo_side wish)
{
    undo->objections += n;
    if (undo->side == wish)
        block->tally.kept += n;
    else
        block->tally.rejected += n;
}

void
undo_warn_fires(const struct undo_block *block, const char *what)
{
    msg_warning("%s: its triggers will fire for the rows that are %s", block->tally.table, what);
}

void
undo_suppressed(struct undo_block *block, uint64_t n, const char *what)
{
    if (n > 0)
        msg_warning("%s: a trigger of the live database kept %llu row%s from being %s",
            block->tally.table, (unsigned long long)n, n == 1 ? "" : "s", what);
    block->tally.kept += n;
}

/* ---- rows that were updated */

static bool
has_referred_column(const struct undo *undo, const struct undosql_block *block)
{
    PGresult *result =
        prepared_query_relation(undo->writer, sql_table_referenced, block->table.name);
    bool has = false;

    for (int i = 0; i < PQntuples(result); i++)
        has |= schema_has_name(&block->columns, PQgetvalue(result, i, 0));
    PQclear(result);
    return has;
}

/* With the foreign keys' triggers off: what was put back must not refer to what is gone. */
static void
require_parents(const struct undo *undo, const struct undosql_block *block)
{
    size_t n;
    struct triggers_check *checks = triggers_all_checks(undo->writer, &block->table, &n);

    for (size_t i = 0; i < n; i++) {
        struct buf sql = {0};
        PGresult *result;

        undosql_count_restored(block, checks[i].condition, &sql);
        result = undo_query(undo, &sql);
        if (strcmp(PQgetvalue(result, 0, 0), "0") != 0)
            msg_fatal(STATUS_INPUT,
                "%s: rows (%s) referred before the merge to rows that are gone by now (foreign key "
                "\"%s\"); nothing was undone",
                block->table.name, PQgetvalue(result, 0, 0), checks[i].name);
        PQclear(result);
    }
}

static void
look_at_updated(struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};
    uint64_t n;

    undosql_lock(&block->sql, &sql);
    undo_run_sql(undo, &sql);
    undosql_list(&block->sql, UNDOSQL_GONE, &sql);
    n = undo_say_rows(block, undo_query(undo, &sql), "was updated by the merge and is gone by now");
    undo_leave(undo, block, n, UNDO_YIELDS);
    undosql_list(&block->sql, UNDOSQL_CHANGED, &sql);
    n = undo_say_rows(
        block, undo_query(undo, &sql), "was updated by the merge and has changed since");
    if (undo->side == UNDO_WINS)
        undo->objections += n;
    else
        undo_leave(undo, block, n, UNDO_YIELDS);
}

/* True when triggers are to be switched off; warns where they fire, and says so. */
static bool
restores_silently(const struct undo *undo, const struct undo_block *block, bool *fire)
{
    struct triggers_found found = triggers_find(undo->writer, &block->sql.table).updates;
    bool silent = found.silenceable && !found.checks && undo->may_silence &&
                  !has_referred_column(undo, &block->sql);

    *fire = silent ? found.fire_silenced : found.fire_as_usual;
    if (*fire)
        undo_warn_fires(block, "put back");
    return silent;
}

static void
restore(struct undo *undo, struct undo_group group, struct undo_block *block)
{
    enum undosql_where where =
        undo->side == UNDO_WINS ? UNDOSQL_EVERYWHERE : UNDOSQL_WHERE_UNCHANGED;
    bool fire;
    struct buf sql = {0};
    uint64_t to_restore = 0, taken = 0;

    block->silent = restores_silently(undo, block, &fire);
    block->updates_fire = fire || has_referred_column(undo, &block->sql);
    look_at_updated(undo, block);
    if (fire) {
        undosql_count_to_restore(&block->sql, where, &sql);
        to_restore = undo_count(undo, &sql);
    }
    if (block->silent)
        triggers_off(undo->writer);
    undosql_restore(&block->sql, where, &sql);
    if (!undo_try_put_back(undo, block, &sql, &block->tally.updated))
        taken = undo_set_aside(undo, group, block, where);
    if (fire)
        undo_suppressed(block, to_restore - taken - block->tally.updated, "put back");
    if (block->silent)
        triggers_on(undo->writer);
}

/* When the inserted rows are gone. */
static void
finish_restoring(const struct undo *undo, const struct undo_block *block)
{
    if (block->silent)
        triggers_off(undo->writer);
    undo_set_back(undo, block);
    if (!block->silent)
        return;
    triggers_on(undo->writer);
    require_parents(undo, &block->sql);
}

/* ---- group by group */

static void
take_back(struct undo *undo, struct undo_group group)
{
    undo_mark_changed(undo, group);
    for (struct undo_block *block = group.last; block-- > group.first;)
        if (block->sql.kind == UNDOSQL_UPDATED)
            restore(undo, group, block);
    undo_delete_group(undo, group);
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_UPDATED)
            finish_restoring(undo, block);
}

static bool
same_group(const struct undo_block *a, const struct undo_block *b)
{
    if (a->sql.table.cycle != 0)
        return a->sql.table.cycle == b->sql.table.cycle;
    return strcmp(a->sql.table.name, b->sql.table.name) == 0;
}

/* Adds to `sum` the second block of the table, where it has one: of updated rows. */
static void
add_block(struct tally *sum, struct undo_block *block)
{
    struct tally *tally = &block->tally;

    tally->read = block->sql.rows;
    tally->unchanged =
        tally->read - tally->inserted - tally->updated - tally->kept - tally->rejected;
    tally_add(sum, tally);
}

static void
report(struct undo *undo, struct undo_group group)
{
    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct tally tally = {.table = block->tally.table};

        if (block->reported) /* with one before */
            continue;
        for (struct undo_block *other = block; other < group.last; other++)
            if (strcmp(other->tally.table, tally.table) == 0) {
                add_block(&tally, other);
                other->reported = true;
            }
        tally_check(&tally);
        tally_add(&undo->sum, &tally);
        tally_line(&tally);
        if (undo->counts != NULL)
            tally_write(undo->counts, &tally);
    }
}

/* Reads one merge's stream, behind those of the merges before it. */
static void
load(struct undo *undo, const char *path)
{
    size_t first = undo->load.n_blocks;
    struct buf ours = {0};

    undoload_read(&undo->load, undo->writer, path);
    undosql_ours(undo->load.first_xid, undo->load.last_xid, undo->load.other_xids, &ours);
    buf_string(&ours);
    for (size_t i = first; i < undo->load.n_blocks; i++)
        undo->load.blocks[i].sql.ours = ours.data;
}

void
undo_run(struct undo *undo, char *const *paths, size_t n)
{
    size_t first, last;

    for (size_t i = 0; i < n; i++)
        load(undo, paths[i]);
    undo->may_silence = triggers_may_silence(undo->writer);
    undo->sum.table = "total";
    tally_heading(undo->mode);
    if (undo->counts != NULL)
        tally_write_header(undo->counts, undo->mode);
    for (last = undo->load.n_blocks; last > 0; last = first) {
        struct undo_group group;

        for (first = last - 1; first > 0; first--)
            if (!same_group(&undo->load.blocks[first - 1], &undo->load.blocks[last - 1]))
                break;
        group = (struct undo_group){undo->load.blocks + first, undo->load.blocks + last};
        take_back(undo, group);
        report(undo, group);
    }
    tally_line(&undo->sum);
}

enum msg_status
undo_end(struct undo *undo)
{
    if (undo->counts != NULL)
        output_close(undo->counts);
    require_consent(undo);
    if (undo->mode == TALLY_UNDO_DRY_RUN)
        server_run(undo->writer, "ROLLBACK");
    else
        transaction_commit(undo->writer, NULL);
    PQfinish(undo->writer);
    tally_verdict(&undo->sum, undo->mode, &(struct tally_skipped){0});
    if (tally_writes(&undo->sum))
        msg_info("sequences stay where they are: no id is given out twice");
    return undo->sum.rejected > 0 ? STATUS_PARTIAL : STATUS_OK;
}
