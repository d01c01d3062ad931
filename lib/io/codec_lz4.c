#include "codec_way.h"

#ifdef HAVE_LZ4
#include <lz4frame.h>

static void *
open_lz4(void)
{
    LZ4F_dctx *lz4;

    return LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION)) ? NULL : lz4;
}

static void
close_lz4(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

static enum codec_state
run(void *state, struct slice *in, char **out, size_t *room, const char **reason)
{
    size_t taken = in->length, given = *room;
    size_t hint = LZ4F_decompress(state, *out, &given, in->data, &taken, NULL);

    if (LZ4F_isError(hint)) {
        *reason = LZ4F_getErrorName(hint);
        return CODEC_BAD;
    }
    codec_advance(in, taken, out, room, given);
    return hint == 0 ? CODEC_ENDED : CODEC_GOING;
}

/* Ready for the next frame when one has ended. */
const struct codec_way codec_lz4 = {
    .name = "lz4", .open = open_lz4, .close = close_lz4, .run = run};
#else
const struct codec_way codec_lz4 = {.name = "lz4", .missing = "liblz4-dev"};
#endif
