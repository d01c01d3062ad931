#ifndef CODEC_H
#define CODEC_H
/*
 * Decompressors behind one face: bytes in, bytes out. zlib is always there; the others are where
 * their libraries were present when this was built (Makefile: HAVE_LZ4, HAVE_ZSTD, HAVE_LZMA,
 * HAVE_BZIP2). Memory is bounded, whatever the data asks for.
 */
#include <stdbool.h>
#include <stddef.h>

#include "slice.h"

enum codec_kind {
    CODEC_GZIP,  /* RFC 1952 */
    CODEC_ZLIB,  /* RFC 1950: inside archives of the custom format */
    CODEC_LZ4,   /* its frames */
    CODEC_ZSTD,  /* RFC 8878 */
    CODEC_XZ,    /* .xz */
    CODEC_BZIP2, /* .bz2 */
};

/* So many bytes are enough to recognize compressed data. */
#define CODEC_MAGIC ((size_t)10)

/*
 * A window of that many bytes is the most that zstd's and xz's data may ask for: what `zstd --long`
 * and `xz -9` write; their usual levels need 8 MB or less. More is refused, with CODEC_BAD.
 */
#define CODEC_WINDOW ((size_t)128 * 1024 * 1024)

enum codec_state {
    CODEC_GOING, /* took some input, or gave some output */
    CODEC_ENDED, /* the member ended; what is left of the input lies behind it */
    CODEC_BAD,   /* see codec_reason() */
};

struct codec;

/* Knows compressed data by its first bytes; zlib's has no magic and is not recognized. */
bool codec_recognize(struct slice head, enum codec_kind *kind);
/* "gzip", "zstd", ... */
const char *codec_name(enum codec_kind kind);
/* NULL, or the library that was missing when this was built, as Debian calls its package. */
const char *codec_missing(enum codec_kind kind);
/* True when zeros may stand behind the last member. */
bool codec_may_be_padded(enum codec_kind kind);
/* False when no member starts with that byte. */
bool codec_may_start(enum codec_kind kind, char byte);

/* Of a kind that is not missing. */
struct codec *codec_open(enum codec_kind kind);
void codec_close(struct codec *codec);
/* For another member behind one that ended. */
void codec_restart(struct codec *codec);
/* Moves `in` behind what was taken and `*out` behind what was given; `*room` is what is left. */
enum codec_state codec_run(struct codec *codec, struct slice *in, char **out, size_t *room);
/* Why data is bad; static, or of the library. */
const char *codec_reason(const struct codec *codec);

#endif
