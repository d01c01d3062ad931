#ifndef ROWSPOOL_H
#define ROWSPOOL_H
/*
 * Rows of blocks that come before their turn, kept in a temporary file (spool.h) and given back as
 * they came.
 */
#include "backup.h"
#include "buf.h"
#include "spool.h"

struct rowspool {
    struct spool *spool; /* NULL: nothing was kept */
    struct buf text, reason;
};

/* Where the rows of a block lie. */
struct rowspool_part {
    uint64_t offset, end;
};

/* Keeps all rows that `backup` gives now; `pass` is called after each piece. */
struct rowspool_part rowspool_keep(
    struct rowspool *spool, struct backup *backup, void (*pass)(void *context), void *context);
/* The next rows of a part, of which they are taken off. False at its end. */
bool rowspool_read(struct rowspool *spool, struct rowspool_part *part, struct backup_rows *rows);
void rowspool_release(struct rowspool *spool);

#endif
