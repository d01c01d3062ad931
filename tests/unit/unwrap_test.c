#include "unwrap.h"

#include "mem.h"
#include "pack.h"

#define KINDS ((int)CODEC_BZIP2 + 1)

/* Bytes that come a few at a time. */
struct drip {
    struct slice left;
    size_t piece;
    bool closed;
};

static size_t
read_drip(void *context, char *out, size_t room, char **damage)
{
    struct drip *drip = context;
    size_t n = drip->left.length < drip->piece ? drip->left.length : drip->piece;

    (void)damage;
    n = n < room ? n : room;
    memcpy(out, drip->left.data, n);
    drip->left = slice_make(drip->left.data + n, drip->left.length - n);
    return n;
}

static void
close_drip(void *context)
{
    ((struct drip *)context)->closed = true;
}

static uint64_t sound; /* of what unwrap_all() read last */

/* All that the bytes hold; the result is the damage. */
static char *
unwrap_all(enum codec_kind kind, struct slice bytes, size_t piece, size_t room, struct buf *out)
{
    struct drip drip = {bytes, piece, false};
    struct input_source source = unwrap_open(kind,
        (struct input_source){.read = read_drip, .close = close_drip, .context = &drip},
        (struct slice){"", 0});
    char chunk[4096], *damage = NULL;
    size_t n;

    while ((n = source.read(source.context, chunk, room, &damage)) > 0)
        buf_add(out, chunk, n);
    ck_assert(damage != NULL || source.consumed(source.context) == bytes.length);
    sound = source.sound(source.context);
    source.close(source.context);
    ck_assert(drip.closed);
    return damage;
}

static void
make_text(struct buf *out, int lines)
{
    for (int i = 0; i < lines; i++)
        buf_add_format(out, "%d\tname %d\t\\N\n", i, i * 7919 % 1000);
}

/* zlib has no members that follow each other. */
static bool
is_left_out(enum codec_kind kind)
{
    return kind == CODEC_ZLIB || codec_missing(kind) != NULL;
}

START_TEST(all_members_are_read)
{
    static const size_t pieces[] = {1, 100, 100000};
    enum codec_kind kind = (enum codec_kind)(_i / 3);
    struct buf text = {0}, packed = {0}, got = {0};

    if (is_left_out(kind))
        return;
    make_text(&text, 5000);
    pack(kind, buf_slice(&text), &packed);
    pack(kind, SLICE(""), &packed);
    pack(kind, SLICE("the end"), &packed);
    buf_add_string(&text, "the end");
    ck_assert_ptr_null(unwrap_all(kind, buf_slice(&packed), pieces[_i % 3], 4096, &got));
    ck_assert(slice_equal(buf_slice(&got), buf_slice(&text)));
    buf_clear(&got);
    ck_assert_ptr_null(unwrap_all(kind, buf_slice(&packed), 100000, 3, &got));
    ck_assert(slice_equal(buf_slice(&got), buf_slice(&text)));
}
END_TEST

START_TEST(zeros_behind_the_last_member_are_padding_for_some)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf packed = {0}, got = {0};
    char *damage;

    if (is_left_out(kind))
        return;
    pack(kind, SLICE("text"), &packed);
    buf_add(&packed, "\0\0\0\0\0\0\0\0", 8);
    damage = unwrap_all(kind, buf_slice(&packed), 5, 10, &got);
    unit_slice_is(buf_slice(&got), "text");
    ck_assert((damage == NULL) == codec_may_be_padded(kind));
}
END_TEST

START_TEST(garbage_behind_the_last_member_is_named)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf packed = {0}, got = {0};
    char *damage, *want;

    if (is_left_out(kind))
        return;
    pack(kind, SLICE("text"), &packed);
    want = mem_format("something that is not %s data follows at byte %zu of the compressed data",
        codec_name(kind), packed.length);
    buf_add_string(&packed, "-- more");
    damage = unwrap_all(kind, buf_slice(&packed), 1000, 1000, &got);
    unit_slice_is(buf_slice(&got), "text");
    ck_assert_str_eq(damage, want);
}
END_TEST

START_TEST(a_cut_anywhere_is_noticed)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf text = {0}, packed = {0}, got = {0};

    if (is_left_out(kind))
        return;
    make_text(&text, 50);
    pack(kind, buf_slice(&text), &packed);
    for (size_t n = 1; n < packed.length; n++) {
        buf_clear(&got);
        ck_assert_ptr_nonnull(unwrap_all(kind, slice_make(packed.data, n), 64, 512, &got));
        ck_assert_uint_le(got.length, text.length);
        ck_assert(memcmp(got.data != NULL ? got.data : "", text.data, got.length) == 0);
        /* a short cut may seem to have gzip's length at its end */
        ck_assert(sound == got.length || (sound == 0 && n < packed.length / 2));
    }
}
END_TEST

/* Two members, any bit of which is flipped: what is called sound is what stood there. */
START_TEST(what_is_sound_is_right)
{
    enum codec_kind kind = (enum codec_kind)_i;
    struct buf text = {0}, packed = {0}, got = {0};
    size_t first, once = 0;

    if (is_left_out(kind))
        return;
    make_text(&text, 50);
    pack(kind, buf_slice(&text), &packed);
    first = text.length;
    make_text(&text, 100);
    pack(kind, slice_make(text.data + first, text.length - first), &packed);
    for (size_t bit = 0; bit < 8 * packed.length; bit++) {
        buf_clear(&got);
        packed.data[bit / 8] ^= (char)(1 << bit % 8);
        if (unwrap_all(kind, buf_slice(&packed), 64, 512, &got) != NULL) {
            ck_assert_uint_le(sound, got.length);
            ck_assert(sound == 0 || memcmp(got.data, text.data, sound) == 0);
            once += sound == first;
        }
        packed.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ck_assert_uint_gt(once, packed.length); /* the first member is sound where the second is not */
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("unwrap");

    tcase_add_loop_test(tests, all_members_are_read, 0, KINDS * 3);
    tcase_add_loop_test(tests, zeros_behind_the_last_member_are_padding_for_some, 0, KINDS);
    tcase_add_loop_test(tests, garbage_behind_the_last_member_is_named, 0, KINDS);
    tcase_add_loop_test(tests, a_cut_anywhere_is_noticed, 0, KINDS);
    tcase_add_loop_test(tests, what_is_sound_is_right, 0, KINDS);
    return unit_run(tests);
}
