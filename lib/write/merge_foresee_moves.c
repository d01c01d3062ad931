/* The part of merge_foresee about unique values that move among the rows of a table. */
#include <stdlib.h>

#include "changesql.h"
#include "copyrow.h"
#include "hash.h"
#include "mem.h"
#include "merge_foresee.h"
#include "mergesql.h"
#include "moves.h"

/* ---- rows that are held */

enum fate { FATE_HELD = 1, FATE_REFUSED };

static void
note_fate(struct foresee_moves *known, struct slice row, enum fate fate)
{
    bool added;

    if (known->seed == 0)
        known->seed = hash_seed();
    *pairmap_add(&known->fates, hash_bytes(known->seed, row), &added) = (uint64_t)fate;
}

static bool
has_fate(const struct foresee_moves *known, struct slice row, enum fate fate)
{
    const uint64_t *found = pairmap_find(&known->fates, hash_bytes(known->seed, row));

    return found != NULL && *found == (uint64_t)fate;
}

bool
merge_foresee_hold(struct merge_table *table, struct slice row, const struct server_error *error)
{
    struct foresee_moves *known;
    bool held;

    if (table->foresee == NULL)
        return false;
    known = &table->foresee->moves;
    held = !known->blind && heldrows_add(&known->held, row, error);
    known->doubtful |= known->blind && strcmp(error->sqlstate, "23505") == 0;
    note_fate(known, row, held ? FATE_HELD : FATE_REFUSED);
    return held;
}

void
merge_foresee_keep(struct merge_table *table, struct slice row)
{
    struct merge_foresee *foresee = table->foresee;

    if (!foresee->holds && foresee->moves.blind)
        return;
    if (!foresee->holds && foresee->held_changed.length + row.length > HELDROWS_BYTES) {
        foresee->moves.blind = true;
        buf_release(&foresee->held_changed);
        return;
    }
    buf_add_slice(&foresee->held_changed, row);
    buf_add_char(&foresee->held_changed, '\n');
}

/* ---- what is known of all rows */

struct sight {
    struct merge_table *table;
    enum foresee_rows which;
    struct keyhashes hashes;
    struct parking parking;
    struct buf changed; /* rows, with their newlines */
    struct slice *rows; /* the same */
    size_t n;
    uint64_t *before, *after; /* their values */
    bool *stays;              /* they are refused beside rows that do not change */
    struct slice fresh;       /* new rows that are held */
    size_t n_fresh;
    uint64_t *wanted;   /* their values */
    bool *taken;        /* a live row that does not change has one */
    struct moves moves; /* changed rows that are not held, new rows, held ones, others */
    size_t *place;      /* of the changed rows */
    size_t first_fresh;
};

/* The changed rows, without those that are refused for something else. */
static void
gather(struct sight *sight)
{
    const struct merge_foresee *foresee = sight->table->foresee;
    struct slice rest = buf_slice(&foresee->held_changed);
    size_t room = copyrow_count(rest);

    sight->rows = mem_alloc((room + 1) * sizeof *sight->rows);
    while (rest.length > 0) {
        struct slice row = copyrow_next(&rest);

        if (has_fate(&foresee->moves, row, FATE_REFUSED))
            continue;
        sight->rows[sight->n++] = row;
        buf_add_slice(&sight->changed, slice_make(row.data, row.length + 1));
    }
    sight->fresh = buf_slice(
        sight->which == FORESEE_CHANGED ? &foresee->moves.fresh : &sight->table->held.rows);
    sight->n_fresh = copyrow_count(sight->fresh);
}

/* Of lines of an answer, each with the number of its row from 1. */
static void
read_hashes(const struct sight *sight, const PGresult *result, uint64_t *hashes)
{
    size_t keys = sight->hashes.n;

    for (int line = 0; line < PQntuples(result); line++) {
        size_t row = (size_t)strtoull(PQgetvalue(result, line, 0), NULL, 10) - 1;

        for (size_t key = 0; key < keys; key++) /* a null's text is empty */
            hashes[row * keys + key] =
                (uint64_t)strtoll(PQgetvalue(result, line, (int)key + 1), NULL, 10);
    }
}

static bool
take_hashes(const struct sight *sight, PGresult *result, uint64_t *hashes)
{
    bool known = result != NULL;

    if (known)
        read_hashes(sight, result, hashes);
    PQclear(result);
    return known;
}

static PGresult *
ask_befores(const struct sight *sight)
{
    const struct layout *layout = &sight->table->layout;
    struct textrows values = {0};
    struct server_error error = {0};
    struct buf sql = {0};
    PGresult *result;

    buf_add_string(&sql, "SELECT r." CHANGESQL_NUMBER ", ");
    keyhashes_add(&sight->hashes, &sql);
    buf_add_string(&sql, " FROM (");
    changesql_compare_befores(layout, &sql);
    buf_add_string(&sql, ") r ORDER BY 1");
    result = server_try_params(sight->table->merge->reader, buf_string(&sql), (int)layout->n,
        textrows_values(&values, layout->n, buf_slice(&sight->changed)), &error);
    server_error_release(&error);
    textrows_release(&values);
    buf_release(&sql);
    return result;
}

/* The values of rows as the live table would hold them. */
static PGresult *
ask_afters(const struct sight *sight, enum liverow_rows which, struct slice rows)
{
    const struct merge_table *table = sight->table;
    struct rowquery query = {0};
    struct liverow liverow;
    struct buf hashes = {0};
    PGresult *result;

    liverow_init(&liverow, table->merge->reader, &table->layout, which);
    keyhashes_add(&sight->hashes, &hashes);
    rowquery_make(
        &query, table->merge->reader, &table->layout, &liverow, which, buf_string(&hashes));
    result = rowquery_ask(&query, rows);
    rowquery_release(&query);
    liverow_release(&liverow);
    buf_release(&hashes);
    return result;
}

static bool
ask_values(struct sight *sight)
{
    size_t n = sight->n * sight->hashes.n;
    bool known;

    sight->before = mem_alloc((n + 1) * sizeof *sight->before);
    sight->after = mem_alloc((n + 1) * sizeof *sight->after);
    sight->wanted = mem_alloc((sight->n_fresh * sight->hashes.n + 1) * sizeof *sight->wanted);
    known = take_hashes(sight, ask_befores(sight), sight->before);
    memcpy(sight->after, sight->before, n * sizeof *sight->after);
    known =
        known && take_hashes(sight, ask_afters(sight, LIVEROW_CHANGED, buf_slice(&sight->changed)),
                     sight->after);
    return known &&
           (sight->n_fresh == 0 ||
               take_hashes(sight, ask_afters(sight, LIVEROW_NEW, sight->fresh), sight->wanted));
}

/* Whether some value of the changed row moves. */
static bool
moves_away(const struct sight *sight, size_t row)
{
    size_t keys = sight->hashes.n;

    return memcmp(sight->before + row * keys, sight->after + row * keys,
               keys * sizeof *sight->before) != 0;
}

/* ---- what is refused beside the rows that do not move */

/* The targets of those that do, as parameters; a row without its whole target counts as none. */
static void
add_movers(const struct sight *sight, struct textarray *targets)
{
    const struct layout *layout = &sight->table->layout;
    struct slice *fields = mem_alloc((layout->n + 1) * sizeof *fields);

    for (size_t row = 0; row < sight->n; row++) {
        bool whole = moves_away(sight, row);

        copyrow_split(sight->rows[row], fields, layout->n);
        for (size_t i = 0; i < layout->target.n; i++)
            whole &= !copyrow_is_null(fields[layout->target.at[i]]);
        for (size_t i = 0; i < layout->target.n && whole; i++)
            textarray_add_field(&targets[i], fields[layout->target.at[i]]);
    }
    free(fields);
}

/* Marks the rows that a query names, whose last parameters are these targets. */
static bool
mark_refused(const struct sight *sight, const char *sql, struct slice rows,
    struct textarray *targets, bool *refused)
{
    const struct layout *layout = &sight->table->layout;
    size_t n = layout->n, n_targets = layout->target.n;
    const char **values = mem_alloc((n + n_targets + 1) * sizeof *values);
    struct textrows textrows = {0};
    struct server_error error = {0};
    PGresult *result;
    bool known;

    memcpy(values, textrows_values(&textrows, n, rows), n * sizeof *values);
    for (size_t i = 0; i < n_targets; i++)
        values[n + i] = textarray_literal(&targets[i]);
    result =
        server_try_params(sight->table->merge->reader, sql, (int)(n + n_targets), values, &error);
    known = result != NULL;
    for (int i = 0; known && i < PQntuples(result); i++)
        refused[strtoull(PQgetvalue(result, i, 0), NULL, 10) - 1] = true;
    PQclear(result);
    server_error_release(&error);
    textrows_release(&textrows);
    free(values);
    return known;
}

static bool
mark_changed(struct sight *sight, const char *same, struct textarray *targets)
{
    struct buf sql = {0};
    bool known;

    changes_compare_refused(&sight->table->changes, same, &sql);
    known =
        mark_refused(sight, buf_string(&sql), buf_slice(&sight->changed), targets, sight->stays);
    buf_release(&sql);
    return known;
}

static bool
mark_fresh(struct sight *sight, const char *same, struct textarray *targets)
{
    struct buf sql = {0};
    bool known;

    if (sight->n_fresh == 0)
        return true;
    validate_query(&sight->table->validate, same, &sql);
    known = mark_refused(sight, buf_string(&sql), sight->fresh, targets, sight->taken);
    buf_release(&sql);
    return known;
}

static bool
ask_refused(struct sight *sight)
{
    const struct layout *layout = &sight->table->layout;
    struct textarray *targets = mem_alloc((layout->target.n + 1) * sizeof *targets);
    struct buf same = {0};
    bool known;

    sight->stays = mem_alloc(sight->n + 1);
    sight->taken = mem_alloc(sight->n_fresh + 1);
    add_movers(sight, targets);
    changesql_and_not_given(layout, layout->n + 1, &same);
    buf_string(&same);
    known = mark_changed(sight, same.data, targets) && mark_fresh(sight, same.data, targets);
    for (size_t i = 0; i < layout->target.n; i++)
        textarray_release(&targets[i]);
    free(targets);
    buf_release(&same);
    return known;
}

/* ---- who gets what */

/* Those that are counted already come before the new rows, which go in before the others. */
enum turn { BEFORE_FRESH, BEHIND_FRESH };

static void
add_changed(struct sight *sight, enum turn turn, bool *stays)
{
    const struct foresee_moves *known = &sight->table->foresee->moves;
    size_t keys = sight->hashes.n;

    for (size_t row = 0; row < sight->n; row++) {
        bool counted = sight->which != FORESEE_NEW && !has_fate(known, sight->rows[row], FATE_HELD);

        if (counted != (turn == BEFORE_FRESH))
            continue;
        sight->place[row] = sight->moves.n;
        stays[sight->moves.n] = sight->stays[row];
        moves_add(&sight->moves, sight->before + row * keys, sight->after + row * keys);
    }
}

static void
add_fresh(struct sight *sight)
{
    size_t keys = sight->hashes.n;

    sight->first_fresh = sight->moves.n;
    for (size_t row = 0; row < sight->n_fresh; row++)
        if (sight->taken[row]) {
            uint64_t *none = mem_alloc(keys * sizeof *none);

            moves_add(&sight->moves, NULL, none);
            free(none);
        } else {
            moves_add(&sight->moves, NULL, sight->wanted + row * keys);
        }
}

/* A value that cannot be set aside is not handed over: it is as if another row had it. */
static void
add_stuck(struct sight *sight)
{
    size_t keys = sight->hashes.n;
    uint64_t *value = mem_alloc(keys * sizeof *value);

    for (size_t key = 0; key < keys; key++) {
        if (parking_column(&sight->parking, keyhashes_index(&sight->hashes, key)) != PARKING_NONE)
            continue;
        for (size_t row = 0; row < sight->n; row++) {
            value[key] = sight->before[row * keys + key];
            if (value[key] != sight->after[row * keys + key])
                moves_add(&sight->moves, value, value);
        }
        value[key] = 0;
    }
    free(value);
}

static void
settle(struct sight *sight)
{
    size_t most = sight->n + sight->n_fresh + sight->n * sight->hashes.n;
    bool *stays = mem_alloc(most + 1);

    sight->place = mem_alloc((sight->n + 1) * sizeof *sight->place);
    sight->moves.keys = sight->hashes.n;
    changes_ask_parking(&sight->table->changes, &sight->parking);
    add_changed(sight, BEFORE_FRESH, stays);
    add_fresh(sight);
    add_changed(sight, BEHIND_FRESH, stays);
    add_stuck(sight);
    moves_settle(&sight->moves, stays);
    free(stays);
}

static bool
look(struct sight *sight)
{
    const struct merge_table *table = sight->table;
    struct liverow liverow;

    if (table->foresee->moves.blind)
        return false;
    gather(sight);
    if (sight->n == 0)
        return false;
    liverow_init(&liverow, table->merge->reader, &table->layout,
        sight->n_fresh > 0 ? LIVEROW_NEW : LIVEROW_CHANGED);
    keyhashes_ask(&sight->hashes, table->merge->reader, &table->layout, &liverow, NULL);
    liverow_release(&liverow);
    if (sight->hashes.n == 0)
        return false;
    if (!ask_values(sight) || !ask_refused(sight)) {
        table->foresee->moves.blind = true;
        return false;
    }
    settle(sight);
    return true;
}

static void
release(struct sight *sight)
{
    keyhashes_release(&sight->hashes);
    parking_release(&sight->parking);
    moves_release(&sight->moves);
    buf_release(&sight->changed);
    free(sight->rows);
    free(sight->before);
    free(sight->after);
    free(sight->stays);
    free(sight->wanted);
    free(sight->taken);
    free(sight->place);
}

/* ---- what becomes of the held rows */

static void
refuse(const struct sight *sight, size_t key, struct slice row, copybatch_rejected *rejected)
{
    struct server_error error = {
        .sqlstate = "23505", .message = keyhashes_still_taken(&sight->hashes, key)};

    rejected(sight->table, row, &error);
    server_error_release(&error);
}

/* Rejects the new rows that are still refused; the others go to `good`. */
static void
decide_fresh(const struct sight *sight, bool known, struct buf *good)
{
    struct merge_table *table = sight->table;
    struct heldrows_at at = heldrows_start(&table->held);
    struct server_error error;
    struct slice row;

    for (size_t i = 0; heldrows_next(&at, &row, &error); i++) {
        size_t key = known ? moves_refused_by(&sight->moves, sight->first_fresh + i) : 0;

        if (!known || sight->taken[i])
            merge_table_refused_new(table, row, &error);
        else if (key != MOVES_NO_KEY)
            refuse(sight, key, row, merge_table_refused_new);
        else
            buf_add_slice(good, slice_make(row.data, row.length + 1));
    }
}

/* Likewise of the changed rows. */
static void
decide_changed(const struct sight *sight, bool known, struct buf *good)
{
    const struct merge_table *table = sight->table;
    struct heldrows_at at = heldrows_start(&table->foresee->moves.held);
    struct server_error error;
    struct slice row;
    size_t i = 0;

    while (heldrows_next(&at, &row, &error)) {
        size_t key;

        while (known && !slice_equal(sight->rows[i], row)) /* they come in the same order */
            i++;
        key = known ? moves_refused_by(&sight->moves, sight->place[i]) : 0;
        if (!known || sight->stays[i])
            table->changes.rejected(table->changes.context, row, &error);
        else if (key != MOVES_NO_KEY)
            refuse(sight, key, row, table->changes.rejected);
        else
            buf_add_slice(good, slice_make(row.data, row.length + 1));
    }
}

void
merge_foresee_moves(
    struct merge_table *table, enum foresee_rows which, struct buf *fresh, struct buf *changed)
{
    struct foresee_moves *moves = &table->foresee->moves;
    struct sight sight = {.table = table, .which = which};
    bool some_fresh = which != FORESEE_CHANGED && table->held.rows.length > 0,
         some_changed = which != FORESEE_NEW && moves->held.rows.length > 0, known;

    table->held.closed = true;
    moves->held.closed |= which != FORESEE_NEW;
    if (!some_fresh && !some_changed)
        return;
    known = look(&sight);
    moves->doubtful |= !known && moves->blind;
    if (some_fresh)
        decide_fresh(&sight, known, fresh);
    if (some_changed)
        decide_changed(&sight, known, changed);
    buf_add_slice(&moves->fresh, buf_slice(fresh));
    release(&sight);
}
