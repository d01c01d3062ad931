/* The part of undo about the rows that the merge inserted. */
#include <stdlib.h>

#include "ident.h"
#include "msg.h"
#include "pathsql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "triggers.h"
#include "undo_parts.h"

/* The group's inserted rows of the table that two columns of a result name; NULL: none. */
static const struct undosql_block *
inserted_of(struct undo_group group, const PGresult *result, int row, int column)
{
    const struct undosql_block *found = NULL;
    char *table;

    if (PQgetisnull(result, row, column))
        return NULL;
    table = ident_qualified(PQgetvalue(result, row, column), PQgetvalue(result, row, column + 1));
    for (struct undo_block *block = group.first; found == NULL && block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED && strcmp(block->sql.table.name, table) == 0 &&
            block->sql.key.n > 0)
            found = &block->sql;
    free(table);
    return found;
}

/* Marks rows that other rows refer to; returns how many are newly so. */
static uint64_t
mark_referred(const struct undo *undo, struct undo_group group, const struct undo_block *block)
{
    PGresult *referrers =
        prepared_query_relation(undo->writer, sql_table_referrers, block->sql.table.name);
    uint64_t marked = 0;

    for (int i = 0; i < PQntuples(referrers); i++) {
        struct undosql_referrer referrer = {PQgetvalue(referrers, i, 0),
            PQgetvalue(referrers, i, 3), PQgetvalue(referrers, i, 6),
            {inserted_of(group, referrers, i, 1), inserted_of(group, referrers, i, 4)}};
        struct buf sql = {0};

        undosql_mark_referred(&block->sql, &referrer, &sql);
        marked += undo_write_rows(undo, block, &sql);
    }
    PQclear(referrers);
    return marked;
}

static void
mark_changed(struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};

    undosql_lock(&block->sql, &sql);
    undo_run_sql(undo, &sql);
    if (undo->side == UNDO_WINS)
        return;
    undosql_mark_changed(&block->sql, &sql);
    undo_write_rows(undo, block, &sql);
    undosql_kept(&block->sql, "changed", &sql);
    undo_leave(undo, block,
        undo_say_rows(
            block, undo_query(undo, &sql), "was inserted by the merge and has changed since"),
        UNDO_YIELDS);
}

static void
say_referred(struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};

    undosql_kept(&block->sql, "referred", &sql);
    undo_leave(undo, block,
        undo_say_rows(block, undo_query(undo, &sql),
            "was inserted by the merge, and other rows refer to it by now"),
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
        prepared_query_relation(undo->writer, sql_table_unindexed, block->table.name);

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

static bool
some_fire(struct undo_group group)
{
    bool some = false;

    for (struct undo_block *block = group.first; block < group.last; block++)
        some |= block->deletes_fire;
    return some;
}

/* All foreign keys of a circle are looked at when its one statement ends. */
static void
add_delete_together(struct undo_group group, struct buf *sql)
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
    if (some_fire(group))
        buf_add_string(sql, " WHERE " PATHSQL_FIRST);
}

static void
delete_together(const struct undo *undo, struct undo_group group)
{
    struct server_error error;
    struct buf sql = {0};
    PGresult *result;
    int n = 0;

    add_delete_together(group, &sql);
    result = server_try_params(undo->writer, buf_string(&sql), 0, NULL, &error);
    if (result == NULL)
        undo_refuse(undo, group.first, &error);
    if (some_fire(group))
        triggers_fired(undo->writer, group.first->sql.table.name);
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED)
            block->tally.inserted = strtoull(PQgetvalue(result, 0, n++), NULL, 10);
    PQclear(result);
    buf_release(&sql);
}

static bool
is_referred(const struct undo *undo, const struct undosql_block *block)
{
    PGresult *result =
        prepared_query_relation(undo->writer, sql_table_referenced, block->table.name);
    bool is = PQntuples(result) > 0;

    PQclear(result);
    return is;
}

/* Who refers to rows without their key, by another one, was not asked: triggers have to. */
static void
delete_keyless(const struct undo *undo, struct undo_group group, bool silent)
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
        block->tally.inserted += off && !block->deletes_fire ? undo_write_rows(undo, block, &sql)
                                                             : undo_write_firing(undo, block, &sql);
        if (off)
            triggers_on(undo->writer);
    }
}

/*
 * The foreign keys' triggers are not needed: who refers to the rows was asked at once, and the rows
 * are locked. But what fires only while triggers are switched off is not to be woken for that.
 */
static bool
deletes_silently(const struct undo *undo, struct undo_group group)
{
    bool gains = false, wakes = false, silent;

    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct triggers_found found = triggers_find(undo->writer, &block->sql.table).deletes;

        gains |= found.silenceable;
        wakes |= found.fire_silenced;
    }
    silent = undo->may_silence && (gains || !wakes);
    for (struct undo_block *block = group.first; block < group.last; block++) {
        struct triggers_found found = triggers_find(undo->writer, &block->sql.table).deletes;

        block->deletes_fire = block->sql.kind == UNDOSQL_INSERTED &&
                              (silent ? found.fire_silenced : found.fire_as_usual);
        if (block->deletes_fire)
            undo_warn_fires(block, "deleted");
    }
    return silent;
}

/* What is there after all: a trigger of the live database kept it. */
static void
say_suppressed(const struct undo *undo, struct undo_block *block)
{
    struct buf sql = {0};
    uint64_t n;

    if (!block->deletes_fire)
        return;
    undosql_count_undeleted(&block->sql, &sql);
    n = undo_count(undo, &sql);
    undosql_count_undeleted_keyless(&block->sql, &sql);
    undo_suppressed(block, n + undo_count(undo, &sql), "deleted");
}

void
undo_mark_changed(struct undo *undo, struct undo_group group)
{
    for (struct undo_block *block = group.first; block < group.last; block++)
        if (block->sql.kind == UNDOSQL_INSERTED)
            mark_changed(undo, block);
}

void
undo_delete_group(struct undo *undo, struct undo_group group)
{
    uint64_t marked, inserted = 0;
    bool silent;

    for (struct undo_block *block = group.first; block < group.last; block++)
        inserted += block->sql.kind == UNDOSQL_INSERTED ? block->sql.rows : 0;
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
        if (block->sql.kind == UNDOSQL_INSERTED) {
            say_referred(undo, block);
            say_suppressed(undo, block);
        }
}
