#ifndef ENVFILE_H
#define ENVFILE_H
/*
 * Lines of a .env file, as the usual libraries for them read them: `NAME=value`, `export
 * NAME=value`, comments, quotes. Nothing is run and nothing is expanded. Pure.
 */
#include "buf.h"
#include "slice.h"

enum envfile_line {
    ENVFILE_NOTHING, /* blank, a comment, or no assignment */
    ENVFILE_VALUE,
    ENVFILE_VARIABLE, /* an assignment whose value holds ${...} or $NAME, which is not expanded */
};

/* `name` and `value` are cleared and, but for NOTHING, filled. */
enum envfile_line envfile_parse(struct slice line, struct buf *name, struct buf *value);

#endif
