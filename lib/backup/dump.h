#ifndef DUMP_H
#define DUMP_H
/*
 * A plain SQL dump, read from front to end as psql would, without executing a byte of it: what its
 * DDL declares goes into the backup's schema, the rows of COPY and INSERT are handed out,
 * everything else is stepped over. The kind BACKUP_SCRIPT of backup.h, whose words hold here.
 */
#include "backup.h"
#include "blockrows.h"
#include "dumpcopy.h"
#include "dumpnote.h"
#include "insertrows.h"
#include "script.h"

struct dump {
    struct backup *backup;
    struct input *input;
    struct script script;
    struct dumpnote note;
    /*
     * Databases with tables or data, by their names, "" for what stands before the first \connect.
     * Only one is the backup; what the script declares of the others is kept aside.
     */
    struct schema_names databases;
    bool found;                    /* the database that was asked for */
    enum dumpnote_closing closing; /* where the rows of that one end */
    struct schema aside;
    struct ddl aside_ddl;
    struct schema_names said; /* what was said of changes that are left aside */

    /* The rows under way: of COPY, or while `block` is not NULL of INSERT. */
    struct blockrows rows;
    struct insertrows inserts;
    struct backup_block *block;
    struct dumpcopy insert;    /* the statement at which the block began */
    struct backup_block again; /* the block that is read again */
    enum script_event pending; /* read already, behind an INSERT's rows; else SCRIPT_NOTE */
    bool refused;              /* for another reason than damage */
    uint64_t whole;            /* the offset behind the last statement or rows that were whole */
};

extern const struct backup_way dump_way;

/* The input is the dump's from now on. An archive of INSERTs has one for each of its tables, too.
 */
struct dump *dump_open(struct backup *backup, struct input *input);
void dump_close(struct dump *dump);
bool dump_next(struct dump *dump);
bool dump_rows(struct dump *dump, struct backup_rows *rows);
void dump_reread(struct dump *dump, const struct backup_block *block);
/* Of the block that has ended: false when it is INSERTs and nothing follows, not even the end of a
 * complete dump: more of them may be missing. */
bool dump_has_ended_block(const struct dump *dump);
/* The offset behind the block that has ended, or not much later, where no statement is under way.
 */
uint64_t dump_block_end(const struct dump *dump);

#endif
