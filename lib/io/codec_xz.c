#include "codec_way.h"

#ifdef HAVE_LZMA
#include <lzma.h>
#include <stdlib.h>

#include "mem.h"

/* Beside the window the decoder needs less than that. */
#define OVERHEAD ((uint64_t)1024 * 1024)

static void
restart(void *state)
{
    if (lzma_stream_decoder(state, CODEC_WINDOW + OVERHEAD, 0) != LZMA_OK)
        codec_no_memory();
}

static void *
open_xz(void)
{
    static const lzma_stream fresh = LZMA_STREAM_INIT;
    lzma_stream *xz = mem_alloc(sizeof *xz);

    *xz = fresh;
    restart(xz);
    return xz;
}

static void
close_xz(void *state)
{
    lzma_end(state);
    free(state);
}

static enum codec_state
run(void *state, struct slice *in, char **out, size_t *room, const char **reason)
{
    lzma_stream *xz = state;
    lzma_ret status;

    xz->next_in = (const uint8_t *)in->data;
    xz->avail_in = in->length;
    xz->next_out = (uint8_t *)*out;
    xz->avail_out = *room;
    status = lzma_code(xz, LZMA_RUN);
    codec_advance(in, in->length - xz->avail_in, out, room, *room - xz->avail_out);
    if (status == LZMA_MEM_ERROR)
        codec_no_memory();
    if (status == LZMA_STREAM_END)
        return CODEC_ENDED;
    if (status == LZMA_OK || status == LZMA_BUF_ERROR)
        return CODEC_GOING;
    *reason = status == LZMA_MEMLIMIT_ERROR ? "its window is larger than 128 MB" : NULL;
    return CODEC_BAD;
}

const struct codec_way codec_xz = {.name = "xz",
    .padded = true,
    .open = open_xz,
    .close = close_xz,
    .restart = restart,
    .run = run};
#else
const struct codec_way codec_xz = {.name = "xz", .missing = "liblzma-dev"};
#endif
