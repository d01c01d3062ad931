#ifndef DUMP_H
#define DUMP_H
/*
 * A plain SQL dump, read from front to end as psql would, without executing a byte of it: what its
 * DDL declares goes into the backup's schema, its COPY data is handed out, everything else is
 * stepped over. The kind BACKUP_SCRIPT of backup.h, whose words hold here.
 */
#include "backup.h"
#include "blockrows.h"
#include "dumpnote.h"
#include "mem.h"
#include "sqllex.h"
#include "sqlspan.h"

struct dump {
    struct backup *backup;
    struct input *input;
    struct sqllex lex;
    struct dumpnote note;
    bool reconnected; /* \connect came after tables or data */

    /* The statement under way. */
    struct sqllex_token *tokens;
    size_t n_tokens, room_tokens, kept_bytes;
    struct arena arena;
    uint64_t statement_line, statement_offset;

    struct blockrows rows;     /* under way */
    struct backup_block again; /* the block that is read again */
};

/* The input is the dump's from now on. */
struct dump *dump_open(struct backup *backup, struct input *input);
void dump_close(struct dump *dump);
bool dump_next(struct dump *dump);
bool dump_rows(struct dump *dump, struct backup_rows *rows);
void dump_reread(struct dump *dump, const struct backup_block *block);
bool dump_is_complete(const struct dump *dump);

#endif
