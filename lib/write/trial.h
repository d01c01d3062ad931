#ifndef TRIAL_H
#define TRIAL_H
/*
 * One statement tried with many rows, each in a subtransaction of its own: a row that the server
 * refuses leaves nothing behind and does not stop the others. All of it happens inside the server,
 * by a DO block of PL/pgSQL (manual, "Trapping Errors"), so that a row costs a fraction of a round
 * trip. The rows come by a setting and the answers leave by one, both of the transaction: no WAL.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "server.h"

/* Appends the statement. The row's values are texts called `row.c1`, `row.c2` and so on. */
typedef void trial_write(const void *context, const char *row, struct buf *sql);

struct trial_statement {
    enum { TRIAL_WRITES, TRIAL_READS } kind; /* READS: what is appended is an integer expression */
    size_t n;                                /* values of a row, at least 1 */
    trial_write *write;
    const void *context;
    bool fires; /* WRITES: triggers of the live database do; see pathsql.h */
};

/* What became of a row: refused with *error, or error is NULL and it wrote so many rows. */
typedef void trial_result(
    void *context, struct slice row, uint64_t written, const struct server_error *error);

/*
 * Tries `rows` (COPY text with their newlines) in their order; then `result` is told of each, in
 * order, and may use the connection. False: it cannot be done here, and nothing has happened.
 */
bool trial_rows(PGconn *connection, const struct trial_statement *statement, struct slice rows,
    trial_result *result, void *context);

#endif
