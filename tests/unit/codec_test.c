#include "codec.h"

#include "pack.h"

#define KINDS ((int)CODEC_BZIP2 + 1)

/* Text that compresses somewhat. */
static void
make_text(struct buf *out, int lines)
{
    for (int i = 0; i < lines; i++)
        buf_add_format(out, "%d\tname %d\t\\N\n", i, i * 7919 % 1000);
}

/* Decodes one member with `in` bytes of input and `room` bytes of output at a time. */
static enum codec_state
decode(struct codec *codec, struct slice packed, size_t in, size_t room, struct buf *out)
{
    enum codec_state state = CODEC_GOING;
    size_t idle = 0;
    char chunk[4096];

    while (state == CODEC_GOING && idle < 3) {
        size_t length = packed.length < in ? packed.length : in, left = room;
        struct slice part = slice_make(packed.data, length);
        char *to = chunk;

        state = codec_run(codec, &part, &to, &left);
        packed = slice_make(
            packed.data + (length - part.length), packed.length - (length - part.length));
        buf_add(out, chunk, room - left);
        idle = part.length == length && left == room ? idle + 1 : 0;
    }
    return state;
}

START_TEST(members_are_decoded_in_any_pieces)
{
    static const size_t pieces[] = {1, 7, 4096};
    enum codec_kind kind = (enum codec_kind)(_i / 9);
    struct buf text = {0}, packed = {0}, got = {0};
    struct codec *codec;

    if (codec_missing(kind) != NULL)
        return;
    make_text(&text, 3000);
    pack(kind, buf_slice(&text), &packed);
    codec = codec_open(kind);
    for (int again = 0; again < 2; again++) {
        buf_clear(&got);
        ck_assert_int_eq(
            decode(codec, buf_slice(&packed), pieces[_i % 3], pieces[_i / 3 % 3], &got),
            CODEC_ENDED);
        ck_assert(slice_equal(buf_slice(&got), buf_slice(&text)));
        codec_restart(codec);
    }
    codec_close(codec);
}
END_TEST

START_TEST(what_is_cut_does_not_end)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf text = {0}, packed = {0}, got = {0};

    if (codec_missing(kind) != NULL)
        return;
    make_text(&text, 100);
    pack(kind, buf_slice(&text), &packed);
    for (size_t n = 0; n < packed.length; n++) {
        struct codec *codec = codec_open(kind);

        buf_clear(&got);
        ck_assert_int_ne(decode(codec, slice_make(packed.data, n), 4096, 4096, &got), CODEC_ENDED);
        ck_assert_uint_le(got.length, text.length);
        codec_close(codec);
    }
}
END_TEST

/* What a checksum covers is never decoded to other bytes. zstd's frames here have none. */
START_TEST(a_flipped_bit_is_noticed)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf text = {0}, packed = {0}, got = {0};

    if (codec_missing(kind) != NULL || kind == CODEC_ZSTD)
        return;
    make_text(&text, 100);
    pack(kind, buf_slice(&text), &packed);
    for (size_t n = 0; n < packed.length * 8; n++) {
        struct codec *codec = codec_open(kind);
        enum codec_state state;

        packed.data[n / 8] = (char)(packed.data[n / 8] ^ 1 << n % 8);
        buf_clear(&got);
        state = decode(codec, buf_slice(&packed), 4096, 4096, &got);
        ck_assert(state != CODEC_ENDED || slice_equal(buf_slice(&got), buf_slice(&text)));
        ck_assert(state != CODEC_BAD || codec_reason(codec) != NULL);
        packed.data[n / 8] = (char)(packed.data[n / 8] ^ 1 << n % 8);
        codec_close(codec);
    }
}
END_TEST

START_TEST(kinds_are_known_by_their_content)
{
    enum codec_kind kind = (enum codec_kind)_i, got;
    struct buf packed = {0};

    if (codec_missing(kind) != NULL)
        return;
    pack(kind, SLICE("x\n"), &packed);
    ck_assert(codec_recognize(buf_slice(&packed), &got) == (kind != CODEC_ZLIB));
    ck_assert(kind == CODEC_ZLIB || got == kind);
    ck_assert(codec_may_start(kind, packed.data[0]));
    ck_assert(!codec_may_start(kind, '-'));
    ck_assert(!codec_may_start(kind, '\0'));
}
END_TEST

START_TEST(text_is_not_taken_for_compressed)
{
    static const char *const texts[] = {"", "-- PostgreSQL", "BZh9 is a name", "(\n", "PGDMP", "P"};
    enum codec_kind kind;

    ck_assert(!codec_recognize(slice_string(texts[_i]), &kind));
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("codec");

    tcase_add_loop_test(tests, members_are_decoded_in_any_pieces, 0, KINDS * 9);
    tcase_add_loop_test(tests, what_is_cut_does_not_end, 0, KINDS);
    tcase_add_loop_test(tests, a_flipped_bit_is_noticed, 0, KINDS);
    tcase_add_loop_test(tests, kinds_are_known_by_their_content, 0, KINDS);
    tcase_add_loop_test(tests, text_is_not_taken_for_compressed, 0, 6);
    return unit_run(tests);
}
