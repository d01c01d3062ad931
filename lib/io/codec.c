#include "codec.h"

#include <stdint.h>
#include <stdlib.h>

#include "codec_way.h"
#include "mem.h"
#include "msg.h"

struct codec {
    const struct codec_way *way;
    void *state; /* the library's */
    const char *reason;
};

static const struct codec_way *const ways[] = {
    [CODEC_GZIP] = &codec_gzip,
    [CODEC_ZLIB] = &codec_zlib,
    [CODEC_LZ4] = &codec_lz4,
    [CODEC_ZSTD] = &codec_zstd,
    [CODEC_XZ] = &codec_xz,
    [CODEC_BZIP2] = &codec_bzip2,
};

/* A stream of bzip2 is "BZh", the level, then the mark of a block or that of the end. */
static bool
is_bzip2(struct slice head)
{
    struct slice mark;

    if (head.length < 10 || !slice_starts(head, SLICE("BZh")) || head.data[3] < '1' ||
        head.data[3] > '9')
        return false;
    mark = slice_make(head.data + 4, 6);
    return slice_equal(mark, SLICE("1AY&SY")) ||
           slice_equal(mark, SLICE("\x17\x72\x45\x38\x50\x90"));
}

/* The frames that readers of zstd skip; pzstd(1) writes one in front. */
static bool
is_skippable(struct slice head)
{
    return head.length >= 4 && ((unsigned char)head.data[0] & 0xf0) == 0x50 &&
           memcmp(head.data + 1, "\x2a\x4d\x18", 3) == 0;
}

bool
codec_recognize(struct slice head, enum codec_kind *kind)
{
    if (slice_starts(head, SLICE("\x1f\x8b\x08")))
        *kind = CODEC_GZIP;
    else if (slice_starts(head, SLICE("\x28\xb5\x2f\xfd")) || is_skippable(head))
        *kind = CODEC_ZSTD;
    else if (slice_starts(head, SLICE("\x04\x22\x4d\x18")))
        *kind = CODEC_LZ4;
    else if (slice_starts(head, SLICE("\xfd\x37\x7a\x58\x5a\x00")))
        *kind = CODEC_XZ;
    else if (is_bzip2(head))
        *kind = CODEC_BZIP2;
    else
        return false;
    return true;
}

const char *
codec_name(enum codec_kind kind)
{
    return ways[kind]->name;
}

const char *
codec_missing(enum codec_kind kind)
{
    return ways[kind]->missing;
}

bool
codec_may_be_padded(enum codec_kind kind)
{
    return ways[kind]->padded;
}

bool
codec_may_start(enum codec_kind kind, char byte)
{
    bool skippable = ((unsigned char)byte & 0xf0) == 0x50;

    switch (kind) {
    case CODEC_GZIP:
        return byte == '\x1f';
    case CODEC_LZ4:
        return byte == '\x04' || skippable;
    case CODEC_ZSTD:
        return byte == '\x28' || skippable;
    case CODEC_XZ:
        return byte == '\xfd';
    case CODEC_BZIP2:
        return byte == 'B';
    case CODEC_ZLIB: /* the method is 8: RFC 1950, 2.2 */
        return ((unsigned char)byte & 0x0f) == 8;
    }
    return false;
}

struct codec *
codec_open(enum codec_kind kind)
{
    struct codec *codec = mem_alloc(sizeof *codec);

    codec->way = ways[kind];
    codec->state = codec->way->open();
    if (codec->state == NULL)
        codec_no_memory();
    return codec;
}

void
codec_close(struct codec *codec)
{
    codec->way->close(codec->state);
    free(codec);
}

void
codec_restart(struct codec *codec)
{
    if (codec->way->restart != NULL)
        codec->way->restart(codec->state);
}

enum codec_state
codec_run(struct codec *codec, struct slice *in, char **out, size_t *room)
{
    return codec->way->run(codec->state, in, out, room, &codec->reason);
}

const char *
codec_reason(const struct codec *codec)
{
    return codec->reason != NULL ? codec->reason : "the compressed data is damaged";
}

/* ---- for the ways */

unsigned
codec_part(size_t length)
{
    return length < UINT32_MAX ? (unsigned)length : UINT32_MAX;
}

void
codec_advance(struct slice *in, size_t taken, char **out, size_t *room, size_t given)
{
    *in = slice_make(in->data + taken, in->length - taken);
    *out += given;
    *room -= given;
}

void
codec_no_memory(void)
{
    msg_fatal(STATUS_FAILED, "out of memory");
}
