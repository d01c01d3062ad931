#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "crc.h"
#include "msg.h"

#define OUTPUT_BUFFER ((size_t)256 * 1024)

void
output_init(struct output *output, int fd, const char *name)
{
    *output = (struct output){.fd = fd, .name = name};
    buf_reserve(&output->buf, OUTPUT_BUFFER);
#ifdef F_SETPIPE_SZ
    fcntl(fd, F_SETPIPE_SZ, 1024 * 1024); /* fewer switches between tools; harmless if refused */
#endif
}

void
output_standard(struct output *output)
{
    output_init(output, STDOUT_FILENO, "standard output");
}

static void
open_file(struct output *output, const char *path, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

    if (fd < 0)
        msg_fatal(STATUS_OUTPUT, "cannot create \"%s\": %s", path, strerror(errno));
    output_init(output, fd, path);
}

void
output_create(struct output *output, const char *path)
{
    open_file(output, path, O_TRUNC);
}

void
output_append(struct output *output, const char *path)
{
    open_file(output, path, O_APPEND);
}

static void
write_all(struct output *output, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(output->fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            msg_fatal(STATUS_OUTPUT, "cannot write to %s: %s", output->name, strerror(errno));
        bytes += n;
        length -= (size_t)n;
    }
}

uint32_t
output_crc(struct output *output)
{
    output->crc = crc_add(
        output->crc, output->buf.data + output->summed, output->buf.length - output->summed);
    output->summed = output->buf.length;
    return output->crc;
}

void
output_flush(struct output *output)
{
    output_crc(output);
    write_all(output, output->buf.data, output->buf.length);
    buf_clear(&output->buf);
    output->summed = 0;
}

void
output_write(struct output *output, const char *bytes, size_t length)
{
    output->written += length;
    if (output->buf.length + length > OUTPUT_BUFFER)
        output_flush(output);
    if (length > OUTPUT_BUFFER) {
        output->crc = crc_add(output->crc, bytes, length);
        write_all(output, bytes, length);
        return;
    }
    memcpy(output->buf.data + output->buf.length, bytes, length);
    output->buf.length += length;
}

char *
output_room(struct output *output, size_t length)
{
    char *room;

    if (length > OUTPUT_BUFFER)
        return NULL;
    if (output->buf.length + length > OUTPUT_BUFFER)
        output_flush(output);
    room = output->buf.data + output->buf.length;
    output->buf.length += length;
    output->written += length;
    return room;
}

static void __attribute__((noreturn)) cannot_write(const struct output *output)
{
    msg_fatal(STATUS_OUTPUT, "cannot write to %s: %s", output->name, strerror(errno));
}

struct output_mark
output_mark(struct output *output)
{
    output_flush(output);
    return (struct output_mark){output->written, output->crc};
}

void
output_rewind(struct output *output, const struct output_mark *mark)
{
    output_flush(output);
    if (ftruncate(output->fd, (off_t)mark->written) != 0 ||
        lseek(output->fd, (off_t)mark->written, SEEK_SET) < 0)
        cannot_write(output);
    output->written = mark->written;
    output->crc = mark->crc;
}

/* A pipe or a terminal has no disk behind it: EINVAL (POSIX, fsync). */
void
output_sync(struct output *output)
{
    output_flush(output);
    if (fsync(output->fd) != 0 && errno != EINVAL && errno != EROFS)
        cannot_write(output);
}

void
output_close(struct output *output)
{
    output_flush(output);
    if (close(output->fd) != 0 && errno != EINTR)
        msg_fatal(STATUS_OUTPUT, "cannot write to %s: %s", output->name, strerror(errno));
    output->fd = -1;
    buf_release(&output->buf);
}

void
output_print(struct slice text)
{
    struct output output;

    output_standard(&output);
    output_slice(&output, text);
    output_close(&output);
}
