#include "undo.h"

#include <stdlib.h>

#include "ident.h"
#include "mergesql.h"
#include "msg.h"
#include "server.h"
#include "sql.h"
#include "transaction.h"
#include "triggers.h"
#include "undoload.h"

/* A query whose text is a module's: taken over and released. */
static PGresult *
query(const struct undo *undo, struct buf *sql)
{
    PGresult *result = server_query(undo->writer, buf_string(sql));

    buf_release(sql);
    return result;
}

static void
run(const struct undo *undo, struct buf *sql)
{
    PQclear(query(undo, sql));
}

static void __attribute__((noreturn))
refuse(const struct undo_block *block, const struct server_error *error)
{
    msg_fatal(server_status(error->sqlstate),
        "%s: cannot be undone: %s (SQLSTATE %s); nothing was changed", block->sql.table.name,
        error->message, error->sqlstate);
}

/* A statement that writes to a live table: how many rows. */
static uint64_t
write_rows(const struct undo *undo, const struct undo_block *block, struct buf *sql)
{
    struct server_error error;
    uint64_t n = 0;

    if (!server_try(undo->writer, buf_string(sql), &n, &error))
        refuse(block, &error);
    buf_release(sql);
    return n;
}

/* ---- what stands in the way */

/* Says which rows (description, and how many there are in all); returns how many. */
static uint64_t
say_rows(struct undo_block *block, PGresult *result, const char *what)
{
    uint64_t n = PQntuples(result) > 0 ? strtoull(PQgetvalue(result, 0, 1), NULL, 10) : 0;

    for (int i = 0; i < PQntuples(result); i++)
        msg_warning("%s (%s) %s", block->tally.table, PQgetvalue(result, i, 0), what);
    if (n > (uint64_t)PQntuples(result))
        msg_warning("%s: in all %llu rows %s", block->tally.table, (unsigned long long)n, what);
    PQclear(result);
    return n;
}

/* Rows that stay as they are: they are the user's wish, or a reject. */
static void
leave(struct undo *undo, struct undo_block *block, uint64_t n, enum undo_side wish)
{
    undo->objections += n;
    if (undo->side == wish)
        block->tally.kept += n;
    else
        block->tally.rejected += n;
}

/* ---- rows that were updated */

static bool
has_referred_column(const struct undo *undo, const struct undosql_block *block)
{
    PGresult *result = server_query_relation(undo->writer, sql_table_referenced, block->table.name);
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
        result = query(undo, &sql);
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
    run(undo, &sql);
    undosql_list(&block->sql, UNDOSQL_GONE, &sql);
    n = say_rows(block, query(undo, &sql), "was updated by the merge and is gone by now");
    leave(undo, block, n, UNDO_YIELDS);
    undosql_list(&block->sql, UNDOSQL_CHANGED, &sql);
    n = say_rows(block, query(undo, &sql), "was updated by the merge and has changed since");
    if (undo->side == UNDO_WINS)
        undo->objections += n;
    else
        leave(undo, block, n, UNDO_YIELDS);
}

static void
warn_fires(const struct undo_block *block, const struct triggers_found *found, bool silent,
    const char *what)
{
    if (silent ? found->fire_silenced : found->fire_as_usual)
        msg_warning(
            "%s: its triggers will fire for the rows that are %s", block->tally.table, what);
}

/* True when triggers are to be switched off; warns where they fire. */
static bool
restores_silently(const struct undo *undo, const struct undo_block *block)
{
    struct triggers_found found = triggers_find(undo->writer, &block->sql.table, TRIGGERS_UPDATE);
    bool silent = found.silenceable && !found.checks && undo->may_silence &&
                  !has_referred_column(undo, &block->sql);

    warn_fires(block, &found, silent, "put back");
    return silent;
}

static void
restore(struct undo *undo, struct undo_block *block)
{
    bool silent = restores_silently(undo, block);
    struct buf sql = {0};

    look_at_updated(undo, block);
    if (silent)
        triggers_off(undo->writer);
    undosql_restore(
        &block->sql, undo->side == UNDO_WINS ? UNDOSQL_EVERYWHERE : UNDOSQL_WHERE_UNCHANGED, &sql);
    block->tally.updated = write_rows(undo, block, &sql);
    if (!silent)
        return;
    triggers_on(undo->writer);
    require_parents(undo, &block->sql);
}

/* ---- rows that were inserted */

/* The blocks first .. last-1 are a group: tables of one cycle, or a single one. */
struct group {
    struct undo_block *first, *last;
};

static const struct undosql_block *
inserted_of(struct group group, const char *table)
{
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED && strcmp(block->sql.table.name, table) == 0 &&
            block->sql.key.n > 0)
            return &block->sql;
    return NULL;
}

/* Marks rows that other rows refer to; returns how many are newly so. */
static uint64_t
mark_referred(const struct undo *undo, struct group group, const struct undo_block *block)
{
    PGresult *referrers =
        server_query_relation(undo->writer, sql_table_referrers, block->sql.table.name);
    uint64_t marked = 0;

    for (int i = 0; i < PQntuples(referrers); i++) {
        char *child = ident_qualified(PQgetvalue(referrers, i, 1), PQgetvalue(referrers, i, 2));
        struct undosql_referrer referrer = {
            PQgetvalue(referrers, i, 0), PQgetvalue(referrers, i, 3), inserted_of(group, child)};
        struct buf sql = {0};

        undosql_mark_referred(&block->sql, &referrer, &sql);
        marked += write_rows(undo, block, &sql);
        free(child);
    }
    PQclear(referrers);
    return marked;
}

static void
mark_changed(struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};

    undosql_lock(&block->sql, &sql);
    run(undo, &sql);
    if (undo->side == UNDO_WINS)
        return;
    undosql_mark_changed(&block->sql, &sql);
    write_rows(undo, block, &sql);
    undosql_kept(&block->sql, "changed", &sql);
    leave(undo, block,
        say_rows(block, query(undo, &sql), "was inserted by the merge and has changed since"),
        UNDO_YIELDS);
}

static void
say_referred(struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};

    undosql_kept(&block->sql, "referred", &sql);
    leave(undo, block,
        say_rows(block, query(undo, &sql),
            "was inserted by the merge, and rows that were not refer to it by now"),
        UNDO_YIELDS);
}

/* So many pages are read in some seconds: rows that are deleted, each times the pages of a child.
 */
#define MANY_PAGES 200000

/*
 * The foreign keys' own triggers ask for each row who refers to it. Where no index answers, all of
 * the child is read each time: whoever waits should know what would shorten it.
 */
static void
say_slow(const struct undo *undo, const struct undosql_block *block)
{
    PGresult *children =
        server_query_relation(undo->writer, sql_table_unindexed, block->table.name);

    for (int i = 0; i < PQntuples(children); i++) {
        double pages = strtod(PQgetvalue(children, i, 2), NULL);
        char *child = ident_qualified(PQgetvalue(children, i, 0), PQgetvalue(children, i, 1));

        if (pages * (double)block->rows >= MANY_PAGES)
            msg_info("%s: deleting %llu rows takes long, for each of them all of %s is read; an "
                     "index helps: CREATE INDEX ON %s (%s)",
                block->table.name, (unsigned long long)block->rows, child, child,
                PQgetvalue(children, i, 3));
        free(child);
    }
    PQclear(children);
}

/* All foreign keys of a circle are looked at when its one statement ends. */
static void
add_delete_together(struct group group, struct buf *sql)
{
    size_t n = 0;

    for (struct undo_block *block = group.first; block < group.last; block++) {
        if (block->sql.kind != UNDOSQL_INSERTED)
            continue;
        buf_add_format(sql, n == 0 ? "WITH d%zu AS (" : ", d%zu AS (", n);
        undosql_delete(&block->sql, sql);
        buf_add_string(sql, " RETURNING 1)");
        n++;
    }
    for (size_t i = 0; i < n; i++)
        buf_add_format(
            sql, "%s(SELECT pg_catalog.count(*) FROM d%zu)", i == 0 ? " SELECT " : ", ", i);
}

static void
delete_together(const struct undo *undo, struct group group)
{
    struct server_error error;
    struct buf sql = {0};
    PGresult *result;
    int n = 0;

    add_delete_together(group, &sql);
    result = server_try_params(undo->writer, buf_string(&sql), 0, NULL, &error);
    if (result == NULL)
        refuse(group.first, &error);
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED)
            block->tally.inserted = strtoull(PQgetvalue(result, 0, n++), NULL, 10);
    PQclear(result);
    buf_release(&sql);
}

static bool
is_referred(const struct undo *undo, const struct undosql_block *block)
{
    PGresult *result = server_query_relation(undo->writer, sql_table_referenced, block->table.name);
    bool is = PQntuples(result) > 0;

    PQclear(result);
    return is;
}

/* Who refers to rows without their key, by another one, was not asked: triggers have to. */
static void
delete_keyless(const struct undo *undo, struct group group, bool silent)
{
    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct buf sql = {0};
        bool off;

        if (block->sql.kind != UNDOSQL_INSERTED)
            continue;
        off = silent && !is_referred(undo, &block->sql);
        if (off)
            triggers_off(undo->writer);
        undosql_delete_keyless(&block->sql, &sql);
        block->tally.inserted += write_rows(undo, block, &sql);
        if (off)
            triggers_on(undo->writer);
    }
}

/*
 * The foreign keys' triggers are not needed: who refers to the rows was asked at once, and the rows
 * are locked. But what fires only while triggers are switched off is not to be woken for that.
 */
static bool
deletes_silently(const struct undo *undo, struct group group)
{
    bool gains = false, wakes = false, silent;

    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct triggers_found found =
            triggers_find(undo->writer, &block->sql.table, TRIGGERS_DELETE);

        gains |= found.silenceable;
        wakes |= found.fire_silenced;
    }
    silent = undo->may_silence && (gains || !wakes);
    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct triggers_found found =
            triggers_find(undo->writer, &block->sql.table, TRIGGERS_DELETE);

        if (block->sql.kind == UNDOSQL_INSERTED)
            warn_fires(block, &found, silent, "deleted");
    }
    return silent;
}

static void
delete_group(struct undo *undo, struct group group)
{
    uint64_t marked, inserted = 0;
    bool silent;

    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED) {
            mark_changed(undo, block);
            inserted += block->sql.rows;
        }
    if (inserted == 0)
        return;
    silent = deletes_silently(undo, group);
    do {
        marked = 0;
        for (struct undo_block *block = group.first; block < group.last; block++)
            if (block->sql.kind == UNDOSQL_INSERTED)
                marked += mark_referred(undo, group, block);
    } while (marked > 0);
    for (struct undo_block *block = group.first; block < group.last && !silent; block++)
        if (block->sql.kind == UNDOSQL_INSERTED)
            say_slow(undo, &block->sql);
    if (silent)
        triggers_off(undo->writer);
    delete_together(undo, group);
    if (silent)
        triggers_on(undo->writer);
    delete_keyless(undo, group, silent);
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED)
            say_referred(undo, block);
}

/* ---- group by group */

static void
undo_group(struct undo *undo, struct group group)
{
    for (struct undo_block *block = group.last; block-- > group.first;)
        if (block->sql.kind == UNDOSQL_UPDATED)
            restore(undo, block);
    delete_group(undo, group);
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
report(struct undo *undo, struct group group)
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

static void
note_ours(struct undo *undo)
{
    struct buf ours = {0};

    undosql_ours(undo->load.first_xid, undo->load.last_xid, undo->load.other_xids, &ours);
    buf_string(&ours);
    for (size_t i = 0; i < undo->load.n_blocks; i++)
        undo->load.blocks[i].sql.ours = ours.data;
}

void
undo_run(struct undo *undo, const char *path)
{
    size_t first, last;

    undoload_read(&undo->load, undo->writer, path);
    note_ours(undo);
    undo->may_silence = triggers_may_silence(undo->writer);
    undo->sum.table = "total";
    tally_heading(undo->mode);
    if (undo->counts != NULL)
        tally_write_header(undo->counts, undo->mode);
    for (last = undo->load.n_blocks; last > 0; last = first) {
        struct group group;

        for (first = last - 1; first > 0; first--)
            if (!same_group(&undo->load.blocks[first - 1], &undo->load.blocks[last - 1]))
                break;
        group = (struct group){undo->load.blocks + first, undo->load.blocks + last};
        undo_group(undo, group);
        report(undo, group);
    }
    tally_line(&undo->sum);
}

static void
require_consent(const struct undo *undo)
{
    if (undo->side == UNDO_STOPS && undo->objections > 0)
        msg_fatal(STATUS_INPUT,
            "%llu row%s no longer as the merge left %s, so nothing was undone; --undo-wins undoes "
            "the merge all the same, --now-wins leaves such rows as they are",
            (unsigned long long)undo->objections, undo->objections == 1 ? " is" : "s are",
            undo->objections == 1 ? "it" : "them");
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
        transaction_commit(undo->writer);
    PQfinish(undo->writer);
    tally_verdict(&undo->sum, undo->mode, 0);
    if (tally_writes(&undo->sum))
        msg_info("sequences stay where they are: no id is given out twice");
    return undo->sum.rejected > 0 ? STATUS_PARTIAL : STATUS_OK;
}
