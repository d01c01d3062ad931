#include "dirfile.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "unitbackup.h"

static const struct unitarchive how = {.minor = 16, .size = 4, .format = ARCHIVE_TAR};

/* Writes a file in the current folder. */
static void
put_file(const char *name, struct slice bytes)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes.data, bytes.length), (ssize_t)bytes.length);
    close(fd);
}

static void
put_packed(const char *name, enum codec_kind kind, int id)
{
    struct buf packed = {0};

    pack(kind, slice_string(unitbackup_entries[id - 1].data), &packed);
    put_file(name, buf_slice(&packed));
    buf_release(&packed);
}

/* A new folder becomes the current one, with an archive in the folder "a". */
static void
put_archive(void)
{
    static const uint64_t nowhere[16];
    char path[] = "/tmp/pgbraid-dirfile-test.XXXXXX";
    struct buf toc = {0};

    ck_assert_ptr_nonnull(mkdtemp(path));
    ck_assert_int_eq(chdir(path), 0);
    ck_assert_int_eq(mkdir("a", 0700), 0);
    unitarchive_toc(&toc, &how, unitbackup_entries, UNITBACKUP_ENTRIES, nowhere);
    put_file("a/toc.dat", buf_slice(&toc));
    put_file("a/7.dat", slice_string(unitbackup_entries[6].data));
    put_file("a/9.dat", slice_string(unitbackup_entries[8].data));
    buf_release(&toc);
}

static void
remove_all(void)
{
    static const char *const names[] = {"a/toc.dat", "a/toc.dat.gz", "a/7.dat", "a/7.dat.gz",
        "a/7.dat.lz4", "a/9.dat", "a/9.dat.zst", "elsewhere"};
    char path[100];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
    rmdir("a/7.dat");
    ck_assert_int_eq(rmdir("a"), 0);
    ck_assert_ptr_nonnull(getcwd(path, sizeof path));
    ck_assert_int_eq(rmdir(path), 0);
}

/* The status of a process of its own that reads the folder. */
static int
status_of_reading(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        struct backup *backup;
        struct buf rows = {0};

        close(STDERR_FILENO);
        backup = backup_open("a", &(struct backup_options){0});
        while (backup_next(backup))
            unitbackup_rows(backup, &rows);
        _exit(backup_is_complete(backup) ? STATUS_OK : STATUS_INPUT);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(a_folder_is_read)
{
    struct backup *backup;
    struct buf toc = {0};

    put_archive();
    if (_i == 1) {
        unlink("a/7.dat");
        put_packed("a/7.dat.gz", CODEC_GZIP, 7);
    }
    if (_i == 2 && codec_missing(CODEC_LZ4) == NULL && codec_missing(CODEC_ZSTD) == NULL) {
        unlink("a/7.dat");
        put_packed("a/7.dat.lz4", CODEC_LZ4, 7);
        unlink("a/9.dat");
        put_packed("a/9.dat.zst", CODEC_ZSTD, 9);
    }
    backup = backup_open("a", &(struct backup_options){0});
    ck_assert_int_eq(backup->access, BACKUP_RANDOM);
    unitbackup_is_whole(backup);
    ck_assert_uint_eq(backup_consumed(backup), backup_size(backup));
    backup_close(backup);
    remove_all();
    buf_release(&toc);
}
END_TEST

/* Each way spoils the folder; nothing but a regular file in it is ever opened. */
START_TEST(what_is_missing_or_no_file_is_refused)
{
    put_archive();
    put_file("elsewhere", slice_string(unitbackup_entries[6].data));
    if (_i > 0 && _i < 7)
        unlink("a/7.dat");
    switch (_i) {
    case 0:
        break; /* nothing is spoilt */
    case 1:
        break; /* it is missing */
    case 2:
        ck_assert_int_eq(symlink("../elsewhere", "a/7.dat"), 0);
        break;
    case 3:
        ck_assert_int_eq(mkfifo("a/7.dat", 0600), 0);
        break;
    case 4:
        ck_assert_int_eq(mkdir("a/7.dat", 0700), 0);
        break;
    case 5:
        put_file("a/7.dat", SLICE("1\tLyon\n"));
        break;
    case 6:
        put_file("a/7.dat.gz", SLICE("1\tLyon\n\\.\n"));
        break;
    case 7:
        unlink("a/toc.dat");
        ck_assert_int_eq(symlink("../elsewhere", "a/toc.dat"), 0);
        break;
    default:
        unlink("a/toc.dat");
        break;
    }
    ck_assert_int_eq(status_of_reading(), _i == 0 ? STATUS_OK : STATUS_INPUT);
    remove_all();
}
END_TEST

/* A name in the table of contents that pg_dump would not give. */
START_TEST(files_elsewhere_are_not_named)
{
    static const uint64_t nowhere[16];
    struct buf toc = {0};
    char *name;

    put_archive();
    unitarchive_toc(&toc, &how, unitbackup_entries, UNITBACKUP_ENTRIES, nowhere);
    name = memmem(toc.data, toc.length, "7.dat", 5);
    ck_assert_ptr_nonnull(name);
    memcpy(name, "/etc/", 5);
    put_file("a/toc.dat", buf_slice(&toc));
    ck_assert_int_eq(status_of_reading(), STATUS_INPUT);
    remove_all();
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("dirfile");

    tcase_add_loop_test(tests, a_folder_is_read, 0, 3);
    tcase_add_loop_test(tests, what_is_missing_or_no_file_is_refused, 0, 9);
    tcase_add_test(tests, files_elsewhere_are_not_named);
    return unit_run(tests);
}
