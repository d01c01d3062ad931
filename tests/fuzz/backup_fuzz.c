/*
 * Backups of every kind as whole files: read without harm from a file and from a pipe; blocks that
 * are read again give the same rows; where both ways take the file, both give the same rows.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backup.h"
#include "fuzz.h"
#include "quietmsg.h"

static void
read_block(struct backup *backup, struct buf *out)
{
    struct backup_rows rows;

    while (backup_rows(backup, &rows)) {
        REQUIRE(rows.text.length > 0 && rows.text.data[rows.text.length - 1] == '\n');
        buf_add_slice(out, rows.text);
    }
}

/* The blocks once more, the last one first, must hold as much as before. */
static void
read_again(struct backup *backup, size_t length)
{
    struct buf again = {0};

    for (size_t i = backup->n_blocks; backup->access != BACKUP_ONCE && i-- > 0;) {
        backup_reread(backup, i);
        read_block(backup, &again);
    }
    REQUIRE(backup->access == BACKUP_ONCE || again.length == length);
    buf_release(&again);
}

/* True when the backup is whole; then its rows are in `out`. */
static bool
read_all(const char *path, struct buf *out)
{
    struct backup *backup;

    if (setjmp(quietmsg_failed) != 0)
        return false;
    backup = backup_open(path, &(struct backup_options){0});
    while (backup_next(backup))
        read_block(backup, out);
    read_again(backup, out->length);
    backup_close(backup);
    return true;
}

/* Closes what a run that was refused left open. */
static void
close_behind(int first)
{
    for (int fd = first; fd < first + 16; fd++)
        close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct buf file, pipe_rows; /* they outlive the jump */
    int fd = memfd_create("backup", MFD_CLOEXEC), ends[2];
    char path[40];
    bool from_file, from_pipe;

    buf_clear(&file);
    buf_clear(&pipe_rows);
    REQUIRE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    from_file = read_all(path, &file);
    close_behind(fd + 1);
    REQUIRE(pipe(ends) == 0 && size <= 65536 && write(ends[1], data, size) == (ssize_t)size);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    from_pipe = read_all(path, &pipe_rows);
    close_behind(fd);
    REQUIRE(!from_file || !from_pipe || slice_equal(buf_slice(&file), buf_slice(&pipe_rows)));
    return 0;
}
