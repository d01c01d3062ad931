#ifndef RECODE_H
#define RECODE_H
/*
 * Texts in a backup's client_encoding made UTF-8, by the live server's own conversions (manual,
 * "Character Set Support"), so that everything behind compares and writes one encoding.
 *
 * Rows are converted many at a time. They are COPY text, whose line ends, tabs and escapes are
 * ASCII in every encoding; a byte of a character may look like a backslash in some (SJIS, BIG5,
 * GBK), which is why rows are converted before they are split.
 */
#include <libpq-fe.h>
#include <stdbool.h>

#include "buf.h"
#include "server.h"
#include "slice.h"

typedef void recode_row(void *context, struct slice row);
/* A row that has no equivalent in UTF-8, as ASCII: its foreign bytes as escapes of COPY text. */
typedef void recode_refused(void *context, struct slice row, const struct server_error *error);

struct recode {
    PGconn *connection;   /* in a transaction */
    const char *encoding; /* what the server converts from; owned by the caller */
    int number;           /* the same as libpq knows it */
    recode_row *row;
    recode_refused *refused;
    void *context;
    struct buf rows, hex, scratch;
};

/* False for UTF-8 and for no encoding at all (NULL), and where the live database takes any bytes.
 */
bool recode_is_needed(PGconn *connection, const char *encoding);
/* Ends the process (STATUS_INPUT) when PostgreSQL has no such encoding. */
void recode_init(struct recode *recode, PGconn *connection, const char *encoding, recode_row *row,
    recode_refused *refused, void *context);
/* Takes a row; it or rows before it come back by the callbacks, in their order. */
void recode_add(struct recode *recode, struct slice row);
/* Every row taken so far has come back when this returns. */
void recode_flush(struct recode *recode);
/* Appends COPY text of the encoding as ASCII, see recode_refused. */
void recode_escape(const struct recode *recode, struct slice row, struct buf *out);
void recode_release(struct recode *recode);

#endif
