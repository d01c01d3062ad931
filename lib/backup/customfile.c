#include "customfile.h"

#include <stdlib.h>

#include "mem.h"

/* Of a head of a block, with the largest integers: its type and a number. */
#define HEAD_ROOM 40

struct customfile {
    struct input *input;
    struct archive_header header;
    /* The chunks of the data under way. */
    bool inside;
    uint64_t left; /* of the chunk */
    char *damage;  /* what ended the search for data before the end, or NULL */
};

static void
close_file(void *state)
{
    struct customfile *file = state;

    input_close(file->input);
    free(file);
}

static const char *
damage(const void *state)
{
    return ((const struct customfile *)state)->damage;
}

/* There is no end to look for: all data was found, or is said to be lost. */
static const char *
missing(const void *state)
{
    (void)state;
    return NULL;
}

static uint64_t
consumed(const void *state)
{
    return input_consumed(((const struct customfile *)state)->input);
}

static uint64_t
size(const void *state)
{
    return input_size(((const struct customfile *)state)->input);
}

/* What is wrong, and where; malloc'd. */
static char *
place(const struct customfile *file, const char *why)
{
    return mem_format(
        "%s, at byte %llu of the archive", why, (unsigned long long)input_tell(file->input));
}

/* ---- from front to end; functions that return a string return NULL, or what is wrong */

/* Makes sure that the window holds a head, or all that is left. */
static struct slice
window(struct customfile *file)
{
    struct input *input = file->input;

    while (input->end - input->start < HEAD_ROOM && input_fill(input))
        continue;
    return slice_make(input->data + input->start, input->end - input->start);
}

static const char *
why_not(enum archive_result result, const struct archive_fault *fault)
{
    return result == ARCHIVE_BAD ? fault->reason : "the archive is cut";
}

static const char *
take_number(struct customfile *file, int64_t *number)
{
    struct slice bytes = window(file);
    struct archive_fault fault;
    enum archive_result result = archive_take_number(&file->header, &bytes, number, &fault);

    if (result != ARCHIVE_DONE)
        return why_not(result, &fault);
    file->input->start = (size_t)(bytes.data - file->input->data);
    return NULL;
}

/* Goes on to the next chunk; at the end of the data `inside` is false. */
static const char *
next_chunk(struct customfile *file)
{
    int64_t length = 0;
    const char *why = take_number(file, &length);

    if (why == NULL && length < 0)
        why = "a chunk of data has an impossible length";
    file->left = why == NULL ? (uint64_t)length : 0;
    file->inside = file->left > 0;
    return why;
}

/* Fills the window when it is empty; false at the end of the file. */
static bool
has_bytes(struct input *input)
{
    return input->start < input->end || input_fill(input);
}

/* A source of input: what the chunks of a block hold. */
static size_t
read_chunks(void *context, char *out, size_t room, char **damage)
{
    struct customfile *file = context;
    struct input *input = file->input;
    const char *why = NULL;
    size_t n;

    if (file->inside && file->left == 0)
        why = next_chunk(file);
    if (why == NULL && file->inside && !has_bytes(input))
        why = "the archive is cut";
    if (why != NULL)
        *damage = place(file, why);
    if (why != NULL || !file->inside)
        return 0;
    n = input->end - input->start;
    n = n < room ? n : room;
    n = n < file->left ? n : (size_t)file->left;
    memcpy(out, input->data + input->start, n);
    input->start += n;
    file->left -= n;
    return n;
}

/* Steps behind the data under way. */
static const char *
skip_data(struct customfile *file)
{
    struct input *input = file->input;
    const char *why = NULL;

    while (why == NULL && file->inside) {
        size_t n = input->end - input->start;

        if (file->left == 0) {
            why = next_chunk(file);
            continue;
        }
        n = n < file->left ? n : (size_t)file->left;
        input->start += n;
        file->left -= n;
        if (file->left > 0 && !has_bytes(input))
            why = "the archive is cut";
    }
    return why;
}

/* Large objects: an oid and its data, until an oid of 0. */
static const char *
skip_large_objects(struct customfile *file)
{
    const char *why = NULL;
    int64_t oid = 1;

    while (why == NULL && oid != 0) {
        why = take_number(file, &oid);
        file->inside = why == NULL && oid != 0;
        if (why == NULL)
            why = skip_data(file);
    }
    return why;
}

/* Takes the head of a block; *data is NULL at the end of the file. */
static const char *
take_head(struct customfile *file, const struct toc *toc, struct toc_data **data,
    enum archive_block *type)
{
    struct slice bytes = window(file);
    struct archive_fault fault;
    enum archive_result result;
    int64_t id;

    *data = NULL;
    if (bytes.length == 0)
        return NULL;
    result = archive_take_block(&file->header, &bytes, type, &id, &fault);
    if (result != ARCHIVE_DONE)
        return why_not(result, &fault);
    *data = toc_find(toc, id);
    if (*data == NULL)
        return "data of no entry of the table of contents";
    if ((*data)->seen)
        return "data of an entry that had some before";
    (*data)->seen = true;
    (*data)->offset = input_tell(file->input);
    file->input->start = (size_t)(bytes.data - file->input->data);
    file->inside = *type == ARCHIVE_BLOCK_ROWS;
    file->left = 0;
    return NULL;
}

static struct toc_data *
next(void *state, const struct toc *toc)
{
    struct customfile *file = state;
    struct toc_data *data = NULL;
    enum archive_block type;
    const char *why;

    do {
        type = ARCHIVE_BLOCK_ROWS;
        why = skip_data(file);
        if (why == NULL)
            why = take_head(file, toc, &data, &type);
        if (why == NULL && type == ARCHIVE_BLOCK_LARGE_OBJECTS)
            why = skip_large_objects(file);
    } while (why == NULL && type == ARCHIVE_BLOCK_LARGE_OBJECTS);
    if (why == NULL)
        return data;
    file->inside = false;
    file->damage = place(file, why);
    return NULL;
}

/* ---- in any order */

/* True when the block of that entry stands at its offset. */
static bool
is_there(const struct customfile *file, const struct toc_data *data)
{
    char room[HEAD_ROOM];
    struct slice bytes = {room, input_peek(file->input, data->offset, room, HEAD_ROOM)};
    enum archive_block type;
    struct archive_fault fault;
    int64_t id;

    return archive_take_block(&file->header, &bytes, &type, &id, &fault) == ARCHIVE_DONE &&
           id == data->id && (type == ARCHIVE_BLOCK_ROWS || data->table == NULL);
}

/* What lies between the offset of the data and that of the next, which pg_dump wrote behind it. */
static void
measure(const struct customfile *file, struct toc *toc)
{
    uint64_t end = input_size(file->input);

    for (size_t i = toc->n; i-- > 0;) {
        struct toc_data *data = &toc->data[i];

        if (data->seen && data->offset < end)
            data->size = end - data->offset;
        if (data->seen)
            end = data->offset;
    }
}

/* pg_dump writes the first block right behind the table of contents; where something else stands,
 * this has more entries than it says. */
static void
check_first(struct customfile *file, const struct toc *toc)
{
    struct slice bytes = window(file);
    enum archive_block type;
    struct archive_fault fault;
    int64_t id;

    if (bytes.length > 0 &&
        (archive_take_block(&file->header, &bytes, &type, &id, &fault) != ARCHIVE_DONE ||
            toc_find(toc, id) == NULL))
        file->damage = place(file, "no data of its entries behind the table of contents");
}

static void
locate(void *state, struct toc *toc)
{
    struct customfile *file = state;
    bool known = true;

    file->header = toc->header;
    if (!input_can_seek(file->input))
        return;
    for (size_t i = 0; i < toc->n; i++)
        known = known && toc->data[i].place == ARCHIVE_PLACE_KNOWN;
    if (known)
        check_first(file, toc);
    for (size_t i = 0; known && i < toc->n; i++)
        toc->data[i].seen = is_there(file, &toc->data[i]);
    while (!known && next(file, toc) != NULL)
        continue;
    measure(file, toc);
}

/* What pg_dump calls gzip is zlib's format here (its compress_gzip.c). */
static void
unwrap(struct input *input, enum archive_compression compression)
{
    if (compression == ARCHIVE_GZIP)
        input_unwrap(input, CODEC_ZLIB);
    else if (compression == ARCHIVE_LZ4)
        input_unwrap(input, CODEC_LZ4);
    else if (compression == ARCHIVE_ZSTD)
        input_unwrap(input, CODEC_ZSTD);
}

static struct input *
open_data(void *state, const struct toc_data *data, const char *name)
{
    struct customfile *file = state;
    struct input *input;

    if (input_can_seek(file->input)) {
        /* Behind the head that locate() saw: the type, and a number with its sign. */
        input_seek(file->input, data->offset + 2 + file->header.int_size);
        file->inside = true;
        file->left = 0;
    }
    input = input_open_source((struct input_source){.read = read_chunks, .context = file}, name);
    unwrap(input, file->header.compression);
    return input;
}

struct container
customfile_open(struct input *input)
{
    struct customfile *file = mem_alloc(sizeof *file);

    file->input = input;
    return (struct container){.format = ARCHIVE_CUSTOM,
        .access = input_can_seek(input) ? BACKUP_RANDOM : BACKUP_ONCE,
        .toc = input,
        .locate = locate,
        .next = next,
        .open = open_data,
        .damage = damage,
        .missing = missing,
        .consumed = consumed,
        .size = size,
        .close = close_file,
        .state = file};
}
