#ifndef SERVER_H
#define SERVER_H
/*
 * Talking to the live database through libpq. The caller owns every PGconn and PGresult.
 *
 * Functions without an error parameter end the process when the server refuses: the status follows
 * from the SQLSTATE (manual, Appendix A): 42501 and class 28 are STATUS_CONNECTION, 40001, 40P01
 * and 55P03 STATUS_TEMPORARY, a lost connection and all else STATUS_FAILED.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "msg.h"
#include "slice.h"

/* What the server said of a statement that it refused. */
struct server_error {
    char sqlstate[6];
    char *message;    /* primary message, then ": " and the detail; malloc'd */
    char *constraint; /* malloc'd or NULL */
    char *column;     /* malloc'd or NULL */
    char *context;    /* the functions in which it happened, innermost first; malloc'd or NULL */
    int64_t line;     /* of a COPY, from 1; 0 when it was not said */
};

enum msg_status server_status(const char *sqlstate);
/* From what a query says of a row, the SQLSTATE and the message behind it. To be released. */
struct server_error server_error_from(const char *text);
void server_error_release(struct server_error *error);
/*
 * What the SQLSTATEs start with that are no row's fault, n of them: 42 is a wrong statement or a
 * missing privilege, 28 a role that is refused, 53 and 58 the system's resources, 57 an operator's
 * intervention, 25 a wrong state of the transaction, XX an internal error, the others what may
 * pass. None is healed by leaving a row out.
 */
const char *const *server_no_rows_faults(size_t *n);
bool server_is_row_error(const struct server_error *error);
/* Ends the process unless the error is one row's fault: another row may well be taken. */
void server_require_row_error(const struct server_error *error);

/* The result of `sql`, which is returned unless the server refused it. */
PGresult *server_require(PGconn *connection, PGresult *result, const char *sql);
/* Runs one command or query; the result is complete. */
PGresult *server_query(PGconn *connection, const char *sql);
/* With text parameters, NULL for NULL. */
PGresult *server_query_params(
    PGconn *connection, const char *sql, int n, const char *const *values);
/* Appends a value of the result as a field of a COPY text row. */
void server_add_field(const PGresult *result, int row, int column, struct buf *out);
/* As server_query_params() in a savepoint: NULL when the server refuses, and nothing happened. */
PGresult *server_try_params(PGconn *connection, const char *sql, int n, const char *const *values,
    struct server_error *error);
/* Runs SQL whose result does not matter. */
void server_run(PGconn *connection, const char *sql);
/* As server_run(), but false with *error filled when the server refuses. A lost connection ends the
 * process. `*rows` (may be NULL) gets the number of rows the command wrote. */
bool server_try(PGconn *connection, const char *sql, uint64_t *rows, struct server_error *error);

/*
 * A COPY (...) TO STDOUT in two steps: it is sent; later its rows are taken, each without newline
 * and valid during the call. After false they count for nothing: the statement failed as a whole.
 */
void server_send(PGconn *connection, const char *sql);
typedef void server_row(void *context, struct slice row);
bool server_receive_rows(
    PGconn *connection, server_row *take, void *context, struct server_error *error);

/* COPY ... TO STDOUT: start it, then take rows (without newline) until false. A row is valid until
 * the next call; *held keeps it, start with NULL. */
void server_copy_out(PGconn *connection, const char *sql);
bool server_copy_row(PGconn *connection, char **held, struct slice *row);
/* Likewise, but NOT_YET when the next row has not arrived and there is no time to wait. */
enum server_patience { SERVER_WAIT, SERVER_DO_NOT_WAIT };
enum server_copied { SERVER_ROW, SERVER_NOT_YET, SERVER_END };
/* Waits until something has arrived on one of the connections, or one of them has ended. */
void server_wait(PGconn *const *connections, size_t n);
enum server_copied server_copy_row_now(
    PGconn *connection, char **held, struct slice *row, enum server_patience patience);

/* COPY ... FROM STDIN: start, put whole rows with their newlines, end. end() is false with *error
 * when the server refused a row; else *rows is how many it took (a trigger may leave some out). */
bool server_copy_in(PGconn *connection, const char *sql, struct server_error *error);
void server_copy_put(PGconn *connection, struct slice rows);
bool server_copy_end(PGconn *connection, uint64_t *rows, struct server_error *error);
/* The first half of server_copy_end(), which may follow later: the server starts to finish. */
void server_copy_end_send(PGconn *connection);

#endif
