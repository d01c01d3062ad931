#ifndef PACK_H
#define PACK_H
/*
 * Compressed data for tests, made by the libraries themselves: one member of each kind. A kind that
 * is missing in this build cannot be packed: ask codec_missing() first.
 */
#include <zlib.h>
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif

#include "buf.h"
#include "codec.h"
#include "unit.h"

#define PACK_ROOM(length) ((length) + (length) / 8 + 65536)

static inline size_t
pack_zlib(struct slice bytes, char *out, size_t room, int window)
{
    z_stream z = {0};

    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)bytes.data;
    z.avail_in = (unsigned)bytes.length;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

#ifdef HAVE_LZ4
/* With its checksum, as lz4(1) writes it. */
static inline size_t
pack_lz4(struct slice bytes, char *out, size_t room)
{
    LZ4F_preferences_t how = {0};
    size_t n;

    how.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    n = LZ4F_compressFrame(out, room, bytes.data, bytes.length, &how);
    ck_assert(!LZ4F_isError(n));
    return n;
}
#endif

#ifdef HAVE_LZMA
static inline size_t
pack_xz(struct slice bytes, char *out, size_t room)
{
    size_t n = 0;

    ck_assert_int_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)bytes.data,
                         bytes.length, (uint8_t *)out, &n, room),
        LZMA_OK);
    return n;
}
#endif

#ifdef HAVE_BZIP2
static inline size_t
pack_bzip2(struct slice bytes, char *out, size_t room)
{
    unsigned n = (unsigned)room;

    ck_assert_int_eq(
        BZ2_bzBuffToBuffCompress(out, &n, (char *)bytes.data, (unsigned)bytes.length, 1, 0, 0),
        BZ_OK);
    return n;
}
#endif

/* Appends one member that holds the bytes. */
static inline void
pack(enum codec_kind kind, struct slice bytes, struct buf *out)
{
    size_t room = PACK_ROOM(bytes.length), n = 0;
    char *at;

    buf_reserve(out, room);
    at = out->data + out->length;
    if (kind == CODEC_GZIP || kind == CODEC_ZLIB)
        n = pack_zlib(bytes, at, room, kind == CODEC_GZIP ? 16 + MAX_WBITS : MAX_WBITS);
#ifdef HAVE_LZ4
    if (kind == CODEC_LZ4)
        n = pack_lz4(bytes, at, room);
#endif
#ifdef HAVE_ZSTD
    if (kind == CODEC_ZSTD)
        n = ZSTD_compress(at, room, bytes.data, bytes.length, 1);
#endif
#ifdef HAVE_LZMA
    if (kind == CODEC_XZ)
        n = pack_xz(bytes, at, room);
#endif
#ifdef HAVE_BZIP2
    if (kind == CODEC_BZIP2)
        n = pack_bzip2(bytes, at, room);
#endif
    out->length += n;
}

#endif
