#ifndef BACKUP_H
#define BACKUP_H
/*
 * A backup, whatever its kind: what it declares, and its rows as blocks of COPY TEXT. Whoever reads
 * it does not know whether it is a plain SQL script (dump.h) or an archive
 * (archived.h). Nothing in a backup is
 * executed. Memory is bounded by the schema, not by the data.
 *
 *     backup = backup_open(path, &options);
 *     while (backup_next(backup))
 *         while (wanted(backup_block(backup)) && backup_rows(backup, &rows))
 *             take(rows);
 *
 * What cannot be read ends the process (STATUS_INPUT): a statement, string or block that is cut,
 * a kind or an option that this version does not read.
 *
 * A kind fills the schema through ddl_apply(), announces its blocks by backup_add_block(), reads
 * their rows by blockrows.h, and has a struct backup_way. What it is opened by stands above the
 * kinds, in backup_open.c.
 */
#include <stdbool.h>
#include <stdint.h>

#include "copyconvert.h"
#include "ddl.h"
#include "input.h"
#include "schema.h"

enum backup_kind { BACKUP_SCRIPT, BACKUP_ARCHIVE };

/* In which order the blocks can be read. */
enum backup_access {
    BACKUP_ONCE,   /* as they come: a pipe, a compressed script */
    BACKUP_AGAIN,  /* as they come; those that have passed by, again: a script that can seek */
    BACKUP_RANDOM, /* in any order, and what is not read costs nothing */
};

/* What a backup holds for one table in one COPY command, or in INSERT statements in a row. */
struct backup_block {
    char *table; /* display form */
    enum schema_form form;
    struct schema_names columns;
    bool columns_known; /* else no list is given and the table is not declared before it */
    uint64_t line;      /* of the first row, in a script; else 0 */
    /* Of the rows as they stand there, newlines included; before they are read as they are stored,
     * compressed, and 0 when that is not known. */
    uint64_t bytes;
    int64_t rows; /* -1: not known before they are read */
    /* The kind's own: where the rows are. */
    uint64_t offset; /* of the first one or its statement, in the decompressed input */
    bool carriage;   /* lines end in CR LF */
    struct copyconvert_format *format; /* of COPY, where it is not the default; else NULL */
    bool standard_strings;             /* in INSERT statements a backslash in '' means itself */
    const struct textstyle *style;     /* by which the rows are to be read; the backup's */
};

/*
 * A piece of a block: whole lines ended by '\n', `n` of them. Or one row that cannot be read, with
 * the reason: its fields are then what is written for them, such as an expression's text.
 */
struct backup_rows {
    struct slice text;
    uint64_t n;
    const char *reason; /* NULL unless the row is rejected */
};
#define BACKUP_REJECT_SQLSTATE "0A000" /* of such rows: feature_not_supported */

/* How a backup is to be read; all zero: whole, and of one database. */
struct backup_options {
    const char *database; /* of a script with several: the one that is read; NULL: there is one */
    /* Bytes that a compressed file, or each compressed member of an archive, may give; 0: any
     * number. */
    uint64_t max_expanded;
    /* Damage is no end: survey.h, to be asked before anything is read, finds what is whole. What
     * cannot be read again is copied into a temporary file. */
    bool salvage;
    bool allow_incomplete; /* then the lack of a closing comment is no damage */
    bool planned;          /* what is left aside was said when the plan was made */
};

/* A table of a damaged backup that is left out, and why. */
struct backup_loss {
    char *table, *why;
};

struct backup;

/* What a kind has a function for; the words of the functions of the same names below hold. */
struct backup_way {
    bool (*next)(struct backup *backup);
    bool (*rows)(struct backup *backup, struct backup_rows *rows);
    void (*reread)(struct backup *backup, size_t block);
    const char *(*missing)(const struct backup *backup);
    uint64_t (*consumed)(const struct backup *backup);
    uint64_t (*size)(const struct backup *backup);
    void (*close)(struct backup *backup);
};

struct backup {
    const char *name; /* for messages */
    struct backup_options options;
    enum backup_kind kind;
    const struct backup_way *way;
    enum backup_access access;
    struct schema schema;
    struct ddl ddl; /* the settings as last set */
    char *encoding; /* client_encoding of the first block, which is that of all; NULL: UTF8 */
    struct textstyle **styles; /* each one that some block has */
    size_t n_styles, room_styles;
    char *server_version, *pg_dump_version; /* NULL: not said */
    struct backup_block *blocks;            /* in the order of the backup */
    size_t n_blocks, room_blocks;
    /* Tables with data that a statement changes in a way that is left aside (otherdata.h), by now.
     */
    struct schema_names changed;
    bool large_objects;       /* there are some, which are not read */
    uint64_t n_large_objects; /* 0: their number is not said */
    /* With `salvage`: what is wrong, or NULL. */
    char *damage;
    struct backup_loss *losses;
    size_t n_losses, room_losses;
    struct dump *dump;         /* of BACKUP_SCRIPT */
    struct archived *archived; /* of BACKUP_ARCHIVE */
};

/* Opens a backup by what it holds, not by its name; `path` as input_open(). */
struct backup *backup_open(const char *path, const struct backup_options *options);
void backup_close(struct backup *backup);

/*
 * Goes on to the next block: read it with backup_rows(), or go on. False at the end; then the
 * schema is finished, with the data of each table.
 */
bool backup_next(struct backup *backup);
/* The block of the last backup_next(); valid until the next one. */
struct backup_block *backup_block(struct backup *backup);
/* The next rows of the block. False at its end. Valid until the next call. */
bool backup_rows(struct backup *backup, struct backup_rows *rows);
/*
 * backup_rows() gives the rows of blocks[block] from its first one: with BACKUP_AGAIN after the
 * last block, with BACKUP_RANDOM at any time.
 */
void backup_reread(struct backup *backup, size_t block);

/* True when it is known to be whole: nothing behind its last byte is missing. */
bool backup_is_complete(const struct backup *backup);
/* What it lacks otherwise, such as "no closing comment of pg_dump"; NULL when it is complete. */
const char *backup_missing(const struct backup *backup);
/* How much of the backup's own bytes has been read, and its size or 0: for the progress. */
uint64_t backup_consumed(const struct backup *backup);
uint64_t backup_size(const struct backup *backup);

/* ---- for survey.h, with `salvage` */

/* Leaves a table out, unless it is left out already. */
void backup_lose(struct backup *backup, const char *table, const char *why);
/* Why the table is left out, or NULL. */
const char *backup_loss(const struct backup *backup, const char *table);
/* ---- for the kinds */

/* A block of that table behind those that are known, rows 0; `columns` NULL: no list is given. */
struct backup_block *backup_add_block(struct backup *backup, const char *table,
    enum schema_form form, const struct schema_names *columns);
/* A warning of what is left aside; what was said before is said again with -v only. */
void backup_warn(const struct backup *backup, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Ends the process: the message names the backup and, unless it is 0, the line. */
void backup_refuse(const struct backup *backup, uint64_t line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

#endif
