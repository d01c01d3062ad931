#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "msg.h"
#include "unwrap.h"

#define INPUT_WINDOW ((size_t)256 * 1024)

static struct input *
new_input(const char *name, int fd)
{
    struct input *input = mem_alloc(sizeof *input);

    input->name = name;
    input->fd = fd;
    input->capacity = INPUT_WINDOW;
    input->data = mem_alloc(input->capacity);
    return input;
}

struct input *
input_open_plain(const char *path)
{
    bool standard = path == NULL || strcmp(path, "-") == 0;
    struct input *input;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        msg_fatal(STATUS_USAGE, "cannot open \"%s\": %s", path, strerror(errno));
    input = new_input(standard ? "standard input" : path, fd);
#ifdef F_SETPIPE_SZ
    fcntl(fd, F_SETPIPE_SZ, 1024 * 1024);
#endif
    /* Standard input may be a file of which somebody else has read the front. */
    if (lseek(fd, 0, SEEK_CUR) > 0)
        input->offset = (uint64_t)lseek(fd, 0, SEEK_CUR);
    return input;
}

/* What the descriptor gives, 0 at the end. */
static size_t
read_bytes(const struct input *input, char *out, size_t room)
{
    ssize_t n;

    do
        n = read(input->fd, out, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        msg_fatal(STATUS_INPUT, "cannot read %s: %s", input->name, strerror(errno));
    return (size_t)n;
}

/* The descriptor as a source for a decompressor. */
static size_t
read_below(void *context, char *out, size_t room, char **damage)
{
    (void)damage;
    return read_bytes(context, out, room);
}

void
input_unwrap(struct input *input, enum codec_kind kind)
{
    struct input_source below = input->source;
    struct slice head = slice_make(input->data + input->start, input->end - input->start);

    if (below.read == NULL)
        below = (struct input_source){.read = read_below, .context = input};
    input->source = unwrap_open(kind, below, head);
    input->start = input->end = 0;
    input->offset = 0;
    input->eof = false;
    input->unwrapped = true;
}

/* Looks at the first bytes, and reads through a decompressor when they say so. */
static void
recognize(struct input *input)
{
    enum codec_kind kind;

    while (input->end < CODEC_MAGIC && input_fill(input))
        continue;
    if (codec_recognize(slice_make(input->data, input->end), &kind))
        input_unwrap(input, kind);
}

struct input *
input_open(const char *path)
{
    struct input *input = input_open_plain(path);

    recognize(input);
    return input;
}

struct input *
input_open_descriptor(int fd, const char *name)
{
    return new_input(name, fd);
}

struct input *
input_open_source(struct input_source source, const char *name)
{
    struct input *input = new_input(name, -1);

    input->source = source;
    return input;
}

void
input_close(struct input *input)
{
    if (input->source.close != NULL)
        input->source.close(input->source.context);
    if (input->fd > STDERR_FILENO)
        close(input->fd);
    free(input->data);
    free(input);
}

/* Moves the window's bytes to the front, and makes room for more behind them. */
static void
make_room(struct input *input)
{
    if (input->start > 0) {
        memmove(input->data, input->data + input->start, input->end - input->start);
        input->offset += input->start;
        input->end -= input->start;
        input->start = 0;
    }
    if (input->end >= INPUT_LIMIT)
        msg_fatal(STATUS_INPUT,
            "%s: a row or line of more than %zu MB, at byte %llu: PostgreSQL has none like that",
            input->name, INPUT_LIMIT / 1024 / 1024, (unsigned long long)input->offset);
    if (input->capacity - input->end < INPUT_WINDOW / 4) {
        input->capacity *= 2;
        input->data = mem_resize(input->data, input->capacity, 1);
    }
}

/* Appends what the source gives, or ends the process when it gives no more for being damaged. */
static size_t
read_source(struct input *input, size_t room)
{
    size_t n =
        input->source.read(input->source.context, input->data + input->end, room, &input->damage);

    if (n == 0 && input->damage != NULL && !input->forgiving)
        msg_fatal(STATUS_INPUT, "%s: %s", input->name, input->damage);
    input->exceeded = input->unwrapped && input->max_expanded > 0 &&
                      input->offset + input->end + n > input->max_expanded;
    if (input->exceeded)
        msg_fatal(STATUS_INPUT,
            "%s: it expands to more than %llu bytes, which --max-expanded does not allow",
            input->name, (unsigned long long)input->max_expanded);
    return n;
}

/* How many bytes may be read at once: as many as fit, but none behind the limit. */
static size_t
room_left(const struct input *input)
{
    size_t room = input->capacity - input->end;
    uint64_t at = input->offset + input->end;

    if (!input->limited)
        return room;
    if (at >= input->limit)
        return 0;
    return room < input->limit - at ? room : (size_t)(input->limit - at);
}

bool
input_fill(struct input *input)
{
    size_t n = 0, room;

    if (input->eof)
        return false;
    make_room(input);
    room = room_left(input);
    if (room > 0)
        n = input->source.read != NULL ? read_source(input, room)
                                       : read_bytes(input, input->data + input->end, room);
    input->end += n;
    input->eof = n == 0;
    return n > 0;
}

bool
input_line(struct input *input, struct slice *line, bool *terminated)
{
    size_t searched = 0;

    for (;;) {
        char *from = input->data + input->start;
        size_t length = input->end - input->start;
        char *newline = length > searched ? memchr(from + searched, '\n', length - searched) : NULL;

        if (newline != NULL) {
            *line = slice_make(from, (size_t)(newline - from));
            input->start += line->length + 1;
            *terminated = true;
            return true;
        }
        searched = length;
        if (!input_fill(input)) {
            *line = slice_make(input->data + input->start, length);
            input->start = input->end;
            *terminated = false;
            return length > 0;
        }
    }
}

bool
input_is_file(const struct input *input)
{
    struct stat status;

    return input->fd >= 0 && fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode);
}

bool
input_can_seek(const struct input *input)
{
    return input->source.read == NULL && input_is_file(input);
}

void
input_seek(struct input *input, uint64_t offset)
{
    if (lseek(input->fd, (off_t)offset, SEEK_SET) < 0)
        msg_fatal(STATUS_INPUT, "cannot seek in %s: %s", input->name, strerror(errno));
    input->start = input->end = 0;
    input->offset = offset;
    input->eof = false;
}

size_t
input_peek(const struct input *input, uint64_t offset, char *out, size_t room)
{
    size_t done = 0;
    ssize_t n = 1;

    while (done < room && n != 0 && offset + done <= INT64_MAX) {
        n = pread(input->fd, out + done, room - done, (off_t)(offset + done));
        if (n < 0 && errno != EINTR)
            msg_fatal(STATUS_INPUT, "cannot read %s: %s", input->name, strerror(errno));
        done += n > 0 ? (size_t)n : 0;
    }
    return done;
}

void
input_end_at(struct input *input, uint64_t offset)
{
    input->limited = true;
    input->limit = offset;
    if (input->offset + input->end > offset)
        input->end = (size_t)(offset - input->offset);
}

uint64_t
input_sound(const struct input *input)
{
    if (input->damage == NULL)
        return UINT64_MAX;
    if (input->source.sound != NULL)
        return input->source.sound(input->source.context);
    return input->offset + input->end;
}

uint64_t
input_consumed(const struct input *input)
{
    if (input->source.consumed != NULL)
        return input->source.consumed(input->source.context);
    return input->offset + input->end;
}

uint64_t
input_size(const struct input *input)
{
    struct stat status;

    return fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}
