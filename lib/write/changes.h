#ifndef CHANGES_H
#define CHANGES_H
/*
 * The changed rows of one table: collected in a temporary table, then written by one UPDATE that
 * the columns' conflicts shape (changesql.h) and that touches only rows that differ in value. In a
 * dry run they go to the server as parameters instead and are only compared: a temporary table
 * would write WAL.
 */
#include "copybatch.h"
#include "demands.h"
#include "images.h"
#include "layout.h"
#include "parking.h"
#include "textarray.h"
#include "textrows.h"

struct stage;

enum changes_triggers { CHANGES_TRIGGERS_FIRE, CHANGES_TRIGGERS_OFF };

struct changes {
    PGconn *connection;
    const struct layout *layout;
    size_t number; /* names the temporary table */
    enum { CHANGES_NONE, CHANGES_WRITE, CHANGES_COMPARE } mode;
    copybatch_rejected *rejected;
    copybatch_sift *sift; /* COMPARE: looks at what is not refused by itself; may be NULL */
    void *context;
    struct images *images; /* what to do with old and new values */
    const char *fires;     /* see triggers_fired() */
    struct copybatch batch;
    uint64_t n;             /* rows added */
    struct textrows values; /* COMPARE: the rows as parameters */
    char *refused;   /* COMPARE: the query for rows that would be refused; NULL: not made yet */
    bool demanding;  /* COMPARE: that query is worth asking */
    struct buf rows; /* COMPARE: rows that wait, with their newlines */
    size_t waiting;  /* how many */
    bool ready;      /* WRITE: all rows are in the temporary table */
    bool under_way;  /* WRITE: the UPDATE was sent, see changes_start() */
    unsigned char *written; /* WRITE: a bit a row, by its number: written, or suppressed */
    uint64_t alone;         /* WRITE: rows that were refused when they were tried alone */
    uint64_t differing;     /* WRITE: rows that differ, where the policy does not write them all */
    uint64_t offered;       /* WRITE: rows that the UPDATE looks at */
    bool settled;           /* WRITE: they are written, by changes_moves_write() */
    bool moved;             /* WRITE: some were set aside, see changesql_moves */
    uint64_t suppressed;    /* WRITE: rows that a trigger of the live database left as they are */
    uint64_t updated, kept, unchanged; /* suppressed ones are kept */
};

/* `images` is the caller's, and lives as long. */
void changes_init(struct changes *changes, PGconn *writer, const struct layout *layout,
    size_t number, struct images *images, copybatch_rejected *rejected, void *context);
void changes_init_compare(struct changes *changes, PGconn *reader, const struct layout *layout,
    struct images *images, copybatch_rejected *rejected, void *context);
void changes_add(struct changes *changes, struct slice row);
/* True when changes_add() of that row would use the connection. */
bool changes_will_send(const struct changes *changes, struct slice row);
/* As copybatch_yield(). */
void changes_yield(struct changes *changes);
/*
 * Writes (or compares) them, in two steps: the UPDATE is sent, and the caller may do other things
 * that do not need the connection; then its answer is taken and updated, kept and unchanged are
 * filled.
 */
void changes_start(struct changes *changes, enum changes_triggers triggers);
void changes_finish(struct changes *changes, enum changes_triggers triggers);
void changes_release(struct changes *changes);

/*
 * COMPARE: a query for the rows that the live table would refuse once they are changed: the number,
 * and why. `same` says what more holds of a live row t that takes a unique value, as in struct
 * demands. True when it asks for what depends on other rows.
 */
bool changes_compare_refused(struct changes *changes, const char *same, struct buf *sql);
/* Compares all that were added. */
void changes_compare_waiting(struct changes *changes);
/* Compares rows (with their newlines) that are not refused by themselves, as if they were added. */
void changes_compare_accept(struct changes *changes, struct slice rows);
/* In which columns values can be set aside. */
void changes_ask_parking(const struct changes *changes, struct parking *parking);

#define CHANGES_MOVES_ROUNDS 5 /* in which rows may turn out to be refused, or kept by triggers */
/*
 * Instead of the first of these: writes them together with new rows that wait in `stage` (NULL:
 * there are none), where unique values move among all of them, in steps.
 */
struct changes_moves *changes_moves_new(struct changes *changes, struct stage *stage);
/* Rejects rows whose value is still taken at the end, changed and new ones. False: the server
 * cannot say which these are. */
bool changes_moves_settle(struct changes_moves *moves);
/* True when some row has to be set aside, for another is to get its value. */
bool changes_moves_some(const struct changes_moves *moves);
/* Sets them aside; the new rows can be inserted then. False: the server refuses it. As the next one
 * in a savepoint of the caller's, who goes back there when it is false. */
bool changes_moves_vacate(struct changes_moves *moves);
/* Writes the changed rows. False: not all of them can be; some are to be rejected perhaps, or a
 * trigger keeps them. */
bool changes_moves_write(struct changes_moves *moves, enum changes_triggers triggers);
/* After that savepoint: those are rejected, and it is worth to begin again: who wants the value of
 * a row that a trigger keeps is rejected then. */
bool changes_moves_reject(struct changes_moves *moves);
void changes_moves_free(struct changes_moves *moves);

/* ---- between its parts */

/* The UPDATE of rows of these numbers; of each alone where the server refuses them together. */
void changes_update_these(struct changes *changes, const uint64_t *numbers, size_t n);
/* Updates the rows that the UPDATE left out, and counts those that a trigger keeps from it. */
void changes_left_out(struct changes *changes);
void changes_compare_add(struct changes *changes, struct slice row);
/* Rows that are refused: their numbers, and of each the SQLSTATE and the reason. Zero-initialise
 * it.
 */
struct changes_refused {
    struct textarray numbers, whys;
    uint64_t *rows; /* the numbers again */
    size_t n, room;
};
/* Gives a row back; `why` is the SQLSTATE, then the reason. */
void changes_reject_for(struct changes *changes, struct slice row, const char *why);
/* Takes a row out of the temporary table and gives it back with the reason. */
void changes_refused_one(
    struct changes *changes, uint64_t number, const struct server_error *error);
/* Likewise those that refer to no row: what the foreign keys' triggers would have found, had they
 * not been switched off. */
void changes_refused_orphans(struct changes *changes);
/* Likewise, but only adds some of them to the list. */
void changes_refused_find_orphans(struct changes *changes, struct changes_refused *refused);

void changes_refused_add(struct changes_refused *refused, struct slice number, const char *why);
/* Adds those numbered first .. last that are refused when they are tried one after the other; none
 * of the others is written. */
void changes_refused_try(
    struct changes *changes, uint64_t first, uint64_t last, struct changes_refused *refused);
/* Those that a query finds to be refused beside the rows that do not change; others may be too. */
void changes_refused_find_known(
    struct changes *changes, enum demands_references references, struct changes_refused *refused);
/* Takes them out of the temporary table, gives them back, and empties the list. */
void changes_refused_reject(struct changes *changes, struct changes_refused *refused);

/* One UPDATE of them all; false with *error when the server refuses it, and nothing has happened.
 */
bool changes_update(struct changes *changes, struct server_error *error);
/* Takes back what is known of the rows that the last one wrote, for it is to be rolled back. */
void changes_forget(struct changes *changes);
/* All rows are in the temporary table when this returns. */
void changes_ready(struct changes *changes);
/* Locks what the rows refer to, in place of the foreign keys' triggers. */
void changes_lock_parents(struct changes *changes);
/* Counts what will be known no more when the rows are written. */
void changes_count(struct changes *changes);

#endif
