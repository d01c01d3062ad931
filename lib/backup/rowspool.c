#include "rowspool.h"

/* Stands before each piece: the lengths of the text and the reason behind it. */
struct piece {
    uint64_t length, rows, reason; /* the reason's with its NUL; 0: none */
};

struct rowspool_part
rowspool_keep(
    struct rowspool *spool, struct backup *backup, void (*pass)(void *context), void *context)
{
    struct rowspool_part part;
    struct backup_rows rows;

    if (spool->spool == NULL)
        spool->spool = spool_open();
    part.offset = spool_tell(spool->spool);
    while (backup_rows(backup, &rows)) {
        struct piece piece = {rows.text.length, rows.n, 0};

        if (rows.reason != NULL)
            piece.reason = strlen(rows.reason) + 1;
        spool_write(spool->spool, slice_make((const char *)&piece, sizeof piece));
        spool_write(spool->spool, rows.text);
        spool_write(spool->spool, slice_make(rows.reason, (size_t)piece.reason));
        pass(context);
    }
    part.end = spool_tell(spool->spool);
    return part;
}

/* Reads exactly that many bytes. */
static void
read_bytes(struct rowspool *spool, struct rowspool_part *part, uint64_t length, struct buf *out)
{
    buf_clear(out);
    while (length > 0) {
        struct slice bytes = spool_read(spool->spool, part->offset, length);

        buf_add_slice(out, bytes);
        part->offset += bytes.length;
        length -= bytes.length;
    }
}

bool
rowspool_read(struct rowspool *spool, struct rowspool_part *part, struct backup_rows *rows)
{
    struct piece piece;

    if (part->offset >= part->end)
        return false;
    read_bytes(spool, part, sizeof piece, &spool->text);
    memcpy(&piece, spool->text.data, sizeof piece);
    read_bytes(spool, part, piece.length, &spool->text);
    read_bytes(spool, part, piece.reason, &spool->reason);
    *rows = (struct backup_rows){
        buf_slice(&spool->text), piece.rows, piece.reason > 0 ? spool->reason.data : NULL};
    return true;
}

void
rowspool_release(struct rowspool *spool)
{
    if (spool->spool != NULL)
        spool_close(spool->spool);
    buf_release(&spool->text);
    buf_release(&spool->reason);
}
