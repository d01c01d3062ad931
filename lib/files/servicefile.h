#ifndef SERVICEFILE_H
#define SERVICEFILE_H
/*
 * A section of libpq's connection service file (manual, "The Connection Service File"), and what
 * libpq's reader (fe-connect.c, parseServiceFile) can give back: it knows no quotes, cuts blanks at
 * the end of a line, and refuses lines of 1023 bytes and more. Pure.
 */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

/* Appends "[name]". */
void servicefile_section(struct buf *out, const char *name);
/* Appends "keyword=value"; false with a static reason, which never quotes the value, and nothing
 * appended, when the file could not hold it. */
bool servicefile_add(struct buf *out, const char *keyword, const char *value, const char **reason);

/*
 * Appends to the value of the parameter `options` a setting of search_path: the schema, then
 * public. The server splits options at blanks, and a backslash keeps one.
 */
void servicefile_search_path(struct buf *options, const char *schema);

#endif
