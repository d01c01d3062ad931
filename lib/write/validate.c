#include "validate.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "server.h"
#include "unreadable.h"

#define ROWS 4096 /* in one query */

void
validate_init(struct validate *validate, PGconn *connection, const struct layout *layout,
    copybatch_rejected *rejected, void *context)
{
    *validate = (struct validate){.connection = connection,
        .layout = layout,
        .same = "",
        .rejected = rejected,
        .context = context};
}

void
validate_release(struct validate *validate)
{
    textrows_release(&validate->values);
    free(validate->sql);
    buf_release(&validate->rows);
}

/* The row's values as r, whose only other column has a name that no table has. */
bool
validate_query(const struct validate *validate, const char *same, struct buf *sql)
{
    struct liverow liverow;
    struct demands demands = {same, validate->references, &liverow};
    bool about_others;

    liverow_init(&liverow, validate->connection, validate->layout, LIVEROW_NEW);
    buf_add_string(sql, "SELECT v.n, v.why FROM (SELECT r.\"pgbraid row number\" AS n, ");
    about_others = demands_add(validate->connection, validate->layout, &demands, sql);
    buf_add_string(sql, " AS why FROM (");
    mergesql_cast_rows(validate->layout, "pgbraid row number", sql);
    buf_add_string(sql, ") r) v WHERE v.why IS NOT NULL ORDER BY v.n");
    liverow_release(&liverow);
    return about_others;
}

static void
make_query(struct validate *validate)
{
    struct buf sql = {0};

    if (validate->layout->n > 0) /* else there is nothing to refuse */
        validate->needed |=
            validate_query(validate, validate->same, &sql) || validate->layout->table->stricter;
    validate->sql = mem_string(buf_string(&sql));
    buf_release(&sql);
}

static PGresult *
ask(struct validate *validate, struct slice rows, struct server_error *error)
{
    size_t n = validate->layout->n;

    return server_try_params(validate->connection, validate->sql, (int)n,
        textrows_values(&validate->values, n, rows), error);
}

/* Of rows that all cast: those that the query names are rejected; returns how many are not, which
 * go to `kept` (may be NULL). */
static uint64_t
take_answer(struct validate *validate, struct slice rows, const PGresult *result, struct buf *kept)
{
    uint64_t number = 1, accepted = 0;

    for (int i = 0; rows.length > 0; number++) {
        struct slice row = copyrow_next(&rows);
        struct server_error error;

        if (i == PQntuples(result) || strtoull(PQgetvalue(result, i, 0), NULL, 10) != number) {
            accepted++;
            if (kept != NULL)
                buf_add_slice(kept, slice_make(row.data, row.length + 1));
            continue;
        }
        error = server_error_from(PQgetvalue(result, i, 1));
        validate->rejected(validate->context, row, &error);
        server_error_release(&error);
        i++;
    }
    return accepted;
}

static void
accept(struct validate *validate, struct slice rows, const PGresult *result)
{
    struct buf good = {0}, kept = {0};
    struct slice rest;

    if (validate->next == NULL) {
        validate->accepted += take_answer(validate, rows, result, validate->kept);
        return;
    }
    take_answer(validate, rows, result, &good);
    validate->next(validate->context, buf_slice(&good), &kept);
    for (rest = buf_slice(&kept); rest.length > 0; validate->accepted++)
        copyrow_next(&rest);
    if (validate->kept != NULL)
        buf_add_slice(validate->kept, buf_slice(&kept));
    buf_release(&good);
    buf_release(&kept);
}

static void look_at(struct validate *validate, struct slice rows, uint64_t n);

/* False: the query did not fail for one. */
static bool
looked_at_readable(struct validate *validate, struct slice rows)
{
    struct buf readable = {0};
    struct slice rest;
    uint64_t n = 0;
    bool some;

    unreadable_reject(validate->connection, validate->layout, rows, validate->rejected,
        validate->context, &readable);
    some = readable.length < rows.length;
    for (rest = buf_slice(&readable); rest.length > 0; n++)
        copyrow_next(&rest);
    if (some && n > 0)
        look_at(validate, buf_slice(&readable), n);
    buf_release(&readable);
    return some;
}

/* `n` rows; halved where the query fails for a value that can be read all the same. */
static void
look_at(struct validate *validate, struct slice rows, uint64_t n)
{
    struct server_error error = {0};
    PGresult *result = ask(validate, rows, &error);
    struct slice rest = rows;

    if (result != NULL) {
        accept(validate, rows, result);
    } else if (n == 1) {
        validate->rejected(validate->context, copyrow_next(&rest), &error);
    } else if (!looked_at_readable(validate, rows)) {
        for (uint64_t i = 0; i < n / 2; i++)
            copyrow_next(&rest);
        look_at(validate, slice_make(rows.data, rows.length - rest.length), n / 2);
        look_at(validate, rest, n - n / 2);
    }
    PQclear(result);
    server_error_release(&error);
}

void
validate_finish(struct validate *validate)
{
    if (validate->waiting == 0)
        return;
    look_at(validate, buf_slice(&validate->rows), validate->waiting);
    validate->waiting = 0;
    buf_clear(&validate->rows);
}

static void
keep(struct validate *validate, struct slice row)
{
    if (validate->kept == NULL)
        return;
    buf_add_slice(validate->kept, row);
    buf_add_char(validate->kept, '\n');
}

void
validate_add(struct validate *validate, struct slice row)
{
    if (validate->sql == NULL)
        make_query(validate);
    if (!validate->needed) {
        validate->accepted++;
        keep(validate, row);
        return;
    }
    buf_add_slice(&validate->rows, row);
    buf_add_char(&validate->rows, '\n');
    if (++validate->waiting == ROWS)
        validate_finish(validate);
}

/* The first rows, at most ROWS of them. */
static struct slice
first_rows(struct slice rows)
{
    struct slice rest = rows;

    for (int n = 0; n < ROWS && rest.length > 0; n++)
        copyrow_next(&rest);
    return slice_make(rows.data, rows.length - rest.length);
}

void
validate_sift(struct validate *validate, struct slice rows, struct buf *kept)
{
    if (validate->sql == NULL)
        make_query(validate);
    while (rows.length > 0 && validate->layout->n > 0) {
        struct slice part = first_rows(rows);
        struct server_error error = {0};
        PGresult *result = ask(validate, part, &error);

        if (result != NULL)
            take_answer(validate, part, result, kept);
        else
            buf_add_slice(kept, part);
        PQclear(result);
        server_error_release(&error);
        rows = slice_make(rows.data + part.length, rows.length - part.length);
    }
    buf_add_slice(kept, rows);
}
