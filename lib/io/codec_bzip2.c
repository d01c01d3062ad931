#include "codec_way.h"

#ifdef HAVE_BZIP2
#include <bzlib.h>
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

static void *
open_bzip2(void)
{
    bz_stream *bzip2 = mem_alloc(sizeof *bzip2);

    if (BZ2_bzDecompressInit(bzip2, 0, 0) == BZ_OK)
        return bzip2;
    free(bzip2);
    return NULL;
}

static void
close_bzip2(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

static void
restart(void *state)
{
    BZ2_bzDecompressEnd(state);
    *(bz_stream *)state = (bz_stream){0};
    if (BZ2_bzDecompressInit(state, 0, 0) != BZ_OK)
        codec_no_memory();
}

static enum codec_state
run(void *state, struct slice *in, char **out, size_t *room, const char **reason)
{
    bz_stream *bzip2 = state;
    unsigned taken = codec_part(in->length), given = codec_part(*room);
    int status;

    bzip2->next_in = (char *)(uintptr_t)in->data;
    bzip2->avail_in = taken;
    bzip2->next_out = *out;
    bzip2->avail_out = given;
    status = BZ2_bzDecompress(bzip2);
    codec_advance(in, taken - bzip2->avail_in, out, room, given - bzip2->avail_out);
    if (status == BZ_MEM_ERROR)
        codec_no_memory();
    if (status == BZ_STREAM_END)
        return CODEC_ENDED;
    *reason = NULL;
    return status == BZ_OK ? CODEC_GOING : CODEC_BAD;
}

const struct codec_way codec_bzip2 = {
    .name = "bzip2", .open = open_bzip2, .close = close_bzip2, .restart = restart, .run = run};
#else
const struct codec_way codec_bzip2 = {.name = "bzip2", .missing = "libbz2-dev"};
#endif
