#ifndef COPYBATCH_H
#define COPYBATCH_H
/*
 * Rows on their way into one COPY ... FROM STDIN after the other, each in a savepoint. The rows of
 * a COPY are kept until the server has taken them: of a COPY that it refuses, the rows that it
 * refuses are found and given back with the reason, the others are sent again.
 *
 * Many refused rows are found without a round trip for each: first by asking (sift), and those that
 * are refused all the same by trying the rows one by one inside the server (one).
 *
 * The server works while rows are added: a full COPY is ended without waiting for the answer, which
 * is fetched before the connection is used next. So call copybatch_finish() before any other use.
 */
#include <libpq-fe.h>
#include <stdbool.h>

#include "buf.h"
#include "server.h"
#include "trial.h"

/* A refused row, without its newline, and what the server said. */
typedef void copybatch_rejected(void *context, struct slice row, const struct server_error *error);

/* `n` rows that are in the table now, with their newlines. */
typedef void copybatch_taken(void *context, struct slice rows, uint64_t n);

/* Whether what these rows refer to is there, and locked. */
typedef bool copybatch_hold(void *context, struct slice rows);

/*
 * Looks at rows (with their newlines) of which the server refused many: gives those that it would
 * refuse to `rejected` and appends the others to `kept`. It may use the connection, and it may keep
 * what it is not sure of.
 */
typedef void copybatch_sift(void *context, struct slice rows, struct buf *kept);

struct copybatch {
    PGconn *connection;
    char *sql;    /* COPY ... FROM STDIN; owned */
    char *create; /* to be run once before the first COPY; owned, may be NULL */
    enum { COPYBATCH_EAGER, COPYBATCH_PATIENT } pace; /* PATIENT: sends nothing before it is full */
    copybatch_rejected *rejected;
    /* The foreign keys' triggers are switched off for the rows of a COPY, and this is asked
     * instead; when it says no, the rows are sent again with the triggers on. NULL: they are on. */
    copybatch_hold *hold;
    copybatch_taken *taken;     /* not called where a trigger left rows out; may be NULL */
    copybatch_sift *sift;       /* may be NULL */
    const char *fires;          /* see triggers_fired() */
    struct trial_statement one; /* inserts one row; .n is 0 where there is no such statement */
    void *context;
    struct buf rows, sent_rows; /* of the COPY that is open; of the one that was ended */
    size_t put;                 /* bytes of rows that the server has got */
    enum { COPYBATCH_IDLE, COPYBATCH_OPEN, COPYBATCH_ENDED } state;
    uint64_t refusals;   /* rows of this COPY that were refused since they were sifted */
    uint64_t accepted;   /* rows that are in the table now */
    uint64_t suppressed; /* rows that a trigger of the live database left out */
};

/* Takes `sql` over. */
void copybatch_init(struct copybatch *batch, PGconn *connection, char *sql,
    copybatch_rejected *rejected, void *context);
/* Adds `prefix` and `row` as one row. */
void copybatch_add(struct copybatch *batch, struct slice prefix, struct slice row);
/* True when adding a row of that length would hand rows to the server, if the batch is PATIENT. */
bool copybatch_will_send(const struct copybatch *batch, size_t length);
/* Ends the COPY under way without waiting for the answer: the server goes on while we do. */
void copybatch_end(struct copybatch *batch);
/* Leaves the connection free for others: a COPY under way is ended and its answer taken; rows that
 * the server has not got yet stay here. */
void copybatch_yield(struct copybatch *batch);
/* Everything added so far is accepted or rejected when this returns. */
void copybatch_finish(struct copybatch *batch);
void copybatch_release(struct copybatch *batch);

#endif
