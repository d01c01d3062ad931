#ifndef DUMP_H
#define DUMP_H
/*
 * A plain SQL dump, read from front to end as psql would, without executing a byte of it: what its
 * DDL declares goes into the backup's schema, its COPY data is handed out, everything else is
 * stepped over. The kind BACKUP_SCRIPT of backup.h, whose words hold here.
 */
#include "backup.h"
#include "blockrows.h"
#include "mem.h"
#include "sqllex.h"

/* How far the dump is known to be whole: pg_dump writes a closing comment. */
enum dump_closing { DUMP_OPEN, DUMP_CLOSING, DUMP_RESTRICTED, DUMP_COMPLETE };

struct dump {
    struct backup *backup;
    struct input *input;
    struct sqllex lex;
    enum dump_closing closing;
    char *restrict_key; /* of \restrict, until its \unrestrict; else NULL */
    bool reconnected;   /* \connect came after tables or data */

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
