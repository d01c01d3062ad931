#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inflate.h"
#include "mem.h"
#include "msg.h"

#define INPUT_WINDOW ((size_t)256 * 1024)
#define GZIP_MAGIC 3 /* bytes that tell */

struct input *
input_open_plain(const char *path)
{
    struct input *input = mem_alloc(sizeof *input);
    bool standard = path == NULL || strcmp(path, "-") == 0;

    input->name = standard ? "standard input" : path;
    input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0)
        msg_fatal(STATUS_INPUT, "cannot open \"%s\": %s", path, strerror(errno));
#ifdef F_SETPIPE_SZ
    fcntl(input->fd, F_SETPIPE_SZ, 1024 * 1024);
#endif
    /* Standard input may be a file of which somebody else has read the front. */
    if (lseek(input->fd, 0, SEEK_CUR) > 0)
        input->offset = (uint64_t)lseek(input->fd, 0, SEEK_CUR);
    input->capacity = INPUT_WINDOW;
    input->data = mem_alloc(input->capacity);
    return input;
}

struct input *
input_open(const char *path)
{
    struct input *input = input_open_plain(path);

    while (input->end < GZIP_MAGIC && input_fill(input))
        continue;
    if (inflate_recognizes(slice_make(input->data, input->end))) {
        input->gzip = inflate_open(input->fd, input->name, slice_make(input->data, input->end));
        input->end = 0;
        input->eof = false;
    }
    return input;
}

void
input_close(struct input *input)
{
    if (input->gzip != NULL)
        inflate_close(input->gzip);
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
    if (input->capacity - input->end < INPUT_WINDOW / 4) {
        input->capacity *= 2;
        input->data = mem_resize(input->data, input->capacity, 1);
    }
}

bool
input_fill(struct input *input)
{
    ssize_t n;

    if (input->eof)
        return false;
    make_room(input);
    if (input->gzip != NULL) {
        size_t got =
            inflate_read(input->gzip, input->data + input->end, input->capacity - input->end);

        input->end += got;
        input->eof = got == 0;
        return got > 0;
    }
    do
        n = read(input->fd, input->data + input->end, input->capacity - input->end);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        msg_fatal(STATUS_INPUT, "cannot read %s: %s", input->name, strerror(errno));
    input->end += (size_t)n;
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
input_can_seek(const struct input *input)
{
    struct stat status;

    return input->gzip == NULL && fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode);
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

uint64_t
input_consumed(const struct input *input)
{
    return input->gzip != NULL ? inflate_consumed(input->gzip) : input->offset + input->end;
}

uint64_t
input_size(const struct input *input)
{
    struct stat status;

    return fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}
