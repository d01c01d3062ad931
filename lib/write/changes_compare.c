#include <stdlib.h>

#include "changes.h"
#include "changesql.h"
#include "copyrow.h"
#include "demands.h"
#include "server.h"
#include "unreadable.h"

#define COMPARE_ROWS 4096

static PGresult *
ask_to_compare(struct changes *changes, struct slice rows, struct server_error *error)
{
    size_t n = changes->layout->n;
    struct buf sql = {0};
    PGresult *result;

    changesql_compare(changes->layout, &sql);
    result = server_try_params(changes->connection, buf_string(&sql), (int)n,
        textrows_values(&changes->values, n, rows), error);
    buf_release(&sql);
    return result;
}

static void
add_image(struct changes *changes, const PGresult *result, int at)
{
    struct buf row = {0};

    for (int i = 1; i < PQnfields(result); i++) { /* behind the ordinal */
        if (i > 1)
            buf_add_char(&row, '\t');
        server_add_field(result, at, i, &row);
    }
    images_row(changes->images, buf_slice(&row));
    buf_release(&row);
}

/* The old and new values of the rows that an UPDATE would write, as many as are to be shown. */
static void
show_rows(struct changes *changes, struct slice rows)
{
    const struct show *show = changes->images->show;
    size_t n = changes->layout->n;
    struct buf sql = {0};
    PGresult *result;

    if (show == NULL || show->shown >= show->limit)
        return;
    changesql_compare_images(
        changes->layout, &changes->images->columns, show->limit - show->shown, &sql);
    result = server_query_params(
        changes->connection, buf_string(&sql), (int)n, textrows_values(&changes->values, n, rows));
    for (int i = 0; i < PQntuples(result); i++)
        add_image(changes, result, i);
    PQclear(result);
    buf_release(&sql);
}

bool
changes_compare_refused(struct changes *changes, const char *same, struct buf *sql)
{
    struct liverow liverow;
    struct demands demands = {.references = DEMANDS_WITHOUT_REFERENCES, .liverow = &liverow};
    struct buf others = {0};
    bool about_others;

    liverow_init(&liverow, changes->connection, changes->layout, LIVEROW_CHANGED);
    buf_add_string(&others, " AND NOT (");
    changesql_is_live_row(changes->layout, "t", &others);
    buf_add_format(&others, ")%s", same);
    demands.same = buf_string(&others);
    buf_add_string(sql, "SELECT v.n, v.why FROM (SELECT r." CHANGESQL_NUMBER " AS n, ");
    about_others = demands_add(changes->connection, changes->layout, &demands, sql);
    buf_add_string(sql, " AS why FROM (");
    changesql_compare_results(changes->layout, &liverow.kept, sql);
    buf_add_string(sql, ") r) v WHERE v.why IS NOT NULL ORDER BY v.n");
    liverow_release(&liverow);
    buf_release(&others);
    return about_others;
}

static void
make_refused_query(struct changes *changes)
{
    struct buf sql = {0};

    changes->demanding =
        changes_compare_refused(changes, "", &sql) || changes->layout->table->stricter;
    buf_string(&sql);
    changes->refused = sql.data;
}

/* Rejects what `result` names, by ordinal, and puts the others into `good`. */
static void
take_out(struct changes *changes, const PGresult *result, struct slice rows, struct buf *good)
{
    uint64_t ordinal = 1;

    for (int i = 0; rows.length > 0; ordinal++) {
        struct slice row = copyrow_next(&rows);

        if (i < PQntuples(result) && strtoull(PQgetvalue(result, i, 0), NULL, 10) == ordinal) {
            changes_reject_for(changes, row, PQgetvalue(result, i++, 1));
            continue;
        }
        buf_add_slice(good, row);
        buf_add_char(good, '\n');
    }
}

/* What a merge would find refused is rejected here too; the other rows go to `good`, if there are
 * any such. Rows that cannot even be cast are left to the comparison. */
static bool
foresee_refused(struct changes *changes, struct slice rows, struct buf *good)
{
    struct server_error error = {0};
    size_t n_columns = changes->layout->n;
    PGresult *result;
    bool found;

    if (changes->refused == NULL)
        make_refused_query(changes);
    if (!changes->demanding)
        return false;
    result = server_try_params(changes->connection, changes->refused, (int)n_columns,
        textrows_values(&changes->values, n_columns, rows), &error);
    found = result != NULL && PQntuples(result) > 0;
    if (found)
        take_out(changes, result, rows, good);
    PQclear(result);
    server_error_release(&error);
    return found;
}

static void look_at(struct changes *changes, struct slice rows);

/* False: the server did not refuse them for a value that cannot be read. */
static bool
compared_readable(struct changes *changes, struct slice rows)
{
    struct buf readable = {0};
    bool some;

    unreadable_reject(
        changes->connection, changes->layout, rows, changes->rejected, changes->context, &readable);
    some = readable.length < rows.length;
    if (some && readable.length > 0)
        look_at(changes, buf_slice(&readable));
    buf_release(&readable);
    return some;
}

/* `n` rows; halved where the server refuses, so that it is the bad row that is rejected. */
static void
compare_rows(struct changes *changes, struct slice rows, uint64_t n)
{
    struct server_error error = {0};
    PGresult *result = ask_to_compare(changes, rows, &error);
    struct slice rest = rows;

    if (result != NULL) {
        uint64_t differing = strtoull(PQgetvalue(result, 0, 0), NULL, 10),
                 written = strtoull(PQgetvalue(result, 0, 1), NULL, 10);

        changes->updated += written;
        changes->kept += differing - written;
        changes->unchanged += n - differing;
        if (written > 0)
            show_rows(changes, rows);
    } else if (n == 1) {
        changes->rejected(changes->context, copyrow_next(&rest), &error);
    } else if (!compared_readable(changes, rows)) {
        for (uint64_t i = 0; i < n / 2; i++)
            copyrow_next(&rest);
        compare_rows(changes, slice_make(rows.data, rows.length - rest.length), n / 2);
        compare_rows(changes, rest, n - n / 2);
    }
    PQclear(result);
    server_error_release(&error);
}

void
changes_compare_accept(struct changes *changes, struct slice rows)
{
    struct buf kept = {0};

    if (changes->sift != NULL && rows.length > 0) {
        changes->sift(changes->context, rows, &kept);
        rows = buf_slice(&kept);
    }
    if (rows.length > 0)
        compare_rows(changes, rows, copyrow_count(rows));
    buf_release(&kept);
}

/* Those that a merge would find refused are rejected, and the others compared. */
static void
look_at(struct changes *changes, struct slice rows)
{
    struct buf good = {0};

    if (foresee_refused(changes, rows, &good))
        rows = buf_slice(&good);
    changes_compare_accept(changes, rows);
    buf_release(&good);
}

void
changes_compare_waiting(struct changes *changes)
{
    if (changes->waiting > 0)
        look_at(changes, buf_slice(&changes->rows));
    changes->waiting = 0;
    buf_clear(&changes->rows);
}

void
changes_compare_add(struct changes *changes, struct slice row)
{
    buf_add_slice(&changes->rows, row);
    buf_add_char(&changes->rows, '\n');
    if (++changes->waiting == COMPARE_ROWS)
        changes_compare_waiting(changes);
}
