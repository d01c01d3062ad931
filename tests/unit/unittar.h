#ifndef UNITTAR_H
#define UNITTAR_H
/* A writer of tar files, for the tests of what reads them. */
#include <stdio.h>

#include "buf.h"
#include "tarhead.h"
#include "unit.h"

/* A header in ustar's format. */
static inline void
unittar_header(struct buf *out, const char *name, char type, uint64_t size)
{
    char bytes[TARHEAD_SIZE] = {0};
    unsigned sum = 0;

    snprintf(bytes, 100, "%s", name);
    snprintf(bytes + 100, 8, "0000600");
    snprintf(bytes + 124, 12, "%011llo", (unsigned long long)size & 077777777777);
    memset(bytes + 148, ' ', 8);
    bytes[156] = type;
    memcpy(bytes + 257, "ustar\00000", 8);
    for (size_t i = 0; i < TARHEAD_SIZE; i++)
        sum += (unsigned char)bytes[i];
    snprintf(bytes + 148, 8, "%06o", sum);
    buf_add(out, bytes, TARHEAD_SIZE);
}

/* Zeros up to a multiple of 512. */
static inline void
unittar_fill(struct buf *out)
{
    while (out->length % TARHEAD_SIZE != 0)
        buf_add_char(out, '\0');
}

static inline void
unittar_member(struct buf *out, const char *name, char type, struct slice data)
{
    unittar_header(out, name, type, data.length);
    buf_add_slice(out, data);
    unittar_fill(out);
}

static inline void
unittar_end(struct buf *out)
{
    for (size_t i = 0; i < 2 * TARHEAD_SIZE; i++)
        buf_add_char(out, '\0');
}

#endif
