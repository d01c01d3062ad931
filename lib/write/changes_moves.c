/* The part of changes about unique values that move among the rows of the table. */
#include <stdlib.h>

#include "changes.h"
#include "changesql.h"
#include "copyrow.h"
#include "keyhashes.h"
#include "mem.h"
#include "mergesql.h"
#include "moves.h"
#include "parking.h"
#include "pathsql.h"
#include "stage.h"
#include "stage_refused.h"
#include "triggers.h"

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_hashes"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_hashes"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_hashes; " END_SAVEPOINT

struct changes_moves {
    struct changes *changes;
    struct stage *stage; /* NULL: no new rows */
    struct keyhashes hashes;
    struct parking parking;
    struct moves moves; /* the new rows come first, then the changed ones */
    char **places;      /* of the new ones, in the stage */
    size_t n_places, room_places;
    uint64_t *numbers; /* of the changed ones */
    size_t n_numbers, room_numbers;
    size_t at;                /* the changed row whose values after come next */
    struct buf vacated, bits; /* as changesql_moves has them */
    uint64_t n_vacated;
    struct changes_refused refused;     /* found while the others were written */
    unsigned char *set_aside, *staying; /* a bit a changed row: was set aside; cannot be moved */
    bool more_stay;                     /* since they were settled */
};

/* ---- which columns can be set aside */

static bool
says_what_is_newer(const struct layout *layout, const char *column)
{
    for (size_t i = 0; i < layout->n; i++)
        if (layout->columns[i]->newest != NULL && strcmp(layout->columns[i]->newest, column) == 0)
            return true;
    return false;
}

static void
add_policy(const struct layout *layout, size_t position, struct textarray *policies)
{
    const struct plan_column *column = layout->columns[position];
    bool alike = !says_what_is_newer(layout, column->name);
    struct buf policy = {0};

    if (alike && column->conflict == PLAN_CONFLICT_UPDATE)
        buf_add_string(&policy, "update");
    else if (alike && column->conflict == PLAN_CONFLICT_NEWEST)
        buf_add_format(&policy, "newest(%s)", column->newest);
    textarray_add_name(policies, buf_string(&policy));
    buf_release(&policy);
}

void
changes_ask_parking(const struct changes *changes, struct parking *parking)
{
    const struct layout *layout = changes->layout;
    struct textarray columns = {{0}, {0}}, policies = {{0}, {0}};

    for (size_t i = 0; i < layout->n; i++)
        if (changesql_sets(layout, i)) {
            textarray_add_name(&columns, layout->columns[i]->name);
            add_policy(layout, i, &policies);
        }
    parking_ask(parking, changes->connection, layout->table, &columns, &policies);
    textarray_release(&columns);
    textarray_release(&policies);
}

/* ---- the rows and their values */

/* The hashes of a row of an answer, whose first field says which one it is. */
static struct slice
read_hashes(const struct changes_moves *moves, struct slice row, uint64_t *hashes)
{
    size_t keys = moves->hashes.n;
    struct slice *fields = mem_alloc((keys + 1) * sizeof *fields), which;

    copyrow_split(row, fields, keys + 1);
    which = fields[0];
    for (size_t key = 0; key < keys; key++)
        hashes[key] = copyrow_is_null(fields[key + 1])
                          ? 0
                          : (uint64_t)strtoll(fields[key + 1].data, NULL, 10);
    free(fields);
    return which;
}

static void
take_new(void *context, struct slice row)
{
    struct changes_moves *moves = context;
    uint64_t *hashes = mem_alloc(moves->hashes.n * sizeof *hashes);
    struct slice place = read_hashes(moves, row, hashes);

    *MEM_APPEND(moves->places, moves->n_places, moves->room_places) =
        mem_copy(place.data, place.length);
    moves_add(&moves->moves, NULL, hashes);
    free(hashes);
}

/* Until more is known, the values after are those before. */
static void
take_before(void *context, struct slice row)
{
    struct changes_moves *moves = context;
    uint64_t *hashes = mem_alloc(moves->hashes.n * sizeof *hashes);
    struct slice number = read_hashes(moves, row, hashes);

    *MEM_APPEND(moves->numbers, moves->n_numbers, moves->room_numbers) =
        strtoull(number.data, NULL, 10);
    moves_add(&moves->moves, hashes, hashes);
    free(hashes);
}

static void
take_after(void *context, struct slice row)
{
    struct changes_moves *moves = context;
    size_t keys = moves->hashes.n;
    uint64_t *hashes = mem_alloc(keys * sizeof *hashes);
    uint64_t number = strtoull(read_hashes(moves, row, hashes).data, NULL, 10);

    while (moves->at < moves->n_numbers && moves->numbers[moves->at] < number)
        moves->at++;
    for (size_t key = 0; key < keys && moves->at < moves->n_numbers; key++)
        moves->moves.after[(moves->n_places + moves->at) * keys + key] = hashes[key];
    free(hashes);
}

/* The hashes of the rows r of a relation, in the order of what says which one it is. False: the
 * server cannot say it. */
static bool
ask_hashes(struct changes_moves *moves, const char *which, const char *relation, server_row *take)
{
    PGconn *connection = moves->changes->connection;
    struct server_error error = {0};
    struct buf sql = {0};
    bool good;

    buf_add_format(&sql, "COPY (SELECT r.%s, ", which);
    keyhashes_add(&moves->hashes, &sql);
    buf_add_format(&sql, " FROM %s ORDER BY 1) TO STDOUT", relation);
    server_run(connection, BEGIN_SAVEPOINT);
    server_send(connection, buf_string(&sql));
    good = server_receive_rows(connection, take, moves, &error);
    server_run(connection, good ? END_SAVEPOINT : UNDO_SAVEPOINT);
    server_error_release(&error);
    buf_release(&sql);
    return good;
}

static bool
ask_new(struct changes_moves *moves)
{
    struct buf relation = {0};
    bool good;

    if (moves->stage == NULL)
        return true;
    mergesql_stage_name(moves->stage->number, &relation);
    buf_add_string(&relation, " r");
    good = ask_hashes(moves, "ctid", buf_string(&relation), take_new);
    buf_release(&relation);
    return good;
}

static bool
ask_befores(struct changes_moves *moves)
{
    struct buf relation = {0};
    bool good;

    buf_add_char(&relation, '(');
    changesql_befores(moves->changes->layout, moves->changes->number, &relation);
    buf_add_string(&relation, ") r");
    good = ask_hashes(moves, CHANGESQL_NUMBER, buf_string(&relation), take_before);
    buf_release(&relation);
    return good;
}

static bool
ask_afters(struct changes_moves *moves)
{
    const struct changes *changes = moves->changes;
    struct buf results = {0}, relation = {0};
    struct liverow liverow;
    bool good;

    liverow_init(&liverow, changes->connection, changes->layout, LIVEROW_CHANGED);
    buf_add_char(&results, '(');
    changesql_results(changes->layout, changes->number, &liverow.kept, &results);
    buf_add_char(&results, ')');
    liverow_from(&liverow, buf_string(&results), &relation);
    good = ask_hashes(moves, CHANGESQL_NUMBER, buf_string(&relation), take_after);
    buf_release(&results);
    buf_release(&relation);
    liverow_release(&liverow);
    return good;
}

static void
forget_rows(struct changes_moves *moves)
{
    moves_release(&moves->moves);
    for (size_t i = 0; i < moves->n_places; i++)
        free(moves->places[i]);
    moves->n_places = moves->n_numbers = moves->at = 0;
}

struct changes_moves *
changes_moves_new(struct changes *changes, struct stage *stage)
{
    struct changes_moves *moves = mem_alloc(sizeof *moves);
    struct liverow liverow;

    *moves = (struct changes_moves){.changes = changes, .stage = stage};
    if (changes->written == NULL)
        changes->written = mem_alloc(changes->n / 8 + 1);
    liverow_init(&liverow, changes->connection, changes->layout,
        stage != NULL ? LIVEROW_STAGED : LIVEROW_CHANGED);
    keyhashes_ask(&moves->hashes, changes->connection, changes->layout, &liverow, NULL);
    moves->moves.keys = moves->hashes.n;
    moves->set_aside = mem_alloc(changes->n / 8 + 1);
    moves->staying = mem_alloc(changes->n / 8 + 1);
    changes_ask_parking(changes, &moves->parking);
    liverow_release(&liverow);
    return moves;
}

void
changes_moves_free(struct changes_moves *moves)
{
    forget_rows(moves);
    keyhashes_release(&moves->hashes);
    parking_release(&moves->parking);
    free(moves->places);
    free(moves->numbers);
    free(moves->set_aside);
    free(moves->staying);
    buf_release(&moves->vacated);
    buf_release(&moves->bits);
    free(moves);
}

/* ---- what becomes of them */

/* The SQLSTATE, then the reason. */
static char *
why(const struct changes_moves *moves, size_t key)
{
    char *reason = keyhashes_still_taken(&moves->hashes, key), *text;

    text = mem_format("23505%s", reason);
    free(reason);
    return text;
}

static void
reject_new(struct changes_moves *moves)
{
    struct stage_refused refused = {0};

    for (size_t row = 0; row < moves->n_places; row++) {
        size_t key = moves_refused_by(&moves->moves, row);
        char *text;

        if (key == MOVES_NO_KEY)
            continue;
        text = why(moves, key);
        stage_refused_add(&refused, moves->places[row], text);
        free(text);
    }
    if (refused.n == 0)
        return;
    moves->stage->batch.accepted -= refused.n;
    stage_refused_reject(&refused, moves->stage);
}

static void
reject_changed(struct changes_moves *moves)
{
    struct changes_refused refused = {0};
    struct buf number = {0};

    for (size_t row = 0; row < moves->n_numbers; row++) {
        size_t key = moves_refused_by(&moves->moves, moves->n_places + row);
        char *text;

        if (key == MOVES_NO_KEY)
            continue;
        text = why(moves, key);
        buf_clear(&number);
        buf_add_int(&number, (long long)moves->numbers[row]);
        changes_refused_add(&refused, buf_slice(&number), text);
        free(text);
    }
    changes_refused_reject(moves->changes, &refused);
    buf_release(&number);
}

/* The columns in which a changed row is to be set aside, a bit each. */
static uint64_t
bits_of(const struct changes_moves *moves, size_t row)
{
    uint64_t bits = 0;

    for (size_t key = 0; key < moves->hashes.n; key++) {
        size_t column = parking_column(&moves->parking, keyhashes_index(&moves->hashes, key));

        if (column != PARKING_NONE && moves_hands_over(&moves->moves, moves->n_places + row, key))
            bits |= 1ULL << column;
    }
    return bits;
}

static void
list_vacated(struct changes_moves *moves)
{
    buf_clear(&moves->vacated);
    buf_clear(&moves->bits);
    moves->n_vacated = 0;
    for (size_t row = 0; row < moves->n_numbers; row++) {
        uint64_t bits = bits_of(moves, row);
        const char *joint = moves->n_vacated > 0 ? "," : "{";

        if (bits == 0)
            continue;
        buf_add_format(&moves->vacated, "%s%llu", joint, (unsigned long long)moves->numbers[row]);
        buf_add_format(&moves->bits, "%s%llu", joint, (unsigned long long)bits);
        moves->n_vacated++;
    }
    buf_add_char(&moves->vacated, '}');
    buf_add_char(&moves->bits, '}');
}

/* New rows that have the value of a live one that does not change. */
static void
reject_known_new(struct changes_moves *moves)
{
    struct buf same = {0};

    if (moves->stage == NULL)
        return;
    changesql_and_not_changed(moves->changes->layout, moves->changes->number, &same);
    stage_reject_refused(moves->stage, buf_string(&same));
    buf_release(&same);
}

static bool
has_bit(const unsigned char *bits, uint64_t number)
{
    return (bits[number / 8] >> number % 8 & 1) != 0;
}

static void
set_bit(unsigned char *bits, uint64_t number)
{
    bits[number / 8] |= (unsigned char)(1U << number % 8);
}

/* Which rows stay as they are: both lists are in order. */
static bool *
which_stay(const struct changes_moves *moves, const struct changes_refused *known)
{
    bool *stays = mem_alloc(moves->moves.n + 1);
    size_t at = 0;

    for (size_t i = 0; i < known->n; i++) {
        while (at < moves->n_numbers && moves->numbers[at] < known->rows[i])
            at++;
        if (at < moves->n_numbers && moves->numbers[at] == known->rows[i])
            stays[moves->n_places + at] = true;
    }
    for (at = 0; at < moves->n_numbers; at++)
        stays[moves->n_places + at] |= has_bit(moves->staying, moves->numbers[at]);
    return stays;
}

/* Whether the foreign keys hold is not known before the new rows are in. */
bool
changes_moves_settle(struct changes_moves *moves)
{
    struct changes_refused known = {0};
    bool asked, *stays;

    forget_rows(moves);
    changes_refused_find_known(moves->changes,
        moves->stage != NULL ? DEMANDS_WITHOUT_REFERENCES : DEMANDS_WITH_REFERENCES, &known);
    reject_known_new(moves);
    asked = moves->hashes.n > 0 && ask_new(moves) && ask_befores(moves) && ask_afters(moves);
    if (asked) {
        stays = which_stay(moves, &known);
        moves_settle(&moves->moves, stays);
        free(stays);
        reject_new(moves);
        reject_changed(moves);
        list_vacated(moves);
    }
    changes_refused_reject(moves->changes, &known);
    return asked;
}

bool
changes_moves_some(const struct changes_moves *moves)
{
    return moves->n_vacated > 0;
}

/* ---- writing */

/* A trigger keeps it, whose word counts: it is not moved when they are settled again. */
static bool
all_are_in(struct changes_moves *moves, const unsigned char *bits)
{
    bool all = true;

    for (size_t row = 0; row < moves->n_numbers; row++) {
        uint64_t number = moves->numbers[row];

        if (bits_of(moves, row) == 0 || has_bit(bits, number))
            continue;
        set_bit(moves->staying, number);
        moves->more_stay = true;
        all = false;
    }
    return all;
}

static void
take_set_aside(void *context, struct slice row)
{
    struct changes_moves *moves = context;

    set_bit(moves->set_aside, strtoull(row.data, NULL, 10));
}

static bool
set_aside(struct changes_moves *moves, const struct changesql_moves *how)
{
    struct changes *changes = moves->changes;
    struct server_error error = {0};
    struct buf update = {0}, sql = {0};
    bool good;

    changesql_vacate(changes->layout, changes->number, how, &update);
    if (changes->fires != NULL)
        pathsql_wrap("w.*", &update);
    buf_add_format(&sql, "COPY (%s) TO STDOUT", buf_string(&update));
    memset(moves->set_aside, 0, changes->n / 8 + 1);
    server_send(changes->connection, buf_string(&sql));
    good = server_receive_rows(changes->connection, take_set_aside, moves, &error);
    if (good)
        triggers_fired(changes->connection, changes->fires);
    server_error_release(&error);
    buf_release(&update);
    buf_release(&sql);
    return good && all_are_in(moves, moves->set_aside);
}

bool
changes_moves_vacate(struct changes_moves *moves)
{
    struct changes *changes = moves->changes;
    struct images *images = changes->images;
    struct changesql_moves how = {.columns = moves->parking.columns,
        .n = moves->parking.n_columns,
        .numbers = buf_string(&moves->vacated),
        .bits = buf_string(&moves->bits),
        .images = images_wanted(images) ? &images->columns : NULL};
    struct server_error error = {0};
    struct buf sql = {0}, stage = {0};
    bool good;

    if (moves->stage != NULL) {
        mergesql_stage_name(moves->stage->number, &stage);
        how.stage = buf_string(&stage);
    }
    changesql_create_moves(changes->layout, changes->number, &how, &sql);
    good =
        server_try(changes->connection, buf_string(&sql), NULL, &error) && set_aside(moves, &how);
    server_error_release(&error);
    buf_release(&sql);
    buf_release(&stage);
    return good;
}

bool
changes_moves_write(struct changes_moves *moves, enum changes_triggers triggers)
{
    struct changes *changes = moves->changes;
    struct server_error error = {0};
    bool written;

    if (triggers == CHANGES_TRIGGERS_OFF)
        changes_refused_find_orphans(changes, &moves->refused);
    if (moves->refused.n > 0)
        return false;
    changes_count(changes);
    changes->moved = true;
    written = changes_update(changes, &error);
    if (!written)
        changes_refused_try(changes, 1, changes->n, &moves->refused);
    else
        written = all_are_in(moves, changes->written); /* none may be left where it was set aside */
    if (!written)
        changes_forget(changes);
    changes->moved = written;
    server_error_release(&error);
    return written;
}

bool
changes_moves_reject(struct changes_moves *moves)
{
    bool some = moves->refused.n > 0 || moves->more_stay;

    moves->more_stay = false;
    changes_refused_reject(moves->changes, &moves->refused);
    return some;
}
