#include "match.h"

#include <stdlib.h>

#include "canon.h"
#include "catalogsize.h"
#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "server.h"
#include "textarray.h"

#define PROBE_FACTOR 10
#define PROBE_MINIMUM 20000 /* a smaller live table is always read */
#define WAITING_ROWS 4096   /* asked for at once */

static void
choose_way(struct match *match)
{
    int64_t rows = match->layout->table->rows, live;

    if (rows < 0)
        return;
    live = catalogsize_rows(match->reader, match->layout->table);
    if (live > PROBE_MINIMUM && live / PROBE_FACTOR > rows)
        match->way = MATCH_PROBE;
}

void
match_init(struct match *match, PGconn *reader, const struct layout *layout, match_result *result,
    void *context)
{
    *match =
        (struct match){.reader = reader, .layout = layout, .result = result, .context = context};
    choose_way(match);
    compare_init(&match->compare, layout);
    if (match->way == MATCH_READ_ALL)
        compare_load(&match->compare, reader);
}

static void
compare_now(struct match *match, uint64_t key, struct slice row)
{
    match->result(match->context, compare_row(&match->compare, key, row), row);
}

/* True when the row, not found by its bytes, may have a live row all the same. */
static bool
is_doubtful(const struct match *match, uint64_t key)
{
    return !compare_has(&match->compare, key) &&
           canon_row_is_doubtful(match->layout, &match->layout->target, match->compare.fields);
}

static void
wait_with(struct match *match, struct slice row)
{
    buf_add_slice(&match->waiting, row);
    buf_add_char(&match->waiting, '\n');
    match->n_waiting++;
}

/* Takes the next row off the waiting ones; *at starts with 0. */
static bool
next_waiting(const struct match *match, size_t *at, struct slice *row)
{
    const char *from = match->waiting.data + *at, *end;

    if (*at >= match->waiting.length)
        return false;
    end = memchr(from, '\n', match->waiting.length - *at);
    *row = slice_make(from, (size_t)(end - from));
    *at += row->length + 1;
    return true;
}

static void
drop_waiting(struct match *match)
{
    buf_clear(&match->waiting);
    match->n_waiting = 0;
}

/* The key as the server prints it, for rows that no live row's text matched. */
static void
compare_doubtful(struct match *match)
{
    const struct layout_positions *target = &match->layout->target;
    struct buf *values = mem_alloc((target->n + 1) * sizeof *values);
    struct slice row, *fields = mem_alloc((match->layout->n + 1) * sizeof *fields);
    struct canon_batch canon;
    size_t at = 0, n = 0;

    canon_init(&canon, match->layout, target);
    while (next_waiting(match, &at, &row)) {
        copyrow_split(row, fields, match->layout->n);
        canon_add(&canon, fields);
    }
    canon_ask(&canon, match->reader);
    for (at = 0; next_waiting(match, &at, &row); n++) {
        copyrow_split(row, fields, match->layout->n);
        for (size_t i = 0; i < target->n; i++) {
            buf_clear(&values[i]);
            if (canon_get(&canon, n, i, &values[i]))
                fields[target->at[i]] = buf_slice(&values[i]);
        }
        compare_now(match, compare_key_of(&match->compare, fields), row);
    }
    canon_release(&canon);
    for (size_t i = 0; i < target->n; i++)
        buf_release(&values[i]);
    free(values);
    free(fields);
    drop_waiting(match);
}

/* A result row as a COPY text line. */
static void
line_of_result(const PGresult *result, int row, struct buf *line)
{
    buf_clear(line);
    for (int i = 0; i < PQnfields(result); i++) {
        if (i > 0)
            buf_add_char(line, '\t');
        server_add_field(result, row, i, line);
    }
}

/* Asks for the live rows of the waiting ones, by their keys. */
static void
load_waiting(struct match *match)
{
    const struct layout_positions *target = &match->layout->target;
    struct textarray *arrays = mem_alloc((target->n + 1) * sizeof *arrays);
    const char **values = mem_alloc((target->n + 1) * sizeof *values);
    struct server_error error = {0};
    struct buf sql = {0}, line = {0};
    struct slice row;
    size_t at = 0;
    PGresult *result;

    while (next_waiting(match, &at, &row)) {
        compare_key(&match->compare, row);
        for (size_t i = 0; i < target->n; i++)
            textarray_add_field(&arrays[i], match->compare.fields[target->at[i]]);
    }
    for (size_t i = 0; i < target->n; i++)
        values[i] = textarray_literal(&arrays[i]);
    mergesql_probe_rows(match->layout, &sql);
    result = server_try_params(match->reader, buf_string(&sql), (int)target->n, values, &error);
    server_error_release(&error); /* a key that does not cast is no live row's: COPY says so */
    for (int i = 0; result != NULL && i < PQntuples(result); i++) {
        line_of_result(result, i, &line);
        compare_add_live(&match->compare, buf_slice(&line));
    }
    PQclear(result);
    for (size_t i = 0; i < target->n; i++)
        textarray_release(&arrays[i]);
    free(arrays);
    free(values);
    buf_release(&sql);
    buf_release(&line);
}

/*
 * The hashes of one probe's rows stay, so that a duplicate in the backup is seen: as many as the
 * backup has rows. A row whose live row another text of its key would find is found by the
 * canonical key.
 */
static void
compare_probed(struct match *match)
{
    struct slice row;
    struct buf doubtful = {0}, rows;
    size_t at = 0;
    uint64_t n = 0;

    load_waiting(match);
    while (next_waiting(match, &at, &row)) {
        uint64_t key = compare_key(&match->compare, row);

        if (!compare_has(&match->compare, key) &&
            canon_row_is_doubtful(match->layout, &match->layout->target, match->compare.fields)) {
            buf_add_slice(&doubtful, row);
            buf_add_char(&doubtful, '\n');
            n++;
        } else {
            compare_now(match, key, row);
        }
    }
    rows = match->waiting;
    match->waiting = doubtful;
    match->n_waiting = n;
    buf_release(&rows);
    if (n > 0)
        compare_doubtful(match);
    drop_waiting(match);
}

void
match_row(struct match *match, struct slice row)
{
    uint64_t key;

    if (match->way == MATCH_PROBE) {
        wait_with(match, row);
        if (match->n_waiting == WAITING_ROWS)
            compare_probed(match);
        return;
    }
    key = compare_key(&match->compare, row);
    if (!is_doubtful(match, key)) {
        compare_now(match, key, row);
        return;
    }
    wait_with(match, row);
    if (match->n_waiting == WAITING_ROWS)
        compare_doubtful(match);
}

void
match_finish(struct match *match)
{
    if (match->n_waiting > 0 && match->way == MATCH_PROBE)
        compare_probed(match);
    else if (match->n_waiting > 0)
        compare_doubtful(match);
    compare_release(&match->compare);
    buf_release(&match->waiting);
}
