#include "unwrap.h"

#include <stdlib.h>

#include "mem.h"

#define UNWRAP_BUFFER ((size_t)128 * 1024)
#define TOLERANCE ((uint64_t)1024 * 1024) /* of a length: more than a block of deflate holds */

struct unwrap {
    enum codec_kind kind;
    struct codec *codec; /* NULL: not yet */
    struct input_source below;
    char *data;      /* the buffer */
    struct slice in; /* what is left of it */
    uint64_t offset; /* below, of the end of what was read */
    bool eof, ended; /* nothing more below; nothing more to give */
    bool inside;     /* a member */
    char *damage;
    uint64_t given, sound; /* bytes; those that are known to be right */
    unsigned char tail[4]; /* the last bytes that were read below */
};

static void
close_unwrap(void *context)
{
    struct unwrap *unwrap = context;

    if (unwrap->codec != NULL)
        codec_close(unwrap->codec);
    if (unwrap->below.close != NULL)
        unwrap->below.close(unwrap->below.context);
    free(unwrap->data);
    free(unwrap);
}

static uint64_t
consumed(const void *context)
{
    const struct unwrap *unwrap = context;

    return unwrap->offset - unwrap->in.length;
}

static void
damaged(struct unwrap *unwrap, const char *why)
{
    if (unwrap->damage == NULL)
        unwrap->damage = mem_format(
            "%s at byte %llu of the compressed data", why, (unsigned long long)consumed(unwrap));
    unwrap->ended = true;
}

/* The bytes below that were read last. */
static void
note_tail(struct unwrap *unwrap, struct slice bytes)
{
    size_t room = sizeof unwrap->tail, n = bytes.length < room ? bytes.length : room;

    if (n == 0)
        return;
    memmove(unwrap->tail, unwrap->tail + n, room - n);
    memcpy(unwrap->tail + room - n, bytes.data + bytes.length - n, n);
}

/*
 * True where data that runs out may not be cut but damaged: its last bytes are the length of about
 * what it gave, modulo 2^32 (RFC 1952, 2.3.1). A fault goes on past the end of a member only from
 * its last block, so the length is about right.
 */
static bool
may_have_its_end(const struct unwrap *unwrap)
{
    const unsigned char *tail = unwrap->tail;
    uint64_t member = unwrap->given - unwrap->sound;
    uint64_t tolerance = member < 65536 ? 16 * member + 4096 : TOLERANCE;
    uint32_t length = tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 |
                      (uint32_t)tail[3] << 24,
             more = length - (uint32_t)member, less = (uint32_t)member - length;

    return unwrap->kind == CODEC_GZIP && (more < less ? more : less) <= tolerance;
}

/* Makes sure that there is input; false at its end, and when it is damaged below. */
static bool
refill(struct unwrap *unwrap)
{
    size_t n;

    if (unwrap->in.length > 0)
        return true;
    if (unwrap->eof)
        return false;
    n = unwrap->below.read(unwrap->below.context, unwrap->data, UNWRAP_BUFFER, &unwrap->damage);
    unwrap->eof = n == 0;
    unwrap->offset += n;
    unwrap->in = slice_make(unwrap->data, n);
    note_tail(unwrap, unwrap->in);
    return n > 0;
}

/* At the start, or behind a member: another one, zeros up to the end, or garbage. */
static void
start_member(struct unwrap *unwrap)
{
    bool padded = false;

    while (codec_may_be_padded(unwrap->kind) && refill(unwrap) && unwrap->in.data[0] == '\0') {
        unwrap->in = slice_make(unwrap->in.data + 1, unwrap->in.length - 1);
        padded = true;
    }
    if (!refill(unwrap)) {
        unwrap->ended = true;
    } else if (padded || !codec_may_start(unwrap->kind, unwrap->in.data[0])) {
        damaged(
            unwrap, mem_format("something that is not %s data follows", codec_name(unwrap->kind)));
    } else {
        if (unwrap->codec == NULL)
            unwrap->codec = codec_open(unwrap->kind);
        else
            codec_restart(unwrap->codec);
        unwrap->inside = true;
    }
}

/* One step inside a member. What the codec holds back is asked for before more is read. */
static void
step(struct unwrap *unwrap, char **out, size_t *room)
{
    size_t length = unwrap->in.length, space = *room;
    enum codec_state state = codec_run(unwrap->codec, &unwrap->in, out, room);

    unwrap->given += space - *room;
    if (state == CODEC_ENDED) {
        unwrap->inside = false;
        unwrap->sound = unwrap->given;
    } else if (state == CODEC_BAD) {
        damaged(unwrap, codec_reason(unwrap->codec));
    } else if (unwrap->in.length == length && *room == space && (length > 0 || !refill(unwrap))) {
        bool cut = !may_have_its_end(unwrap);

        if (cut)
            unwrap->sound = unwrap->given;
        damaged(unwrap, cut ? "the compressed data is cut" : "the compressed data is damaged");
    }
}

static uint64_t
sound(const void *context)
{
    return ((const struct unwrap *)context)->sound;
}

static size_t
read_unwrap(void *context, char *out, size_t room, char **damage)
{
    struct unwrap *unwrap = context;
    size_t left = room;

    while (left > 0 && !unwrap->ended)
        if (unwrap->inside)
            step(unwrap, &out, &left);
        else
            start_member(unwrap);
    *damage = unwrap->damage;
    return room - left;
}

struct input_source
unwrap_open(enum codec_kind kind, struct input_source below, struct slice head)
{
    struct unwrap *unwrap = mem_alloc(sizeof *unwrap);
    size_t room = head.length > UNWRAP_BUFFER ? head.length : UNWRAP_BUFFER;

    unwrap->kind = kind;
    unwrap->below = below;
    unwrap->data = mem_alloc(room);
    memcpy(unwrap->data, head.data, head.length);
    unwrap->in = slice_make(unwrap->data, head.length);
    unwrap->offset = head.length;
    note_tail(unwrap, head);
    if (codec_missing(kind) != NULL) {
        unwrap->damage = mem_format("it is compressed with %s, which this build cannot read: "
                                    "install %s and build again",
            codec_name(kind), codec_missing(kind));
        unwrap->ended = true;
    }
    return (struct input_source){read_unwrap, consumed, close_unwrap, unwrap, sound};
}
