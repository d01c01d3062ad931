#ifndef STREAM_H
#define STREAM_H
/*
 * The merge stream of merge-stream(5): a reader that verifies, a writer that counts.
 *
 * Reading: stream_read() gives one event a line. A broken stream (no trailer, wrong counts or
 * checksum, an error record, bytes after the trailer) ends the process with STATUS_INPUT, or with
 * the culprit's own status where the stream carries one, and so does anything unreadable. The
 * writer's hook then hands the error on. So a tool that has seen STREAM_TRAILER has seen a whole
 * stream.
 */
#include <stdbool.h>
#include <stdint.h>

#include "input.h"
#include "output.h"
#include "slice.h"

#define STREAM_VERSION "1"

enum stream_kind { STREAM_ROWS, STREAM_SCHEMA, STREAM_UNDO };
extern const char *const stream_kind_names[]; /* as the first line has them */

enum stream_event {
    STREAM_ROW,       /* `line` is a COPY text row of the block */
    STREAM_SOURCE,    /* fields[1], fields[2]: name, value */
    STREAM_FACT,      /* `rest`: the fact record */
    STREAM_PLAN,      /* `rest`: the plan record */
    STREAM_SAMPLE,    /* a block starts; fields[1] is the table, then its columns */
    STREAM_TABLE,     /* likewise */
    STREAM_MAP,       /* fields[1], fields[2]: table, type */
    STREAM_INSERTED,  /* fields[1] .. [3]: table, cycle, key; then the columns */
    STREAM_UPDATED,   /* likewise */
    STREAM_REJECT,    /* fields[1], fields[2]: sqlstate, reason; `rest` after them: see below */
    STREAM_UNCHANGED, /* fields[1]: count */
    STREAM_MARK,      /* fields[1]: what the rows that follow are, "new" or "known" */
    STREAM_END,       /* the block ends; its count was verified */
    STREAM_UNKNOWN,   /* a control line of a later version: pass `line` on */
    STREAM_TRAILER,   /* the verified end; nothing follows */
};

#define STREAM_MAX_COLUMNS 1664 /* PostgreSQL's MaxHeapAttributeNumber is 1600 */

struct stream_reader {
    struct input *input;
    enum stream_kind kind;
    struct slice line; /* the whole line without its newline; valid until the next read */
    struct slice rest; /* FACT, PLAN: what follows the keyword and its tab; REJECT: the row */
    struct slice fields[STREAM_MAX_COLUMNS + 2]; /* of a control line, still escaped */
    size_t n_fields;
    enum stream_event block;           /* that which started it; STREAM_END: between blocks */
    uint64_t blocks, rows, block_rows; /* so far */
    uint32_t crc;
    size_t summed;                  /* position in the window up to which bytes are in crc */
    bool ended;                     /* the trailer was read */
    bool unsealed;                  /* see stream_open_unsealed() */
    struct stream_writer *follower; /* see stream_connect() */
};

struct stream_writer {
    struct output output;
    uint64_t blocks, rows, block_rows;
};

/* Opens a stream and reads its first line. `path` as input_open_plain(). Process lifetime. */
struct stream_reader *stream_open(const char *path, enum stream_kind expected);
/* Likewise on an input that the caller owns, for a reader that it owns. */
void stream_start(struct stream_reader *reader, struct input *input, enum stream_kind expected);
/*
 * For a stream of either kind that foreign filters changed: the counts of the blocks, and counts
 * and checksum of the trailer, are not looked at. All else is verified: it must be whole.
 */
struct stream_reader *stream_open_unsealed(const char *path);
enum stream_event stream_read(struct stream_reader *reader);
/* The value of a control line's field, unescaped, malloc'd; NULL for \N. */
char *stream_field(const struct stream_reader *reader, size_t field);
void stream_close(struct stream_reader *reader);

/*
 * Starts a stream on standard output: writes the first line, and sets the message hook so that
 * msg_fatal() leaves an error record behind.
 */
void stream_writer_init(struct stream_writer *writer, enum stream_kind kind);
/* Likewise into a file that is not part of a pipeline: no failure is told to anybody. */
void stream_writer_create(struct stream_writer *writer, const char *path, enum stream_kind kind);
/*
 * For a filter: an error record that the reader finds is handed on as it is, silently, so that only
 * the last tool of a pipeline speaks, and names the first culprit.
 */
void stream_connect(struct stream_reader *reader, struct stream_writer *writer);
/* A row of the current block: a COPY text line without newline. */
void stream_write_row(struct stream_writer *writer, struct slice row);
/* Likewise, from its escaped fields. */
void stream_write_fields(struct stream_writer *writer, const struct slice *fields, size_t n);
/* Likewise `n` rows at once, each ended by its newline. */
void stream_write_rows(struct stream_writer *writer, struct slice rows, uint64_t n);
/* Passes the reader's current line on, whatever it is except the trailer, keeping the counts. */
void stream_pass(struct stream_writer *writer, const struct stream_reader *reader);
/*
 * Passes on at once what rows of the current block are in the window already: what the next calls
 * of stream_read() would give, faster. Whoever passes a block calls it before each stream_read().
 */
void stream_pass_rows(struct stream_writer *writer, struct stream_reader *reader);
/*
 * Control lines. `keyword` without "\."; n fields are values to be escaped, NULL data is \N.
 * "table", "sample" and "map" start a block; stream_write_end() ends it.
 */
void stream_write_control(
    struct stream_writer *writer, const char *keyword, const struct slice *fields, size_t n);
/* A control line whose rest is escaped already (a fact, a plan record). */
void stream_write_escaped(struct stream_writer *writer, const char *keyword, struct slice rest);
/* Likewise one for each of the lines, which are ended by newlines. */
void stream_write_lines(struct stream_writer *writer, const char *keyword, struct slice lines);
/* Takes `row` (a COPY text line) out of the current table's block, with the reason. */
void stream_write_reject(
    struct stream_writer *writer, const char *sqlstate, const char *reason, struct slice row);
void stream_write_end(struct stream_writer *writer);
/* The trailer, then a checked close. */
void stream_writer_close(struct stream_writer *writer);
/* Likewise for stream_writer_create(): what was written is on the disk when this returns. */
void stream_writer_seal(struct stream_writer *writer);

#endif
