#include "tarfile.h"

#include "unitbackup.h"
#include "unittar.h"

static const struct unitarchive how = {.minor = 14, .size = 4, .format = ARCHIVE_TAR};

/* toc.dat, or the data of an entry, as pg_dump names it, behind a folder. */
static void
put_toc(struct buf *tar, const char *folder)
{
    static const uint64_t nowhere[16];
    struct buf toc = {0};
    char name[100];

    unitarchive_toc(&toc, &how, unitbackup_entries, UNITBACKUP_ENTRIES, nowhere);
    snprintf(name, sizeof name, "%stoc.dat", folder);
    unittar_member(tar, name, '0', buf_slice(&toc));
    buf_release(&toc);
}

static void
put_data(struct buf *tar, const char *folder, int id)
{
    char name[100];

    snprintf(name, sizeof name, "%s%d.dat", folder, id);
    unittar_member(tar, name, '0', slice_string(unitbackup_entries[id - 1].data));
}

/* As pg_dump writes it. */
static void
put_archive(struct buf *tar)
{
    put_toc(tar, "");
    put_data(tar, "", 7);
    unittar_member(tar, "blob_16500.dat", '0', SLICE("bytes"));
    unittar_member(tar, "blobs.toc", '0', SLICE("16500 blob_16500.dat\n"));
    put_data(tar, "", 9);
    unittar_member(tar, "restore.sql", '0', SLICE("-- a script\n"));
    unittar_end(tar);
}

START_TEST(a_tar_file_of_pg_dump_is_read)
{
    struct buf tar = {0};
    struct backup *backup;

    put_archive(&tar);
    backup = unitbackup_open(buf_slice(&tar), _i == 0 ? BACKUP_RANDOM : BACKUP_ONCE);
    ck_assert_int_eq(backup->access, BACKUP_RANDOM);
    unitbackup_is_whole(backup);
    backup_close(backup);
}
END_TEST

/* As tar(1) on a Mac and others pack a folder: other order, other files beside, long names. */
START_TEST(a_tar_file_that_was_packed_again_is_read)
{
    struct buf tar = {0}, packed = {0};
    struct backup *backup;

    unittar_member(&tar, "./._shop", '0', SLICE("Apple"));
    unittar_member(&tar, "shop/", '5', SLICE(""));
    unittar_member(&tar, "shop/._7.dat", '0', SLICE("Apple"));
    unittar_member(&tar, "pax", 'g', SLICE("11 path=x\n"));
    unittar_member(&tar, "PaxHeader", 'x', SLICE("19 path=shop/7.dat\n"));
    unittar_member(&tar, "ignored", '0', slice_string(unitbackup_entries[6].data));
    unittar_member(&tar, "shop/link", '2', SLICE(""));
    unittar_member(&tar, "././@LongLink", 'L', SLICE("shop/9.dat.gz\0"));
    pack(CODEC_GZIP, slice_string(unitbackup_entries[8].data), &packed);
    unittar_member(&tar, "shop/9", '0', buf_slice(&packed));
    put_toc(&tar, "shop/");
    unittar_end(&tar);
    buf_clear(&packed);
    if (_i == 1) {
        pack(CODEC_GZIP, buf_slice(&tar), &packed);
        tar = packed;
    }
    backup = unitbackup_open(buf_slice(&tar), BACKUP_RANDOM);
    unitbackup_is_whole(backup);
    backup_close(backup);
}
END_TEST

START_TEST(a_size_may_stand_before_the_header)
{
    struct buf tar = {0};
    struct backup *backup;

    put_toc(&tar, "");
    unittar_member(&tar, "PaxHeader", 'x', SLICE("11 size=26\n"));
    unittar_header(&tar, "7.dat", '0', 0);
    ck_assert_uint_eq(strlen(unitbackup_entries[6].data), 23);
    buf_add_string(&tar, unitbackup_entries[6].data);
    buf_add_string(&tar, "\n\n\n");
    unittar_fill(&tar);
    put_data(&tar, "", 9);
    unittar_end(&tar);
    backup = unitbackup_open(buf_slice(&tar), BACKUP_RANDOM);
    unitbackup_is_whole(backup);
    backup_close(backup);
}
END_TEST

/* At any block, and some bytes before it. Without its end alone it is whole, but not complete. */
START_TEST(a_tar_file_that_is_cut_is_refused)
{
    struct buf tar = {0};

    put_archive(&tar);
    for (size_t n = TARHEAD_SIZE; n < tar.length - TARHEAD_SIZE; n += TARHEAD_SIZE) {
        size_t cut = n - (size_t)_i;
        int status = unitbackup_status(slice_make(tar.data, cut), BACKUP_RANDOM);

        ck_assert_msg(status == STATUS_INPUT, "cut at %zu of %zu: %d", cut, tar.length, status);
    }
    ck_assert_int_eq(
        unitbackup_status(slice_make(tar.data, tar.length - TARHEAD_SIZE), BACKUP_RANDOM),
        STATUS_OK);
}
END_TEST

START_TEST(what_was_tampered_with_is_refused)
{
    struct buf tar = {0};

    put_toc(&tar, "");
    put_data(&tar, "", 9);
    switch (_i) {
    case 0:
        put_data(&tar, "", 7);
        break; /* nothing yet */
    case 1:
        unittar_member(&tar, "7.dat", '2', slice_string(unitbackup_entries[6].data));
        break;
    case 2:
        unittar_member(&tar, "7.dat", '1', slice_string(unitbackup_entries[6].data));
        break;
    case 3:
        put_data(&tar, "other/", 7);
        break;
    case 4:
        put_data(&tar, "", 7);
        put_data(&tar, "", 7);
        break;
    case 5:
        unittar_member(&tar, "x", 'x', SLICE("no records"));
        put_data(&tar, "", 7);
        break;
    case 6:
        unittar_header(&tar, "x", 'L', 1 << 30);
        put_data(&tar, "", 7);
        break;
    case 7:
        unittar_header(&tar, "7.dat", '0', 1 << 30);
        buf_add_string(&tar, unitbackup_entries[6].data);
        unittar_fill(&tar);
        break;
    case 8:
        put_data(&tar, "", 7);
        tar.data[tar.length - 2 * TARHEAD_SIZE] ^= 1; /* a name */
        break;
    default:
        break; /* the data of entry 7 is not there */
    }
    unittar_end(&tar);
    ck_assert_int_eq(
        unitbackup_status(buf_slice(&tar), BACKUP_RANDOM), _i == 0 ? STATUS_OK : STATUS_INPUT);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("tarfile");

    tcase_add_loop_test(tests, a_tar_file_of_pg_dump_is_read, 0, 2);
    tcase_add_loop_test(tests, a_tar_file_that_was_packed_again_is_read, 0, 2);
    tcase_add_test(tests, a_size_may_stand_before_the_header);
    tcase_add_loop_test(tests, a_tar_file_that_is_cut_is_refused, 0, 2);
    tcase_add_loop_test(tests, what_was_tampered_with_is_refused, 0, 10);
    return unit_run(tests);
}
