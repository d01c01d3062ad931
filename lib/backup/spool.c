#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"

#define SPOOL_BUFFER ((size_t)256 * 1024)

struct spool {
    int fd;
    const char *folder;
    uint64_t written; /* bytes in the file */
    struct buf buf;   /* not yet in the file; while reading, what was read */
};

struct spool *
spool_open(void)
{
    struct spool *spool = mem_alloc(sizeof *spool);
    const char *folder = getenv("TMPDIR");
    char *path;

    spool->folder = folder != NULL && folder[0] != '\0' ? folder : "/tmp";
    path = mem_format("%s/pgbraid.XXXXXX", spool->folder);
    spool->fd = mkostemp(path, O_CLOEXEC);
    if (spool->fd < 0 || unlink(path) != 0)
        msg_fatal(STATUS_FAILED, "cannot make a temporary file in %s: %s (TMPDIR names the folder)",
            spool->folder, strerror(errno));
    free(path);
    return spool;
}

void
spool_close(struct spool *spool)
{
    close(spool->fd);
    buf_release(&spool->buf);
    free(spool);
}

static void
flush(struct spool *spool)
{
    const char *p = spool->buf.data;
    size_t left = spool->buf.length;

    while (left > 0) {
        ssize_t n = pwrite(spool->fd, p, left, (off_t)spool->written);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            msg_fatal(STATUS_FAILED,
                "cannot write a temporary file in %s: %s (TMPDIR names the folder)", spool->folder,
                strerror(errno));
        spool->written += (uint64_t)n;
        p += n;
        left -= (size_t)n;
    }
    buf_clear(&spool->buf);
}

int
spool_detach(struct spool *spool)
{
    int fd = spool->fd;

    flush(spool);
    buf_release(&spool->buf);
    free(spool);
    return fd;
}

void
spool_write(struct spool *spool, struct slice bytes)
{
    buf_add_slice(&spool->buf, bytes);
    if (spool->buf.length >= SPOOL_BUFFER)
        flush(spool);
}

uint64_t
spool_tell(const struct spool *spool)
{
    return spool->written + spool->buf.length;
}

struct slice
spool_read(struct spool *spool, uint64_t offset, uint64_t length)
{
    size_t wanted = length < SPOOL_BUFFER ? (size_t)length : SPOOL_BUFFER;
    ssize_t n;

    if (spool->buf.length > 0)
        flush(spool);
    buf_clear(&spool->buf);
    buf_reserve(&spool->buf, wanted);
    do
        n = pread(spool->fd, spool->buf.data, wanted, (off_t)offset);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        msg_fatal(STATUS_FAILED, "cannot read a temporary file in %s: %s", spool->folder,
            n < 0 ? strerror(errno) : "it is too short");
    return slice_make(spool->buf.data, (size_t)n);
}
