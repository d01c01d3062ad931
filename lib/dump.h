#ifndef DUMP_H
#define DUMP_H
/*
 * Reads a plain SQL dump from front to end as psql would, without executing a byte of it: what its
 * DDL declares goes into a schema, its COPY data is handed out, everything else is stepped over.
 * Memory is bounded by the schema, not by the data.
 *
 * What cannot be read as a dump ends the process (STATUS_INPUT): a statement, string or COPY block
 * that is cut, COPY in another format than the default, archives, several databases in one file.
 */
#include <stdbool.h>
#include <stdint.h>

#include "ddl.h"
#include "input.h"
#include "mem.h"
#include "schema.h"
#include "sqllex.h"

enum dump_event {
    DUMP_COPY,   /* a table's rows follow: read them with dump_rows(), or go on */
    DUMP_INSERT, /* the first INSERT into a table */
    DUMP_END,
};

/* What a dump holds for one table in one COPY command, or in all its INSERT statements. */
struct dump_block {
    char *table; /* display form */
    enum schema_form form;
    struct schema_names columns;
    bool columns_known; /* else the command has no list and the table is not declared before it */
    uint64_t offset;    /* of the first row, in the decompressed input */
    uint64_t bytes;     /* of the rows as they stand there, newlines included */
    int64_t rows;
    uint64_t line; /* of the first row */
    bool carriage; /* lines end in CR LF */
};

/* How far the dump is known to be whole: pg_dump writes a closing comment. */
enum dump_closing { DUMP_OPEN, DUMP_CLOSING, DUMP_RESTRICTED, DUMP_COMPLETE };

struct dump_source {
    char *server_version, *pg_dump_version; /* NULL: not said */
    enum dump_closing closing;
    char *restrict_key; /* of \restrict, until its \unrestrict; else NULL */
};

struct dump {
    struct input *input;
    struct schema schema;
    struct ddl ddl;
    struct sqllex lex;
    struct dump_source source;
    struct dump_block *blocks; /* in the order of the dump */
    size_t n_blocks, room_blocks;

    /* The statement under way. */
    struct sqllex_token *tokens;
    size_t n_tokens, room_tokens, kept_bytes;
    struct arena arena;
    uint64_t statement_line, statement_offset;
    /* COPY data under way, and the row buffer for CR LF. */
    bool in_rows;
    struct dump_block *row_block, again; /* what dump_rows() reads; `again` while rereading */
    struct buf row_buffer;
    bool reconnected; /* \connect came after tables or data */
};

/* `path` as input_open(). */
struct dump *dump_open(const char *path);
void dump_close(struct dump *dump);

/*
 * Goes on to the next event. After DUMP_COPY and DUMP_INSERT dump->block is the block of the table.
 * After DUMP_END the schema is finished, with the data of each table.
 */
enum dump_event dump_next(struct dump *dump);
/* The block of the last event. */
struct dump_block *dump_block(struct dump *dump);
/*
 * The next rows of the current COPY block: whole lines ended by '\n' (a carriage return before it
 * is gone), `*n` of them. False at the end of the block. Valid until the next call.
 */
bool dump_rows(struct dump *dump, struct slice *rows, uint64_t *n);
/* Inside of dump.c: steps behind the line of `COPY ... FROM stdin;`, to the rows of the block. */
void dump_rows_start(struct dump *dump, struct dump_block *block);
/* After DUMP_END, with an input that can seek: dump_rows() gives that block's rows again. */
void dump_reread(struct dump *dump, const struct dump_block *block);
/* Ends the process: the message names the file and the line. */
void dump_refuse(const struct dump *dump, uint64_t line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
/* True when the dump has its closing comment and all that belongs to it. */
bool dump_is_complete(const struct dump *dump);

#endif
