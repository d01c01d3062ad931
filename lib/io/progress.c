#include "progress.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "msg.h"

#define FIRST 0.5    /* seconds: what is done by then needs no line */
#define INTERVAL 0.2 /* seconds between two drawings */
#define ESTIMATE 2.0 /* seconds until a guess of what is left is worth showing */
#define MEGABYTE 1e6

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A terminal that knows the sequence that erases a line, and that no rows are written to; or -1. */
static int
terminal(void)
{
    const char *path = getenv(PROGRESS_TERMINAL);
    int fd;

    if (isatty(STDOUT_FILENO))
        return -1;
    if (msg_can_erase(STDERR_FILENO))
        return dup(STDERR_FILENO);
    if (path == NULL || path[0] == '\0')
        return -1;
    fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && !msg_can_erase(fd)) {
        close(fd);
        return -1;
    }
    return fd;
}

void
progress_open(struct progress *progress)
{
    *progress = (struct progress){.fd = -1};
    if (msg_get_level() == MSG_QUIET)
        return;
    progress->fd = terminal();
    progress->started = now();
    progress->due = progress->started + FIRST;
}

bool
progress_is_due(const struct progress *progress)
{
    return progress->fd >= 0 && now() >= progress->due;
}

static double
fraction(uint64_t part, uint64_t total)
{
    return total == 0 ? 0 : part >= total ? 1 : (double)part / (double)total;
}

static void
add_left(double done, double seconds, struct buf *out)
{
    unsigned long left = (unsigned long)(seconds * (1 - done) / done + 0.5);

    if (left >= 3600)
        buf_add_format(out, "%lu:%02lu:%02lu left  ", left / 3600, left / 60 % 60, left % 60);
    else
        buf_add_format(out, "%lu:%02lu left  ", left / 60, left % 60);
}

/* Rows say more of what is left than bytes, for a table before its turn is read twice. */
void
progress_format(const struct progress_state *state, double seconds, struct buf *out)
{
    double done = state->rows_total > 0 ? fraction(state->rows, state->rows_total)
                                        : fraction(state->bytes, state->bytes_total);

    if (state->rows_total > 0 || state->bytes_total > 0)
        buf_add_format(out, "%3.0f%%  ", done * 100);
    if (seconds >= ESTIMATE && done > 0)
        add_left(done, seconds, out);
    buf_add_format(out, "%llu", (unsigned long long)state->rows);
    if (state->rows_total > 0)
        buf_add_format(out, " of %llu", (unsigned long long)state->rows_total);
    buf_add_format(out, " rows, %.0f/s", seconds > 0 ? (double)state->rows / seconds : 0);
    buf_add_format(out, "  %.1f", (double)state->bytes / MEGABYTE);
    if (state->bytes_total > 0)
        buf_add_format(out, " of %.1f", (double)state->bytes_total / MEGABYTE);
    buf_add_string(out, " MB read");
}

/* What fits beside the cursor: a line that wraps could not be erased. */
static size_t
width(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79;
}

static void
draw(struct progress *progress, struct slice text)
{
    progress->drawn = text.length > strlen(MSG_ERASE);
    if (write(progress->fd, text.data, text.length) <
        0) { /* the terminal is gone; the rows go on */
        close(progress->fd);
        progress->fd = -1;
    }
}

void
progress_show(struct progress *progress, const struct progress_state *state)
{
    struct progress_state shown = *state;
    struct buf line = {0};
    double time = now();
    size_t room;

    if (progress->fd < 0)
        return;
    if (shown.bytes < progress->bytes)
        shown.bytes = progress->bytes;
    progress->bytes = shown.bytes;
    progress->due = time + INTERVAL;
    buf_add_string(&line, MSG_ERASE);
    progress_format(&shown, time - progress->started, &line);
    room = strlen(MSG_ERASE) + width(progress->fd);
    draw(progress, slice_make(line.data, line.length < room ? line.length : room));
    buf_release(&line);
}

void
progress_close(struct progress *progress)
{
    if (progress->fd >= 0 && progress->drawn)
        draw(progress, SLICE(MSG_ERASE));
    if (progress->fd >= 0)
        close(progress->fd);
    progress->fd = -1;
}
