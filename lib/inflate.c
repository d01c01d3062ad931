#include "inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "mem.h"
#include "msg.h"

#define INFLATE_BUFFER ((size_t)128 * 1024)

struct inflate {
    z_stream z;
    int fd;
    unsigned char *data;
    uint64_t offset; /* in the file, of the end of what was read */
    bool eof, ended; /* nothing more to read; the last member ended */
    char *damage;
};

bool
inflate_recognizes(struct slice bytes)
{
    return slice_starts(bytes, SLICE("\x1f\x8b\x08"));
}

static void
close_inflate(void *context)
{
    struct inflate *gzip = context;

    inflateEnd(&gzip->z);
    free(gzip->data);
    free(gzip);
}

static uint64_t
consumed(const void *context)
{
    const struct inflate *gzip = context;

    return gzip->offset - gzip->z.avail_in;
}

static void
damaged(struct inflate *gzip, const char *why)
{
    gzip->damage = mem_format(
        "%s at byte %llu of the compressed data", why, (unsigned long long)consumed(gzip));
    gzip->ended = true;
}

/* Makes sure that there is input; false at the end of the file. */
static bool
refill(struct inflate *gzip)
{
    ssize_t n;

    if (gzip->z.avail_in > 0)
        return true;
    if (gzip->eof)
        return false;
    do
        n = read(gzip->fd, gzip->data, INFLATE_BUFFER);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        damaged(gzip, mem_format("it cannot be read: %s", strerror(errno)));
    gzip->eof = n <= 0;
    gzip->offset += n > 0 ? (uint64_t)n : 0;
    gzip->z.next_in = gzip->data;
    gzip->z.avail_in = n > 0 ? (uInt)n : 0;
    return n > 0;
}

/* Behind a member: another one, zeros up to the end, or garbage. */
static void
next_member(struct inflate *gzip)
{
    bool padded = false;

    while (refill(gzip) && *gzip->z.next_in == 0) {
        gzip->z.next_in++;
        gzip->z.avail_in--;
        padded = true;
    }
    if (!refill(gzip))
        gzip->ended = true;
    else if (padded || *gzip->z.next_in != 0x1f)
        damaged(gzip, "something that is not gzip data follows");
    else
        inflateReset(&gzip->z);
}

static void
step(struct inflate *gzip)
{
    int status;

    if (!refill(gzip)) {
        if (gzip->damage == NULL)
            damaged(gzip, "the compressed data is cut");
        return;
    }
    status = inflate(&gzip->z, Z_NO_FLUSH);
    if (status == Z_STREAM_END)
        next_member(gzip);
    else if (status == Z_MEM_ERROR)
        msg_fatal(STATUS_FAILED, "out of memory");
    else if (status != Z_OK && status != Z_BUF_ERROR)
        damaged(gzip, gzip->z.msg != NULL ? gzip->z.msg : "the compressed data is damaged");
}

static size_t
read_inflate(void *context, char *out, size_t room, char **damage)
{
    struct inflate *gzip = context;

    gzip->z.next_out = (unsigned char *)out;
    gzip->z.avail_out = (uInt)(room < UINT32_MAX ? room : UINT32_MAX);
    while (gzip->z.avail_out > 0 && !gzip->ended)
        step(gzip);
    *damage = gzip->damage;
    return (size_t)((char *)gzip->z.next_out - out);
}

struct input_source
inflate_open(int fd, struct slice head)
{
    struct inflate *gzip = mem_alloc(sizeof *gzip);
    size_t room = head.length > INFLATE_BUFFER ? head.length : INFLATE_BUFFER;

    gzip->fd = fd;
    gzip->data = mem_alloc(room);
    memcpy(gzip->data, head.data, head.length);
    gzip->offset = head.length;
    gzip->z.next_in = gzip->data;
    gzip->z.avail_in = (uInt)head.length;
    if (inflateInit2(&gzip->z, 16 + MAX_WBITS) != Z_OK)
        msg_fatal(STATUS_FAILED, "out of memory");
    return (struct input_source){read_inflate, consumed, close_inflate, gzip};
}
