#ifndef CODEC_WAY_H
#define CODEC_WAY_H
/*
 * The inside of codec: what each kind of compression has a file for.
 */
#include "codec.h"

struct codec_way {
    const char *name;
    const char *missing; /* as codec_missing(); then there are no functions */
    bool padded;         /* as codec_may_be_padded() */
    void *(*open)(void); /* NULL: out of memory */
    void (*close)(void *state);
    /* For the next member; NULL: nothing needs to be done. */
    void (*restart)(void *state);
    /* As codec_run(); the reason of CODEC_BAD goes to *reason, NULL when the library has none. */
    enum codec_state (*run)(
        void *state, struct slice *in, char **out, size_t *room, const char **reason);
};

extern const struct codec_way codec_gzip, codec_zlib, codec_lz4, codec_zstd, codec_xz, codec_bzip2;

/* A length as the counters of zlib and bzip2 take it. */
unsigned codec_part(size_t length);
/* Moves both ends on by what was taken and given. */
void codec_advance(struct slice *in, size_t taken, char **out, size_t *room, size_t given);
void codec_no_memory(void) __attribute__((noreturn));

#endif
