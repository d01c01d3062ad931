#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "codec_way.h"
#include "mem.h"

static void *
open_with(int window)
{
    z_stream *z = mem_alloc(sizeof *z);

    if (inflateInit2(z, window) == Z_OK)
        return z;
    free(z);
    return NULL;
}

static void *
open_gzip(void)
{
    return open_with(16 + MAX_WBITS);
}

static void *
open_zlib(void)
{
    return open_with(MAX_WBITS);
}

static void
close_z(void *state)
{
    inflateEnd(state);
    free(state);
}

static void
restart(void *state)
{
    inflateReset(state);
}

static enum codec_state
run(void *state, struct slice *in, char **out, size_t *room, const char **reason)
{
    z_stream *z = state;
    unsigned taken = codec_part(in->length), given = codec_part(*room);
    int status;

    z->next_in = (unsigned char *)(uintptr_t)in->data;
    z->avail_in = taken;
    z->next_out = (unsigned char *)*out;
    z->avail_out = given;
    status = inflate(z, Z_NO_FLUSH);
    codec_advance(in, taken - z->avail_in, out, room, given - z->avail_out);
    if (status == Z_MEM_ERROR)
        codec_no_memory();
    if (status == Z_STREAM_END)
        return CODEC_ENDED;
    *reason = z->msg;
    return status == Z_OK || status == Z_BUF_ERROR ? CODEC_GOING : CODEC_BAD;
}

const struct codec_way codec_gzip = {.name = "gzip",
    .padded = true,
    .open = open_gzip,
    .close = close_z,
    .restart = restart,
    .run = run};
const struct codec_way codec_zlib = {
    .name = "zlib", .open = open_zlib, .close = close_z, .restart = restart, .run = run};
