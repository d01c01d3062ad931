#ifndef BLOCKROWS_H
#define BLOCKROWS_H
/*
 * The rows of a block, out of an input that stands at the first one: in a script, or in a member of
 * an archive, which holds the same lines up to the same `\.`. Data that is cut or damaged ends the
 * process (STATUS_INPUT), naming the line, or in an archive the table and the row.
 */
#include "backup.h"
#include "buf.h"

struct blockrows {
    struct backup *backup;
    struct input *input;
    struct backup_block *block; /* NULL: no rows are under way */
    uint64_t rows, bytes;       /* so far */
    uint64_t lines;             /* as rows, but of another format a row may have several */
    struct buf buffer;          /* of what is not handed out as it stands */
    struct copyconvert convert; /* of blocks in another format */
    struct buf converted;       /* rows in COPY TEXT, and the part of one that goes on */
    size_t given;               /* bytes of `converted` that were handed out */
};

/* backup->blocks must not grow while its rows are under way. */
void blockrows_start(
    struct blockrows *rows, struct backup *backup, struct input *input, struct backup_block *block);
void blockrows_release(struct blockrows *rows);
/*
 * As backup_rows(). At the end of the block the input stands behind the line of its `\.`, and the
 * block knows its rows and bytes.
 */
bool blockrows_read(struct blockrows *rows, struct backup_rows *out);

#endif
