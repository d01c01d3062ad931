#include "tarfile.h"

#include <stdlib.h>

#include "mem.h"
#include "member.h"
#include "tarhead.h"
#include "unpack.h"

#define EXTENDED_LIMIT ((uint64_t)1024 * 1024) /* of data that is about the next member */

/* A file of the archive's own. */
struct part {
    int64_t id;
    enum member_packing packing;
    uint64_t offset, size;
};

struct tarfile {
    struct backup *backup;
    struct input *input;
    struct part *parts; /* by id, once they were all found */
    size_t n, room;
    char *folder;      /* before the names of the archive's own files; NULL: none was found yet */
    char *damage;      /* where the file is cut, or NULL */
    bool ended;        /* as tar files do */
    uint64_t at, left; /* of the part that is read */
};

bool
tarfile_recognizes(struct slice bytes)
{
    /* No text has a zero byte; a damaged header is still one of tar. */
    return tarhead_recognizes(bytes) ||
           (bytes.length >= 262 && memcmp(bytes.data + 257, "ustar", 5) == 0 &&
               memchr(bytes.data, '\0', 257) != NULL);
}

static void __attribute__((noreturn))
refuse(const struct tarfile *file, uint64_t at, const char *why)
{
    backup_refuse(file->backup, 0, "%s, at byte %llu of the tar file", why, (unsigned long long)at);
}

/* ---- looking through the members */

/* A member, with the name and the size that stand before its header if any do. */
struct member {
    struct tarhead head;
    uint64_t at, data; /* of its header and of its data */
    struct buf name;   /* NUL-terminated */
};

/* The data of a header that is about the next one; false when the file is cut there. */
static bool
read_about(struct tarfile *file, const struct member *member, struct buf *out)
{
    if (member->head.size > EXTENDED_LIMIT)
        refuse(file, member->at, "more than 1 MB about a name");
    buf_clear(out);
    buf_reserve(out, (size_t)member->head.size + 1);
    out->length = input_peek(file->input, member->data, out->data, (size_t)member->head.size);
    return out->length == member->head.size;
}

static uint64_t
behind(const struct member *member)
{
    return member->data + (member->head.size + TARHEAD_SIZE - 1) / TARHEAD_SIZE * TARHEAD_SIZE;
}

/* Reads the header at `at`; false at the end of the tar file, or where it is cut. */
static bool
read_head(struct tarfile *file, uint64_t at, struct member *member)
{
    char bytes[TARHEAD_SIZE];
    const char *reason;

    if (input_peek(file->input, at, bytes, TARHEAD_SIZE) < TARHEAD_SIZE)
        return false;
    file->ended = tarhead_is_end(slice_make(bytes, TARHEAD_SIZE));
    if (file->ended)
        return false;
    if (!tarhead_parse(slice_make(bytes, TARHEAD_SIZE), &member->head, &reason)) {
        if (!file->backup->options.salvage)
            refuse(file, at, reason);
        file->damage =
            mem_format("%s, at byte %llu of the tar file", reason, (unsigned long long)at);
        return false;
    }
    member->at = at;
    member->data = at + TARHEAD_SIZE;
    return true;
}

/* Takes what a header says about the next one. False when the file is cut there. */
static bool
take_about(
    struct tarfile *file, struct member *member, struct buf *about, bool *sized, uint64_t *given)
{
    struct slice name;

    if (!read_about(file, member, about))
        return false;
    name = buf_slice(about);
    if (member->head.type == TARHEAD_EXTENDED) {
        *given = UINT64_MAX;
        if (!tarhead_parse_extended(buf_slice(about), &name, given))
            refuse(file, member->at, "records about a name that are none");
        *sized = *given != UINT64_MAX;
    }
    if (name.data == NULL)
        return true;
    buf_clear(&member->name);
    buf_add(&member->name, name.data, strnlen(name.data, name.length));
    return true;
}

/*
 * The member whose header, or what is said about it, begins at *at, which is moved behind it. False
 * at the end, or where the file is cut.
 */
static bool
next_member(struct tarfile *file, uint64_t *at, struct member *member)
{
    struct buf about = {0};
    uint64_t given = 0;
    bool sized = false, whole;

    buf_clear(&member->name);
    while ((whole = read_head(file, *at, member))) {
        bool is_about =
            member->head.type == TARHEAD_LONG_NAME || member->head.type == TARHEAD_EXTENDED;

        *at = behind(member);
        if (!is_about && member->head.type != TARHEAD_SKIPPED)
            break;
        if (is_about && !take_about(file, member, &about, &sized, &given)) {
            whole = false;
            break;
        }
    }
    buf_release(&about);
    if (!whole)
        return false;
    if (sized)
        member->head.size = given;
    if (sized)
        *at = behind(member);
    if (member->name.length == 0)
        buf_add_string(&member->name, member->head.name);
    return true;
}

/* The folder of the archive's own files is that of the first one. */
static void
check_folder(struct tarfile *file, const struct member *member, struct slice folder)
{
    if (file->folder == NULL)
        file->folder = mem_copy(folder.data, folder.length);
    else if (!slice_is(folder, file->folder))
        refuse(file, member->at, "files of archives in two folders");
}

static void
add_part(struct tarfile *file, const struct member *member)
{
    struct slice name = buf_slice(&member->name), folder;
    const char *slash = memrchr(name.data, '/', name.length);
    struct part part = {.offset = member->data, .size = member->head.size};

    folder = slice_make(name.data, slash != NULL ? (size_t)(slash + 1 - name.data) : 0);
    name = slice_make(name.data + folder.length, name.length - folder.length);
    if (!member_parse(name, &part.id, &part.packing))
        return; /* restore.sql, large objects, what others put beside */
    if (member->head.type != TARHEAD_FILE)
        refuse(file, member->at, "a file of the archive that is a link or no file at all");
    check_folder(file, member, folder);
    *MEM_APPEND(file->parts, file->n, file->room) = part;
}

static int
compare_parts(const void *a, const void *b)
{
    const struct part *left = a, *right = b;

    return left->id < right->id ? -1 : left->id > right->id;
}

static void
find_parts(struct tarfile *file)
{
    uint64_t at = input_tell(file->input), end = input_size(file->input), whole = at;
    struct member member = {0};

    while (next_member(file, &at, &member)) {
        if (member.head.size > end || member.data > end - member.head.size)
            break; /* it is cut */
        add_part(file, &member);
        whole = at;
    }
    buf_release(&member.name);
    if (!file->ended && whole < end && file->damage == NULL)
        file->damage =
            mem_format("the tar file is cut, at byte %llu or behind it", (unsigned long long)whole);
    if (file->n > 0)
        qsort(file->parts, file->n, sizeof *file->parts, compare_parts);
    for (size_t i = 1; i < file->n; i++)
        if (file->parts[i - 1].id == file->parts[i].id)
            refuse(file, file->parts[i].offset, "a file of the archive that was there before");
}

static const struct part *
find_part(const struct tarfile *file, int64_t id)
{
    struct part key = {.id = id};

    return file->n > 0 ? bsearch(&key, file->parts, file->n, sizeof key, compare_parts) : NULL;
}

/* ---- reading a member */

/* Straight from the file into the reader's window. */
static size_t
read_part(void *context, char *out, size_t room, char **damage)
{
    struct tarfile *file = context;
    size_t n = room < file->left ? room : (size_t)file->left;

    n = input_peek(file->input, file->at, out, n);
    if (n == 0 && file->left > 0)
        *damage = mem_string("the tar file is cut");
    file->at += n;
    file->left -= n;
    return n;
}

static struct input *
open_part(struct tarfile *file, const struct part *part, const char *name)
{
    static const enum codec_kind kinds[] = {
        [MEMBER_GZIP] = CODEC_GZIP, [MEMBER_LZ4] = CODEC_LZ4, [MEMBER_ZSTD] = CODEC_ZSTD};
    struct input *input;

    file->at = part->offset;
    file->left = part->size;
    input = input_open_source((struct input_source){.read = read_part, .context = file}, name);
    if (part->packing != MEMBER_PLAIN)
        input_unwrap(input, kinds[part->packing]);
    return input;
}

/* ---- the container */

static void
locate(void *state, struct toc *toc)
{
    struct tarfile *file = state;

    for (size_t i = 0; i < toc->n; i++) {
        struct toc_data *data = &toc->data[i];
        const struct part *part = find_part(file, data->id);

        data->seen = part != NULL || data->table == NULL;
        data->size = part != NULL ? part->size : 0;
    }
}

static struct input *
open_data(void *state, const struct toc_data *data, const char *name)
{
    struct tarfile *file = state;

    return open_part(file, find_part(file, data->id), name);
}

static const char *
damage(const void *state)
{
    return ((const struct tarfile *)state)->damage;
}

static const char *
missing(const void *state)
{
    return ((const struct tarfile *)state)->ended ? NULL : "no end of a tar file";
}

static uint64_t
consumed(const void *state)
{
    return ((const struct tarfile *)state)->at;
}

static uint64_t
size(const void *state)
{
    return input_size(((const struct tarfile *)state)->input);
}

static void
close_file(void *state)
{
    struct tarfile *file = state;

    input_close(file->input);
    free(file->parts);
    free(file->folder);
    free(file);
}

struct container
tarfile_open(struct backup *backup, struct input *input)
{
    struct tarfile *file = mem_alloc(sizeof *file);
    const struct part *toc;
    char *none;

    file->backup = backup;
    file->input = input_can_seek(input) ? input : unpack_input(input, &none);
    find_parts(file);
    toc = find_part(file, MEMBER_TOC);
    if (toc == NULL)
        backup_refuse(backup, 0, "a tar file without toc.dat: it is no archive of pg_dump%s%s",
            file->damage != NULL ? ", or " : "", file->damage != NULL ? file->damage : "");
    return (struct container){.format = ARCHIVE_TAR,
        .access = BACKUP_RANDOM,
        .toc = open_part(file, toc, backup->name),
        .toc_is_apart = true,
        .locate = locate,
        .open = open_data,
        .damage = damage,
        .missing = missing,
        .consumed = consumed,
        .size = size,
        .close = close_file,
        .state = file};
}
