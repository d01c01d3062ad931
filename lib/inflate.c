#include "inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "mem.h"
#include "msg.h"

#define INFLATE_BUFFER ((size_t)128 * 1024)

struct input_gzip {
    z_stream z;
    int fd;
    const char *name;
    unsigned char *data;
    uint64_t offset; /* in the file, of the end of what was read */
    bool eof, ended; /* nothing more to read; the last member ended */
};

bool
inflate_recognizes(struct slice bytes)
{
    return slice_starts(bytes, SLICE("\x1f\x8b\x08"));
}

struct input_gzip *
inflate_open(int fd, const char *name, struct slice head)
{
    struct input_gzip *gzip = mem_alloc(sizeof *gzip);
    size_t room = head.length > INFLATE_BUFFER ? head.length : INFLATE_BUFFER;

    gzip->fd = fd;
    gzip->name = name;
    gzip->data = mem_alloc(room);
    memcpy(gzip->data, head.data, head.length);
    gzip->offset = head.length;
    gzip->z.next_in = gzip->data;
    gzip->z.avail_in = (uInt)head.length;
    if (inflateInit2(&gzip->z, 16 + MAX_WBITS) != Z_OK)
        msg_fatal(STATUS_FAILED, "out of memory");
    return gzip;
}

void
inflate_close(struct input_gzip *gzip)
{
    inflateEnd(&gzip->z);
    free(gzip->data);
    free(gzip);
}

uint64_t
inflate_consumed(const struct input_gzip *gzip)
{
    return gzip->offset - gzip->z.avail_in;
}

static void __attribute__((noreturn)) damaged(const struct input_gzip *gzip, const char *why)
{
    msg_fatal(STATUS_INPUT, "%s: %s at byte %llu of the compressed data", gzip->name, why,
        (unsigned long long)inflate_consumed(gzip));
}

/* Makes sure that there is input; false at the end of the file. */
static bool
refill(struct input_gzip *gzip)
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
        msg_fatal(STATUS_INPUT, "cannot read %s: %s", gzip->name, strerror(errno));
    gzip->eof = n == 0;
    gzip->offset += (uint64_t)n;
    gzip->z.next_in = gzip->data;
    gzip->z.avail_in = (uInt)n;
    return n > 0;
}

/* Behind a member: another one, zeros up to the end, or garbage. False at the end. */
static bool
next_member(struct input_gzip *gzip)
{
    bool padded = false;

    while (refill(gzip) && *gzip->z.next_in == 0) {
        gzip->z.next_in++;
        gzip->z.avail_in--;
        padded = true;
    }
    if (!refill(gzip))
        return false;
    if (padded || *gzip->z.next_in != 0x1f)
        damaged(gzip, "something that is not gzip data follows");
    inflateReset(&gzip->z);
    return true;
}

size_t
inflate_read(struct input_gzip *gzip, char *out, size_t room)
{
    gzip->z.next_out = (unsigned char *)out;
    gzip->z.avail_out = (uInt)(room < UINT32_MAX ? room : UINT32_MAX);
    while (gzip->z.avail_out > 0 && !gzip->ended) {
        int status;

        if (!refill(gzip))
            damaged(gzip, "the compressed data is cut");
        status = inflate(&gzip->z, Z_NO_FLUSH);
        if (status == Z_STREAM_END)
            gzip->ended = !next_member(gzip);
        else if (status == Z_MEM_ERROR)
            msg_fatal(STATUS_FAILED, "out of memory");
        else if (status != Z_OK && status != Z_BUF_ERROR)
            damaged(gzip, gzip->z.msg != NULL ? gzip->z.msg : "the compressed data is damaged");
    }
    return (size_t)((char *)gzip->z.next_out - out);
}
