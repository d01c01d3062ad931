#ifndef INSERTROWS_H
#define INSERTROWS_H
/*
 * The rows of INSERT statements out of an input that stands behind VALUES, as COPY TEXT. Statements
 * that follow and begin with the same bytes are taken along without looking at them twice. Memory
 * is that of the longest row.
 */
#include "backup.h"
#include "insertrow.h"
#include "sqllex.h"

enum insertrows_event {
    INSERTROWS_ROWS,      /* rows, or one that is rejected */
    INSERTROWS_TAIL,      /* more than a semicolon follows the rows: ON CONFLICT, RETURNING */
    INSERTROWS_STATEMENT, /* the statement has ended; another one follows, or nothing */
};

struct insertrows {
    struct backup *backup;
    struct input *input;
    struct insertrow row;
    struct insertrow_column *columns;
    struct buf head, tail; /* of the last statement as they are written; empty: not known */
    struct buf out, reason;
    size_t reported; /* bytes of `out` that were handed out */
    uint64_t behind; /* the offset behind the last row, or the end of its statement */
    uint64_t line;   /* of where the input stands */
    uint64_t rows;   /* so far, rejected ones included */
    enum { INSERTROWS_AT_ROW, INSERTROWS_BEHIND_ROW, INSERTROWS_ENDED } state;
    bool rejected; /* a row of which the reason is kept is behind the rows in `out` */
};

/*
 * Starts a block: its columns, `listed` or else those of the table as it is declared. Those of the
 * rows, in which no generated one has a field, are left in *columns.
 */
void insertrows_start(struct insertrows *rows, struct backup *backup, struct input *input,
    const char *table, const struct schema_names *listed, struct schema_names *columns);
/*
 * A statement of the block, whose first byte is at the offset `begun`; the lexer that has read it
 * up to its VALUES knows the line, and how strings are read.
 */
void insertrows_statement(struct insertrows *rows, const struct sqllex *lex, uint64_t begun);
/*
 * An INSERT whose rows cannot be told: its text is one row that is rejected. It begins on `line`,
 * the input stands behind it, on the line `now`.
 */
void insertrows_unread(struct insertrows *rows, struct slice text, uint64_t line, uint64_t now);
/* INSERT ... DEFAULT VALUES: a row where no column has a field; else its text is rejected as well.
 */
void insertrows_defaults(struct insertrows *rows, struct slice text, uint64_t line, uint64_t now);
enum insertrows_event insertrows_read(struct insertrows *rows, struct backup_rows *out);
/* After INSERTROWS_TAIL: the input stands behind the semicolon, on that line. */
void insertrows_tail(struct insertrows *rows, uint64_t line);
void insertrows_release(struct insertrows *rows);

#endif
