#ifndef INPUT_H
#define INPUT_H
/*
 * Input: a file, standard input or any other source of bytes behind one growing window, a file
 * decompressed by content. The window is data[start .. end); whoever reads
 * moves start. Slices into the window are valid until the next call that may refill it.
 *
 * A read error ends the process (STATUS_INPUT); damaged compressed data too, naming the offset,
 * unless the input is forgiving.
 * Memory: the window is 256 KiB and grows only for a line or token that does not fit, up to
 * INPUT_LIMIT; a longer one ends the process (STATUS_INPUT).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"
#include "slice.h"

/* No row of PostgreSQL is longer: it builds a line of COPY in one piece, of at most 1 GB. */
#define INPUT_LIMIT ((size_t)1024 * 1024 * 1024)

/* Where bytes come from that are not read as they stand: a decompressor, a member of an archive. */
struct input_source {
    /*
     * Fills `room` bytes or fewer; 0 at the end. Where the data is damaged it leaves the reason,
     * with the place, in *damage (malloc'd) and gives what it has before it.
     */
    size_t (*read)(void *context, char *out, size_t room, char **damage);
    uint64_t (*consumed)(const void *context); /* bytes taken from below so far */
    void (*close)(void *context);
    void *context;
    /* Of the bytes that it gave up to the damage, how many from the first on are known to be right;
     * NULL: all of them. */
    uint64_t (*sound)(const void *context);
};

struct input {
    char *data;
    size_t start, end, capacity;
    uint64_t offset;            /* of data[0] in the (decompressed) input */
    bool eof;                   /* nothing comes after data[end] */
    const char *name;           /* for messages: the path, or "standard input" */
    int fd;                     /* -1: none */
    struct input_source source; /* read is NULL: the descriptor, as it stands */
    char *damage;               /* why nothing more can be read, or NULL */
    bool unwrapped;             /* what is read is decompressed */
    uint64_t max_expanded;      /* then more bytes than that end the process; 0: any number */
    bool exceeded;              /* it gives more than that */
    bool forgiving;             /* damage is the end of the input; else that of the process */
    bool limited;               /* the input ends at `limit` */
    uint64_t limit;
};

/* Opens `path`; NULL or "-" is standard input. Ends the process when it cannot be opened
 * (STATUS_USAGE: what was named is not there). */
struct input *input_open(const char *path);
/* A descriptor, read as it stands, which is then the input's; `name` is kept by reference. */
struct input *input_open_descriptor(int fd, const char *name);
/* Bytes of a source, which is then the input's. */
struct input *input_open_source(struct input_source source, const char *name);
/* As input_open(), but never looks for compression (streams between the tools). */
struct input *input_open_plain(const char *path);
void input_close(struct input *input);
/* From where it stands on, what is read is decompressed. */
void input_unwrap(struct input *input, enum codec_kind kind);

/*
 * Reads more behind the window, dropping what lies before start. False at end of input. start and
 * end change; keep positions relative to start.
 */
bool input_fill(struct input *input);

/*
 * Takes the next line, without its '\n', out of the window. False at end of input. `*terminated`
 * says whether the newline was there.
 */
bool input_line(struct input *input, struct slice *line, bool *terminated);

/* Position of start in the decompressed input, in bytes. */
static inline uint64_t
input_tell(const struct input *input)
{
    return input->offset + input->start;
}

/* True when its descriptor is a regular file, compressed or not. */
bool input_is_file(const struct input *input);
/* True when input_seek() works: a plain (uncompressed) regular file. */
bool input_can_seek(const struct input *input);
/* Moves to `offset` and empties the window. */
void input_seek(struct input *input, uint64_t offset);
/* Copies what stands at `offset`, fewer bytes at the end, and does not move. */
size_t input_peek(const struct input *input, uint64_t offset, char *out, size_t room);

/* The input ends at that offset, which is not before where it stands. */
void input_end_at(struct input *input, uint64_t offset);
/* Where it is damaged: how many bytes from the first on are known to be right; else UINT64_MAX. */
uint64_t input_sound(const struct input *input);

/* Bytes read from the descriptor so far (compressed ones count as such), and the file's size or 0.
 */
uint64_t input_consumed(const struct input *input);
uint64_t input_size(const struct input *input);

#endif
