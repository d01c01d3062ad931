/* The part of changes about unique values that move among the rows of the table. */
#include <stdlib.h>

#include "changes.h"
#include "changesql.h"
#include "copyrow.h"
#include "keyhashes.h"
#include "mem.h"
#include "moves.h"
#include "parking.h"

#define BEGIN_SAVEPOINT "SAVEPOINT pgbraid_moves"
#define END_SAVEPOINT "RELEASE SAVEPOINT pgbraid_moves"
#define UNDO_SAVEPOINT "ROLLBACK TO SAVEPOINT pgbraid_moves; " END_SAVEPOINT
#define MOST_ROUNDS 3

struct moving {
    struct changes *changes;
    struct keyhashes hashes;
    struct parking parking;
    struct moves moves;
    uint64_t *numbers;          /* of the rows that moves knows */
    size_t n_numbers, room, at; /* at: the row whose values after come next */
    struct buf vacated, bits;   /* as changesql_moves has them */
    uint64_t n_vacated;
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

static void
ask_parking(struct moving *moving)
{
    const struct layout *layout = moving->changes->layout;
    struct textarray columns = {{0}, {0}}, policies = {{0}, {0}};

    for (size_t i = 0; i < layout->n; i++)
        if (changesql_sets(layout, i)) {
            textarray_add_name(&columns, layout->columns[i]->name);
            add_policy(layout, i, &policies);
        }
    parking_ask(&moving->parking, moving->changes->connection, layout->table, &columns, &policies);
    textarray_release(&columns);
    textarray_release(&policies);
}

/* ---- the rows and their values */

/* A row of an answer: the number, and the hashes. */
static uint64_t
read_hashes(const struct moving *moving, struct slice row, uint64_t *hashes)
{
    size_t keys = moving->hashes.n;
    struct slice *fields = mem_alloc((keys + 1) * sizeof *fields);
    uint64_t number;

    copyrow_split(row, fields, keys + 1);
    number = strtoull(fields[0].data, NULL, 10);
    for (size_t key = 0; key < keys; key++)
        hashes[key] = copyrow_is_null(fields[key + 1])
                          ? 0
                          : (uint64_t)strtoll(fields[key + 1].data, NULL, 10);
    free(fields);
    return number;
}

/* Until more is known, the values after are those before. */
static void
take_before(void *context, struct slice row)
{
    struct moving *moving = context;
    uint64_t *hashes = mem_alloc(moving->hashes.n * sizeof *hashes);
    uint64_t *number = MEM_APPEND(moving->numbers, moving->n_numbers, moving->room);

    *number = read_hashes(moving, row, hashes);
    moves_add(&moving->moves, hashes, hashes);
    free(hashes);
}

static void
take_after(void *context, struct slice row)
{
    struct moving *moving = context;
    size_t keys = moving->hashes.n;
    uint64_t *hashes = mem_alloc(keys * sizeof *hashes);
    uint64_t number = read_hashes(moving, row, hashes);

    while (moving->at < moving->moves.n && moving->numbers[moving->at] < number)
        moving->at++;
    for (size_t key = 0; key < keys && moving->at < moving->moves.n; key++)
        moving->moves.after[moving->at * keys + key] = hashes[key];
    free(hashes);
}

/* The hashes of the rows of a relation, by their numbers. False: the server cannot say it. */
static bool
ask_hashes(struct moving *moving, const char *relation, server_row *take)
{
    PGconn *connection = moving->changes->connection;
    struct server_error error = {0};
    struct buf sql = {0};
    bool good;

    buf_add_string(&sql, "COPY (SELECT r." CHANGESQL_NUMBER ", ");
    keyhashes_add(&moving->hashes, &sql);
    buf_add_format(&sql, " FROM %s ORDER BY 1) TO STDOUT", relation);
    server_run(connection, BEGIN_SAVEPOINT);
    server_send(connection, buf_string(&sql));
    good = server_receive_rows(connection, take, moving, &error);
    server_run(connection, good ? END_SAVEPOINT : UNDO_SAVEPOINT);
    server_error_release(&error);
    buf_release(&sql);
    return good;
}

static bool
ask_befores(struct moving *moving)
{
    struct buf relation = {0};
    bool good;

    buf_add_char(&relation, '(');
    changesql_befores(moving->changes->layout, moving->changes->number, &relation);
    buf_add_string(&relation, ") r");
    good = ask_hashes(moving, buf_string(&relation), take_before);
    buf_release(&relation);
    return good;
}

static bool
ask_afters(struct moving *moving, const struct liverow *liverow)
{
    struct buf results = {0}, relation = {0};
    bool good;

    buf_add_char(&results, '(');
    changesql_results(moving->changes->layout, moving->changes->number, &liverow->kept, &results);
    buf_add_char(&results, ')');
    liverow_from(liverow, buf_string(&results), &relation);
    good = ask_hashes(moving, buf_string(&relation), take_after);
    buf_release(&results);
    buf_release(&relation);
    return good;
}

/* What the rows' unique values are, and will be. */
static bool
look(struct moving *moving)
{
    struct changes *changes = moving->changes;
    struct liverow liverow;
    bool known;

    liverow_init(&liverow, changes->connection, changes->layout, LIVEROW_CHANGED);
    if (moving->hashes.keys == NULL) {
        keyhashes_ask(&moving->hashes, changes->connection, changes->layout, &liverow, NULL);
        ask_parking(moving);
    }
    moves_release(&moving->moves);
    moving->moves.keys = moving->hashes.n;
    moving->n_numbers = moving->at = 0;
    known = moving->hashes.n > 0 && ask_befores(moving) && ask_afters(moving, &liverow);
    liverow_release(&liverow);
    return known;
}

/* ---- what becomes of them */

static void
reject_taken(struct moving *moving)
{
    struct changes_refused refused = {0};
    struct buf number = {0};

    for (size_t row = 0; row < moving->moves.n; row++) {
        size_t key = moves_refused_by(&moving->moves, row);
        char *why;

        if (key == MOVES_NO_KEY)
            continue;
        why = mem_format("23505%s: the value is still taken when the table is merged",
            keyhashes_message(&moving->hashes, key));
        buf_clear(&number);
        buf_add_int(&number, (long long)moving->numbers[row]);
        changes_refused_add(&refused, buf_slice(&number), why);
        free(why);
    }
    changes_refused_reject(moving->changes, &refused);
    buf_release(&number);
}

/* The columns in which the row is to be set aside, a bit each. */
static uint64_t
bits_of(const struct moving *moving, size_t row)
{
    uint64_t bits = 0;

    for (size_t key = 0; key < moving->hashes.n; key++) {
        size_t column = parking_column(&moving->parking, keyhashes_index(&moving->hashes, key));

        if (column != PARKING_NONE && moves_hands_over(&moving->moves, row, key))
            bits |= 1ULL << column;
    }
    return bits;
}

static void
list_vacated(struct moving *moving)
{
    buf_clear(&moving->vacated);
    buf_clear(&moving->bits);
    moving->n_vacated = 0;
    for (size_t row = 0; row < moving->moves.n; row++) {
        uint64_t bits = bits_of(moving, row);
        const char *joint = moving->n_vacated > 0 ? "," : "{";

        if (bits == 0)
            continue;
        buf_add_format(&moving->vacated, "%s%llu", joint, (unsigned long long)moving->numbers[row]);
        buf_add_format(&moving->bits, "%s%llu", joint, (unsigned long long)bits);
        moving->n_vacated++;
    }
    buf_add_char(&moving->vacated, '}');
    buf_add_char(&moving->bits, '}');
}

/* False when the server refuses it, or leaves rows out. */
static bool
vacate(struct moving *moving)
{
    struct changes *changes = moving->changes;
    struct images *images = changes->images;
    struct changesql_moves moves = {.columns = moving->parking.columns,
        .n = moving->parking.n_columns,
        .numbers = buf_string(&moving->vacated),
        .bits = buf_string(&moving->bits),
        .images = images_wanted(images) ? &images->columns : NULL};
    struct server_error error = {0};
    struct buf sql = {0};
    uint64_t n = 0;
    bool good;

    changesql_create_moves(changes->layout, changes->number, &moves, &sql);
    good = server_try(changes->connection, buf_string(&sql), NULL, &error);
    buf_clear(&sql);
    changesql_vacate(changes->layout, changes->number, &moves, &sql);
    good = good && server_try(changes->connection, buf_string(&sql), &n, &error);
    server_error_release(&error);
    buf_release(&sql);
    return good && n == moving->n_vacated;
}

/* A row that was set aside must not stay there. */
static bool
all_are_written(const struct moving *moving)
{
    for (size_t row = 0; row < moving->moves.n; row++)
        if (bits_of(moving, row) != 0 &&
            !changes_was_written(moving->changes, moving->numbers[row]))
            return false;
    return true;
}

/* False: nothing has happened, and `refused` are rows that are refused in any case. */
static bool
write_moved(struct moving *moving, struct changes_refused *refused)
{
    struct changes *changes = moving->changes;
    struct server_error error = {0};
    bool written = false;

    server_run(changes->connection, BEGIN_SAVEPOINT);
    if (vacate(moving)) {
        changes->moved = true;
        written = changes_update(changes, &error);
        if (!written)
            changes_refused_try(changes, 1, changes->n, refused);
        else if (!all_are_written(moving))
            written = false;
        if (!written)
            changes_forget(changes);
    }
    server_run(changes->connection, written ? END_SAVEPOINT : UNDO_SAVEPOINT);
    changes->moved = written;
    server_error_release(&error);
    return written;
}

bool
changes_write_moves(struct changes *changes)
{
    struct moving moving = {.changes = changes};
    bool written = false, again = true;

    for (int round = 0; again && !written && round < MOST_ROUNDS && look(&moving); round++) {
        struct changes_refused refused = {0};

        moves_settle(&moving.moves, NULL);
        reject_taken(&moving);
        list_vacated(&moving);
        again = moving.n_vacated > 0;
        written = again && write_moved(&moving, &refused);
        again = refused.n > 0;
        changes_refused_reject(changes, &refused);
    }
    moves_release(&moving.moves);
    keyhashes_release(&moving.hashes);
    parking_release(&moving.parking);
    free(moving.numbers);
    buf_release(&moving.vacated);
    buf_release(&moving.bits);
    return written;
}
