#include "copybatch.h"

#include <stdlib.h>

#include "mem.h"
#include "pathsql.h"
#include "triggers.h"

#define PUT_BYTES ((size_t)64 << 10) /* handed to the server at a time */
#define COPY_BYTES                                                                                 \
    ((size_t)4 << 20) /* in one COPY: what has to be repeated when a row is refused */

#define FIRST_CHUNK 256 /* rows sent again at once when some of them were refused */
#define MANY 8          /* refused rows of one COPY, behind which the others are looked at first */

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_copy"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_copy"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_copy; " END_SAVEPOINT

void
copybatch_init(struct copybatch *batch, PGconn *connection, char *sql, copybatch_rejected *rejected,
    void *context)
{
    *batch = (struct copybatch){
        .connection = connection, .sql = sql, .rejected = rejected, .context = context};
}

void
copybatch_release(struct copybatch *batch)
{
    free(batch->sql);
    free(batch->create);
    buf_release(&batch->rows);
    buf_release(&batch->sent_rows);
    *batch = (struct copybatch){0};
}

static uint64_t
count_rows(struct slice rows)
{
    uint64_t n = 0;

    for (size_t i = 0; i < rows.length; i++)
        n += rows.data[i] == '\n';
    return n;
}

/* The length of the first `n` rows, newlines included. */
static size_t
length_of(struct slice rows, uint64_t n)
{
    const char *p = rows.data, *end = rows.data + rows.length;

    while (n-- > 0 && p < end)
        p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
    return (size_t)(p - rows.data);
}

/* Who looks at the foreign keys of the rows: see copybatch.hold. */
enum checking { CHECKING_BY_HOLD, CHECKING_BY_TRIGGERS };

static void
open_copy(struct copybatch *batch, enum checking checking)
{
    struct server_error error;

    if (batch->create != NULL)
        server_run(batch->connection, batch->create);
    free(batch->create);
    batch->create = NULL;
    server_run(batch->connection, BEGIN_SAVEPOINT);
    if (checking == CHECKING_BY_HOLD && batch->hold != NULL)
        triggers_off(batch->connection);
    if (batch->fires != NULL)
        server_run(batch->connection, PATHSQL_THEIRS);
    if (!server_copy_in(batch->connection, batch->sql, &error))
        msg_fatal(server_status(error.sqlstate), "the server refused: %s (SQLSTATE %s) in: %s",
            error.message, error.sqlstate, batch->sql);
}

static void
count_taken(struct copybatch *batch, struct slice rows, uint64_t taken)
{
    uint64_t n = count_rows(rows);

    batch->accepted += taken;
    batch->suppressed += n - taken;
    if (batch->taken != NULL && taken == n)
        batch->taken(batch->context, rows, n);
}

/* One COPY of `rows`; true when the server took them all. */
static bool
try_copy(struct copybatch *batch, struct slice rows, struct server_error *error)
{
    uint64_t taken;

    open_copy(batch, CHECKING_BY_TRIGGERS);
    server_copy_put(batch->connection, rows);
    if (!server_copy_end(batch->connection, &taken, error)) {
        server_run(batch->connection, UNDO_SAVEPOINT);
        return false;
    }
    server_run(batch->connection, END_SAVEPOINT);
    triggers_fired(batch->connection, batch->fires);
    count_taken(batch, rows, taken);
    return true;
}

static void isolate(struct copybatch *batch, struct slice rows);

/* Returns whether the server took all of them. */
static bool
isolate_good(struct copybatch *batch, struct slice rows)
{
    uint64_t before = batch->accepted + batch->suppressed;

    isolate(batch, rows);
    return batch->accepted + batch->suppressed - before == count_rows(rows);
}

/*
 * Deals with `n` rows that the server refused together; returns how many bytes of them are dealt
 * with. Where it names the line, the rows before it are good, but for those whose foreign keys lead
 * nowhere (which is checked at the end of the COPY): the line's row may only have clashed with such
 * a one, and is tried again. Where it names none, nothing is known unless there is only one row.
 */
static size_t
reject_one(struct copybatch *batch, struct slice rows, uint64_t n, const struct server_error *error)
{
    size_t before = 0, bad = rows.length;

    if (n > 1 && (error->line <= 0 || (uint64_t)error->line > n))
        return 0;
    if (n > 1) {
        before = length_of(rows, (uint64_t)error->line - 1);
        bad = length_of(rows, (uint64_t)error->line) - before;
        if (!isolate_good(batch, slice_make(rows.data, before)))
            return before;
    }
    batch->rejected(batch->context, slice_make(rows.data + before, bad - 1), error);
    batch->refusals++;
    return before + bad;
}

/* ---- many refused rows: found without a round trip for each */

static void
tried(void *context, struct slice row, uint64_t written, const struct server_error *error)
{
    struct copybatch *batch = context;

    if (error != NULL) {
        triggers_require_row_error(batch->fires, error);
        batch->rejected(batch->context, row, error);
        return;
    }
    count_taken(batch, slice_make(row.data, row.length + 1), written);
}

/* True when all the rows are dealt with. */
static bool
try_each(struct copybatch *batch, struct slice rows)
{
    return trial_rows(batch->connection, &batch->one, rows, tried, batch);
}

/* What to do next about rows that are refused again and again. */
enum remedy { REMEDY_SIFT, REMEDY_TRY_EACH, REMEDY_NONE };

/* Returns the rows that are still to be sent: `rows`, or what is left of them in `kept`. */
static struct slice
remedy(struct copybatch *batch, enum remedy *next, struct slice rows, struct buf *kept)
{
    batch->refusals = 0;
    if (*next == REMEDY_SIFT && batch->sift != NULL) {
        *next = REMEDY_TRY_EACH;
        batch->sift(batch->context, rows, kept);
        return buf_slice(kept);
    }
    *next = REMEDY_NONE;
    return try_each(batch, rows) ? SLICE("") : rows;
}

/*
 * Sends `rows` without those that the server refuses. The part sent at once shrinks where rows are
 * refused and doubles where they are taken, so that few bad rows cost little.
 */
static void
isolate(struct copybatch *batch, struct slice rows)
{
    uint64_t chunk = FIRST_CHUNK;
    struct buf kept = {0};
    enum remedy next = REMEDY_SIFT;

    while (rows.length > 0) {
        struct slice part = {rows.data, length_of(rows, chunk)};
        uint64_t n = count_rows(part);
        struct server_error error;
        size_t done = part.length;

        if (try_copy(batch, part, &error)) {
            chunk *= 2;
        } else {
            triggers_require_row_error(batch->fires, &error);
            done = reject_one(batch, part, n, &error);
            chunk = n > 4 ? n / 4 : 1;
            server_error_release(&error);
        }
        rows = slice_make(rows.data + done, rows.length - done);
        if (batch->refusals >= MANY && next != REMEDY_NONE) {
            rows = remedy(batch, &next, rows, &kept);
            chunk = FIRST_CHUNK;
        }
    }
    buf_release(&kept);
}

/* The server has taken the rows; they stay when they hold. */
static bool
keep(struct copybatch *batch, struct slice rows)
{
    if (batch->hold != NULL) {
        triggers_on(batch->connection);
        if (!batch->hold(batch->context, rows))
            return false;
    }
    server_run(batch->connection, END_SAVEPOINT);
    triggers_fired(batch->connection, batch->fires);
    return true;
}

/* Fetches the answer to the COPY that was ended last. */
static void
settle(struct copybatch *batch)
{
    struct server_error error = {0};
    struct slice rows = buf_slice(&batch->sent_rows);
    uint64_t taken;
    bool accepted;

    if (batch->state != COPYBATCH_ENDED)
        return;
    batch->state = COPYBATCH_IDLE;
    accepted = server_copy_end(batch->connection, &taken, &error);
    if (accepted && keep(batch, rows)) {
        count_taken(batch, rows, taken);
    } else {
        server_run(batch->connection, UNDO_SAVEPOINT);
        if (!accepted)
            triggers_require_row_error(batch->fires, &error);
        server_error_release(&error);
        batch->refusals = 0;
        isolate(batch, rows);
    }
    buf_clear(&batch->sent_rows);
}

/* Hands the rows added so far to the server; the COPY is opened when there is enough to send. */
static void
put_rows(struct copybatch *batch)
{
    settle(batch);
    if (batch->state == COPYBATCH_IDLE)
        open_copy(batch, CHECKING_BY_HOLD);
    batch->state = COPYBATCH_OPEN;
    server_copy_put(batch->connection,
        slice_make(batch->rows.data + batch->put, batch->rows.length - batch->put));
    batch->put = batch->rows.length;
}

/* Ends the COPY without waiting for the answer. */
static void
end_copy(struct copybatch *batch)
{
    struct buf empty;

    put_rows(batch);
    server_copy_end_send(batch->connection);
    batch->state = COPYBATCH_ENDED;
    empty = batch->sent_rows;
    batch->sent_rows = batch->rows;
    batch->rows = empty;
    batch->put = 0;
}

bool
copybatch_will_send(const struct copybatch *batch, size_t length)
{
    return batch->rows.length + length + 1 >= COPY_BYTES;
}

void
copybatch_add(struct copybatch *batch, struct slice prefix, struct slice row)
{
    buf_add_slice(&batch->rows, prefix);
    buf_add_slice(&batch->rows, row);
    buf_add_char(&batch->rows, '\n');
    if (batch->rows.length >= COPY_BYTES)
        end_copy(batch);
    else if (batch->pace == COPYBATCH_EAGER && batch->rows.length - batch->put >= PUT_BYTES)
        put_rows(batch);
}

void
copybatch_end(struct copybatch *batch)
{
    if (batch->rows.length > 0)
        end_copy(batch);
}

void
copybatch_yield(struct copybatch *batch)
{
    if (batch->state == COPYBATCH_OPEN)
        end_copy(batch);
    settle(batch);
}

void
copybatch_finish(struct copybatch *batch)
{
    copybatch_end(batch);
    settle(batch);
}
