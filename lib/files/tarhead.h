#ifndef TARHEAD_H
#define TARHEAD_H
/*
 * Headers of tar files: POSIX's ustar and pax formats (pax(1), "EXTENDED DESCRIPTION") and GNU
 * tar's long names and sizes. Pure.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

#define TARHEAD_SIZE ((size_t)512) /* of a header; data is filled up to a multiple of it */

enum tarhead_type {
    TARHEAD_FILE,
    TARHEAD_FOLDER,
    TARHEAD_LINK,      /* hard or symbolic */
    TARHEAD_LONG_NAME, /* the data is the name of the next member */
    TARHEAD_EXTENDED,  /* the data is records for the next member */
    TARHEAD_SKIPPED,   /* what concerns no name nor size of a file */
    TARHEAD_SPECIAL,   /* a device, a FIFO, or what is not known */
};

struct tarhead {
    enum tarhead_type type;
    uint64_t size; /* of the data that follows */
    char name[257];
};

/* True when 512 bytes are a header with the right checksum. */
bool tarhead_recognizes(struct slice bytes);
/* True when they are all zero, as at the end of an archive. */
bool tarhead_is_end(struct slice bytes);
/* Reads a header of 512 bytes. False with a static reason when it is none. */
bool tarhead_parse(struct slice bytes, struct tarhead *head, const char **reason);
/*
 * Reads the records of extended data. `*name` (data NULL: none was given) is a slice of them;
 * `*size` is left alone when none was given. False when they are not records.
 */
bool tarhead_parse_extended(struct slice records, struct slice *name, uint64_t *size);

#endif
