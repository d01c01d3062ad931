#ifndef REMAPSTREAM_H
#define REMAPSTREAM_H
/*
 * A merge stream of kind rows, in which ids and references become the live database's: the work of
 * idmap-builder, from the first line to the trailer.
 */
#include "connect.h"

enum remapstream_ids {
    REMAPSTREAM_LIVE,        /* fresh ids are reserved in the live database */
    REMAPSTREAM_PROVISIONAL, /* of a dry run: nothing is reserved */
};

struct remapstream_options {
    const char *path; /* as stream_open() */
    const char *map;  /* a file for all pairs of ids; NULL: none */
    enum remapstream_ids ids;
    struct connect_options connect;
};

/* Reads the stream and writes the other one to standard output. */
void remapstream_run(const struct remapstream_options *options);

#endif
