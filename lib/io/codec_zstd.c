#include "codec_way.h"

#ifdef HAVE_ZSTD
#include <zstd.h>

#define WINDOW_LOG 27
_Static_assert((size_t)1 << WINDOW_LOG == CODEC_WINDOW, "one limit for all");

static void *
open_zstd(void)
{
    ZSTD_DStream *zstd = ZSTD_createDStream();

    if (zstd != NULL)
        ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
    return zstd;
}

static void
close_zstd(void *state)
{
    ZSTD_freeDStream(state);
}

static enum codec_state
run(void *state, struct slice *in, char **out, size_t *room, const char **reason)
{
    ZSTD_inBuffer from = {in->data, in->length, 0};
    ZSTD_outBuffer to = {*out, *room, 0};
    size_t hint = ZSTD_decompressStream(state, &to, &from);

    if (ZSTD_isError(hint)) {
        *reason = ZSTD_getErrorName(hint);
        return CODEC_BAD;
    }
    codec_advance(in, from.pos, out, room, to.pos);
    return hint == 0 ? CODEC_ENDED : CODEC_GOING;
}

/* Ready for the next frame when one has ended. */
const struct codec_way codec_zstd = {
    .name = "zstd", .open = open_zstd, .close = close_zstd, .run = run};
#else
const struct codec_way codec_zstd = {.name = "zstd", .missing = "libzstd-dev"};
#endif
