#include "changes.h"

#include <stdio.h>
#include <stdlib.h>

#include "changesql.h"
#include "mem.h"
#include "mergesql.h"
#include "pathsql.h"
#include "triggers.h"

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_update"
#define MANY 8 /* rows refused alone, behind which the others are tried inside the server */
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_update"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_update; " END_SAVEPOINT

void
changes_init(struct changes *changes, PGconn *writer, const struct layout *layout, size_t number,
    struct images *images, copybatch_rejected *rejected, void *context)
{
    *changes = (struct changes){.connection = writer,
        .layout = layout,
        .number = number,
        .mode = CHANGES_WRITE,
        .images = images,
        .rejected = rejected,
        .context = context};
}

void
changes_init_compare(struct changes *changes, PGconn *reader, const struct layout *layout,
    struct images *images, copybatch_rejected *rejected, void *context)
{
    *changes = (struct changes){.connection = reader,
        .layout = layout,
        .mode = CHANGES_COMPARE,
        .images = images,
        .rejected = rejected,
        .context = context};
}

void
changes_release(struct changes *changes)
{
    textrows_release(&changes->values);
    free(changes->written);
    free(changes->refused);
    buf_release(&changes->rows);
    copybatch_release(&changes->batch);
}

/* A row of the temporary table starts with its number, which nobody else should see. */
static void
rejected_in_copy(void *context, struct slice row, const struct server_error *error)
{
    struct changes *changes = context;
    const char *tab = memchr(row.data, '\t', row.length);

    changes->rejected(
        changes->context, slice_make(tab + 1, row.length - (size_t)(tab + 1 - row.data)), error);
}

static void
write_insert(const void *context, const char *row, struct buf *sql)
{
    const struct changes *changes = context;

    changesql_insert_values(changes->layout, changes->number, row, sql);
}

/* Changed rows wait for the table's end if they can: the connection is busy with the new ones. */
static void
start_batch(struct changes *changes)
{
    struct buf create = {0}, copy = {0};

    changesql_create(changes->layout, changes->number, &create);
    changesql_copy(changes->layout, changes->number, &copy);
    buf_string(&copy);
    copybatch_init(&changes->batch, changes->connection, copy.data, rejected_in_copy, changes);
    changes->batch.one = (struct trial_statement){
        TRIAL_WRITES, changes->layout->n + 1, write_insert, changes, false};
    changes->batch.create = mem_string(buf_string(&create));
    changes->batch.pace = COPYBATCH_PATIENT;
    buf_release(&create);
}

/* ---- writing */

static uint64_t
to_number(PGresult *result, int column)
{
    return strtoull(PQgetvalue(result, 0, column), NULL, 10);
}

void
changes_reject_for(struct changes *changes, struct slice row, const char *why)
{
    struct server_error error = server_error_from(why);

    changes->rejected(changes->context, row, &error);
    server_error_release(&error);
}

#define PREFIX_ROOM 24 /* for a row's number and its tab */

bool
changes_will_send(const struct changes *changes, struct slice row)
{
    return changes->mode == CHANGES_WRITE &&
           copybatch_will_send(&changes->batch, row.length + PREFIX_ROOM);
}

void
changes_add(struct changes *changes, struct slice row)
{
    char prefix[PREFIX_ROOM];
    int length;

    changes->n++;
    if (changes->mode == CHANGES_COMPARE) {
        changes_compare_add(changes, row);
        return;
    }
    if (changes->n == 1)
        start_batch(changes);
    length = snprintf(prefix, sizeof prefix, "%llu\t", (unsigned long long)changes->n);
    copybatch_add(&changes->batch, slice_make(prefix, (size_t)length), row);
}

void
changes_yield(struct changes *changes)
{
    if (changes->mode == CHANGES_WRITE && changes->n > 0)
        copybatch_yield(&changes->batch);
}

void
changes_lock_parents(struct changes *changes)
{
    struct buf name = {0};

    changesql_name(changes->number, &name);
    triggers_lock_parents(changes->connection, changes->layout, buf_string(&name));
    buf_release(&name);
}

/* The UPDATE for those rows, which returns what is wanted of them; NULL when it sets nothing. */
static char *
update_sql(const struct changes *changes, const struct changesql_update *which)
{
    struct changesql_update how = *which;
    struct buf update = {0}, sql = {0};

    how.returning = CHANGESQL_NUMBERS;
    how.moved = changes->moved;
    if (images_wanted(changes->images)) {
        how.returning = CHANGESQL_IMAGES;
        how.columns = &changes->images->columns;
    }
    if (changesql_update(changes->layout, changes->number, &how, &update)) {
        if (changes->fires != NULL)
            pathsql_wrap("w.*", &update);
        buf_add_format(&sql, "COPY (%s) TO STDOUT", buf_string(&update));
        buf_string(&sql);
    }
    buf_release(&update);
    return sql.data;
}

/* A row that the UPDATE returns: its number, then the images. */
static void
take_written(void *context, struct slice row)
{
    struct changes *changes = context;
    uint64_t number = 0;
    size_t i = 0;

    for (; i < row.length && row.data[i] >= '0' && row.data[i] <= '9'; i++)
        number = number * 10 + (uint64_t)(row.data[i] - '0');
    changes->written[number / 8] |= (unsigned char)(1U << number % 8);
    changes->updated++;
    if (images_wanted(changes->images))
        images_row(changes->images, slice_make(row.data + i + 1, row.length - i - 1));
}

/* Takes the answer to an UPDATE that was sent; nothing has happened when it is false. */
static bool
receive_update(struct changes *changes, struct server_error *error)
{
    uint64_t before = changes->updated;
    bool good;

    images_begin(changes->images);
    good = server_receive_rows(changes->connection, take_written, changes, error);
    server_run(changes->connection, good ? END_SAVEPOINT : UNDO_SAVEPOINT);
    if (good)
        triggers_fired(changes->connection, changes->fires);
    if (!good) {
        images_forget(changes->images);
        changes->updated = before;
        triggers_require_row_error(changes->fires, error);
    }
    return good;
}

static void
send_update(struct changes *changes, const struct changesql_update *which)
{
    char *sql = update_sql(changes, which);

    server_run(changes->connection, BEGIN_SAVEPOINT);
    server_send(changes->connection, sql);
    free(sql);
}

/* True when some of the rows numbered first .. last are refused when they are tried. */
static bool
rejected_tried(struct changes *changes, uint64_t first, uint64_t last)
{
    struct changes_refused refused = {0};
    bool some;

    changes_refused_try(changes, first, last, &refused);
    some = refused.n > 0;
    changes_refused_reject(changes, &refused);
    return some;
}

/* Rows numbered first .. last, halved where the server refuses. */
static void
update_range(struct changes *changes, uint64_t first, uint64_t last)
{
    struct changesql_update which = {.first = first, .last = last};
    uint64_t middle = first + (last - first) / 2;
    struct server_error error;

    send_update(changes, &which);
    if (receive_update(changes, &error))
        return;
    if (first == last) {
        changes_refused_one(changes, first, &error);
        changes->alone++;
    } else if (changes->alone >= MANY && rejected_tried(changes, first, last)) {
        update_range(changes, first, last);
    } else {
        update_range(changes, first, middle);
        update_range(changes, middle + 1, last);
    }
    server_error_release(&error);
}

void
changes_update_these(struct changes *changes, const uint64_t *numbers, size_t n)
{
    struct server_error error;
    struct buf list = {0};

    for (size_t i = 0; i < n; i++)
        buf_add_format(&list, i == 0 ? "ANY ('{%llu" : ",%llu", (unsigned long long)numbers[i]);
    buf_add_string(&list, "}'::pg_catalog.int8[])");
    send_update(changes, &(struct changesql_update){.number = buf_string(&list)});
    buf_release(&list);
    if (receive_update(changes, &error))
        return;
    server_error_release(&error);
    for (size_t i = 0; i < n; i++)
        update_range(changes, numbers[i], numbers[i]);
}

bool
changes_update(struct changes *changes, struct server_error *error)
{
    send_update(changes, &(struct changesql_update){.last = 0});
    return receive_update(changes, error);
}

void
changes_forget(struct changes *changes)
{
    images_forget(changes->images);
    changes->updated = 0;
    memset(changes->written, 0, changes->n / 8 + 1);
}

/* Rows that differ from the live ones, asked before the UPDATE where it does not write them all. */
static uint64_t
count_differing(struct changes *changes)
{
    struct buf sql = {0};
    PGresult *result;
    uint64_t n;

    changesql_count_differing(changes->layout, changes->number, &sql);
    result = server_query(changes->connection, buf_string(&sql));
    n = to_number(result, 0);
    PQclear(result);
    buf_release(&sql);
    return n;
}

#define FEW 1000

/* Without statistics the planner takes the rows' keys for anything, and would hash the whole live
 * table rather than them. */
static void
analyze_keys(struct changes *changes)
{
    struct buf sql = {0};

    if (changes->batch.accepted < FEW)
        return;
    buf_add_string(&sql, "ANALYZE ");
    changesql_name(changes->number, &sql);
    buf_add_string(&sql, " (");
    mergesql_columns(changes->layout, &changes->layout->target, "", &sql);
    buf_add_string(&sql, ")");
    server_run(changes->connection, buf_string(&sql));
    buf_release(&sql);
}

void
changes_ready(struct changes *changes)
{
    if (changes->ready || changes->n == 0)
        return;
    copybatch_finish(&changes->batch);
    analyze_keys(changes);
    changes->ready = true;
}

void
changes_count(struct changes *changes)
{
    if (!changesql_writes_all(changes->layout))
        changes->differing = count_differing(changes);
    changes->offered = changes->batch.accepted;
}

static void
start_writing(struct changes *changes, enum changes_triggers triggers)
{
    const struct changesql_update all = {.last = 0};
    char *update;

    changes_ready(changes);
    if (triggers == CHANGES_TRIGGERS_OFF) {
        changes_lock_parents(changes);
        changes_refused_orphans(changes);
        triggers_off(changes->connection);
    }
    changes_count(changes);
    update = update_sql(changes, &all);
    if (update != NULL) {
        changes->written = mem_alloc(changes->n / 8 + 1);
        send_update(changes, &all);
        changes->under_way = true;
    }
    free(update);
}

/* Before many statements that each look for one or a range of them: without statistics the planner
 * would not believe that a number is one row's, and read the whole live table each time. */
static void
index_numbers(struct changes *changes)
{
    struct buf sql = {0};

    buf_add_string(&sql, "CREATE INDEX ON ");
    changesql_name(changes->number, &sql);
    buf_add_string(&sql, " (" CHANGESQL_NUMBER "); ANALYZE ");
    changesql_name(changes->number, &sql);
    buf_add_string(&sql, " (" CHANGESQL_NUMBER ")");
    server_run(changes->connection, buf_string(&sql));
    buf_release(&sql);
}

#define BEGIN_MOVES "SAVEPOINT pgbraid_moves"
#define END_MOVES "RELEASE SAVEPOINT pgbraid_moves"
#define UNDO_MOVES "ROLLBACK TO SAVEPOINT pgbraid_moves; " END_MOVES
/* True when unique values move among the rows, and all are written that are not rejected. */
static bool
write_moves(struct changes *changes, enum changes_triggers triggers)
{
    struct changes_moves *moves = changes_moves_new(changes, NULL);
    bool written = false, again = true;

    for (int round = 0; again && !written && round < CHANGES_MOVES_ROUNDS; round++) {
        if (!changes_moves_settle(moves) || !changes_moves_some(moves))
            break;
        server_run(changes->connection, BEGIN_MOVES);
        written = changes_moves_vacate(moves) && changes_moves_write(moves, triggers);
        server_run(changes->connection, written ? END_MOVES : UNDO_MOVES);
        again = changes_moves_reject(moves);
    }
    changes_moves_free(moves);
    return written;
}

/* The UPDATE's answer; where the server refused it as a whole, it is tried without the rows that a
 * query finds refused, then with others set aside, and then in parts. */
static void
finish_update(struct changes *changes, enum changes_triggers triggers)
{
    struct server_error error;

    changes->under_way = false;
    if (receive_update(changes, &error))
        return;
    server_error_release(&error);
    changes_forget(changes);
    if (write_moves(changes, triggers))
        return;
    index_numbers(changes);
    update_range(changes, 1, changes->n);
}

/* Rows that were deleted, or whose key was changed, since they were read: the merge would lose
 * them. */
static void
require_live_rows(struct changes *changes)
{
    struct buf sql = {0};
    PGresult *result;

    changesql_count_gone(changes->layout, changes->number, &sql);
    result = server_query(changes->connection, buf_string(&sql));
    if (to_number(result, 0) > 0)
        msg_fatal(STATUS_TEMPORARY,
            "%s: rows (%s) were deleted or got another key while the merge was running; nothing "
            "was committed, try again",
            changes->layout->table->name, PQgetvalue(result, 0, 0));
    PQclear(result);
    buf_release(&sql);
}

/* Rows that differ and were not written, whether a conflict or a trigger kept them. */
static uint64_t
count_kept(const struct changes *changes)
{
    uint64_t dealt_with = changes->updated + (changes->offered - changes->batch.accepted);
    uint64_t kept = changes->differing > dealt_with ? changes->differing - dealt_with : 0;

    return kept > changes->suppressed ? kept : changes->suppressed;
}

static void
finish_writing(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->under_way)
        finish_update(changes, triggers);
    else if (changes->settled && triggers == CHANGES_TRIGGERS_OFF)
        triggers_off(changes->connection);
    if (changes->updated < changes->batch.accepted) {
        if (changes->written != NULL)
            changes_left_out(changes);
        require_live_rows(changes);
    }
    if (triggers == CHANGES_TRIGGERS_OFF)
        triggers_on(changes->connection);
    changes->kept = count_kept(changes);
    changes->unchanged = changes->batch.accepted - changes->updated - changes->kept;
}

void
changes_start(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->mode == CHANGES_COMPARE)
        changes_compare_waiting(changes);
    else if (changes->n > 0 && !changes->settled)
        start_writing(changes, triggers);
}

void
changes_finish(struct changes *changes, enum changes_triggers triggers)
{
    if (changes->mode == CHANGES_WRITE && changes->n > 0)
        finish_writing(changes, triggers);
}
