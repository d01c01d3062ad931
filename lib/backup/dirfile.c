#include "dirfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "member.h"
#include "msg.h"

struct dirfile {
    struct backup *backup;
    int folder;
    uint64_t consumed, size; /* of all its data */
};

/* A file that is read. */
struct reading {
    struct dirfile *dir;
    int fd;
};

bool
dirfile_recognizes(const char *path)
{
    struct stat status;

    return path != NULL && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Looks for the file of an entry. False when there is none; what is no regular file is refused. */
static bool
find_file(const struct dirfile *dir, int64_t id, enum member_packing *packing, struct stat *status)
{
    char name[MEMBER_NAME];

    for (int i = 0; i < MEMBER_PACKINGS; i++) {
        *packing = (enum member_packing)i;
        member_format(id, *packing, name);
        if (fstatat(dir->folder, name, status, AT_SYMLINK_NOFOLLOW) == 0) {
            if (!S_ISREG(status->st_mode))
                backup_refuse(dir->backup, 0, "%s is no regular file", name);
            return true;
        }
        if (errno != ENOENT)
            backup_refuse(dir->backup, 0, "cannot look at %s: %s", name, strerror(errno));
    }
    return false;
}

static size_t
read_file(void *context, char *out, size_t room, char **damage)
{
    struct reading *reading = context;
    ssize_t n;

    do
        n = read(reading->fd, out, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        *damage = mem_format("cannot be read: %s", strerror(errno));
    reading->dir->consumed += n > 0 ? (uint64_t)n : 0;
    return n > 0 ? (size_t)n : 0;
}

static void
close_reading(void *context)
{
    struct reading *reading = context;

    close(reading->fd);
    free(reading);
}

/* Opens a file that find_file() found. */
static struct input *
open_file(struct dirfile *dir, int64_t id, enum member_packing packing, const char *title)
{
    static const enum codec_kind kinds[] = {
        [MEMBER_GZIP] = CODEC_GZIP, [MEMBER_LZ4] = CODEC_LZ4, [MEMBER_ZSTD] = CODEC_ZSTD};
    struct reading *reading = mem_alloc(sizeof *reading);
    char name[MEMBER_NAME];
    struct stat status;
    struct input *input;

    member_format(id, packing, name);
    reading->dir = dir;
    reading->fd = openat(dir->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (reading->fd < 0)
        backup_refuse(dir->backup, 0, "cannot open %s: %s", name, strerror(errno));
    if (fstat(reading->fd, &status) != 0 || !S_ISREG(status.st_mode))
        backup_refuse(dir->backup, 0, "%s is no regular file", name);
    input = input_open_source(
        (struct input_source){.read = read_file, .close = close_reading, .context = reading},
        title);
    if (packing != MEMBER_PLAIN)
        input_unwrap(input, kinds[packing]);
    return input;
}

/* ---- the container */

static void
locate(void *state, struct toc *toc)
{
    struct dirfile *dir = state;
    enum member_packing packing;
    struct stat status;

    dir->consumed = 0; /* the table of contents does not count */
    for (size_t i = 0; i < toc->n; i++) {
        struct toc_data *data = &toc->data[i];

        data->seen = data->table == NULL || find_file(dir, data->id, &packing, &status);
        data->size = data->table != NULL && data->seen ? (uint64_t)status.st_size : 0;
        dir->size += data->size;
    }
}

static struct input *
open_data(void *state, const struct toc_data *data, const char *name)
{
    struct dirfile *dir = state;
    enum member_packing packing;
    struct stat status;

    if (!find_file(dir, data->id, &packing, &status))
        backup_refuse(dir->backup, 0, "the data of %s has vanished", data->table);
    return open_file(dir, data->id, packing, name);
}

static const char *
nothing(const void *state)
{
    (void)state;
    return NULL;
}

static uint64_t
consumed(const void *state)
{
    return ((const struct dirfile *)state)->consumed;
}

static uint64_t
size(const void *state)
{
    return ((const struct dirfile *)state)->size;
}

static void
close_dir(void *state)
{
    struct dirfile *dir = state;

    close(dir->folder);
    free(dir);
}

struct container
dirfile_open(struct backup *backup, const char *path)
{
    struct dirfile *dir = mem_alloc(sizeof *dir);
    enum member_packing packing;
    struct stat status;

    dir->backup = backup;
    dir->folder = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (dir->folder < 0)
        msg_fatal(STATUS_INPUT, "cannot open \"%s\": %s", path, strerror(errno));
    if (!find_file(dir, MEMBER_TOC, &packing, &status))
        backup_refuse(backup, 0, "a folder without toc.dat: it is no archive of pg_dump");
    return (struct container){.format = ARCHIVE_TAR, /* as toc.dat calls itself */
        .access = BACKUP_RANDOM,
        .toc = open_file(dir, MEMBER_TOC, packing, path),
        .toc_is_apart = true,
        .locate = locate,
        .open = open_data,
        .damage = nothing,
        .missing = nothing,
        .consumed = consumed,
        .size = size,
        .close = close_dir,
        .state = dir};
}
