#include "unpack.h"

#include <unistd.h>

#include "pack.h"
#include "spool.h"

/* A file of those bytes as an input, which is decompressed. */
static struct input *
packed_input(struct slice bytes)
{
    struct spool *spool = spool_open();
    struct input *input;

    spool_write(spool, bytes);
    input = input_open_descriptor(spool_detach(spool), "test");
    ck_assert_int_eq((int)lseek(input->fd, 0, SEEK_SET), 0);
    input_unwrap(input, CODEC_GZIP);
    input->forgiving = true;
    return input;
}

static struct slice
all_of(struct input *input)
{
    while (input_fill(input))
        continue;
    return slice_make(input->data, input->end);
}

START_TEST(what_is_whole_is_kept_whole)
{
    struct buf packed = {0};
    struct input *input;
    char *damage;

    pack(CODEC_GZIP, SLICE("one "), &packed);
    pack(CODEC_GZIP, SLICE("two"), &packed);
    input = packed_input(buf_slice(&packed));
    ck_assert(input_fill(input));
    input = unpack_input(input, &damage);
    ck_assert_ptr_null(damage);
    ck_assert(input_can_seek(input));
    unit_slice_is(all_of(input), "one two");
    ck_assert_str_eq(input->name, "test");
}
END_TEST

START_TEST(of_what_is_damaged_the_sound_part_is_kept)
{
    struct buf packed = {0};
    struct input *input;
    char *damage;

    pack(CODEC_GZIP, SLICE("one "), &packed);
    pack(CODEC_GZIP, SLICE("two"), &packed);
    packed.data[packed.length - 6] ^= 1; /* of the checksum */
    input = unpack_input(packed_input(buf_slice(&packed)), &damage);
    ck_assert_ptr_nonnull(damage);
    unit_slice_is(all_of(input), "one ");
}
END_TEST

START_TEST(of_what_is_cut_all_is_kept)
{
    struct buf packed = {0};
    char *damage;

    pack(CODEC_GZIP, SLICE("one two"), &packed);
    packed.length -= 8; /* checksum and length */
    unit_slice_is(all_of(unpack_input(packed_input(buf_slice(&packed)), &damage)), "one two");
    ck_assert_ptr_nonnull(damage);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("unpack");

    tcase_add_test(tests, what_is_whole_is_kept_whole);
    tcase_add_test(tests, of_what_is_damaged_the_sound_part_is_kept);
    tcase_add_test(tests, of_what_is_cut_all_is_kept);
    return unit_run(tests);
}
