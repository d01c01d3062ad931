#ifndef OUTPUT_H
#define OUTPUT_H
/*
 * Output: a descriptor behind a buffer of 256 KiB; every write and the close are checked. A write
 * that fails ends the process with STATUS_OUTPUT (stdio would hide a full disk until too late). The
 * tools ignore no SIGPIPE: a reader that went away ends a filter by that signal, as Unix has it.
 */
#include <stdint.h>

#include "buf.h"

struct output {
    int fd;
    const char *name; /* for messages */
    struct buf buf;
    uint64_t written; /* bytes handed over so far, buffered ones included */
    uint32_t crc;     /* CRC-32 of them, up to date after output_sync_crc() */
    size_t summed;    /* bytes of buf already in crc */
};

void output_init(struct output *output, int fd, const char *name);
void output_standard(struct output *output);
/* Prints the whole of what a tool has to say on standard output, and closes it. */
void output_print(struct slice text);
/* Creates or truncates `path`, mode 0600. Ends the process when it cannot. */
void output_create(struct output *output, const char *path);
/* Opens an existing file to write behind its end. */
void output_append(struct output *output, const char *path);
void output_write(struct output *output, const char *bytes, size_t length);
static inline void
output_slice(struct output *output, struct slice slice)
{
    output_write(output, slice.data, slice.length);
}
/* Room for `length` bytes in the buffer, counted as written: the caller fills it at once. NULL when
 * the buffer is too small for so much. */
char *output_room(struct output *output, size_t length);
/* CRC-32 (zlib's) of everything written so far. */
uint32_t output_crc(struct output *output);
void output_flush(struct output *output);
/*
 * Takes back what was written since: *mark, made by output_mark(), becomes the end of the file. For
 * regular files only.
 */
struct output_mark {
    uint64_t written;
    uint32_t crc;
};
struct output_mark output_mark(struct output *output);
void output_rewind(struct output *output, const struct output_mark *mark);
/* Flushes, and returns when the bytes are on the disk. */
void output_sync(struct output *output);
/* Flushes and closes, both checked. */
void output_close(struct output *output);

#endif
