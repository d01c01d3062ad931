#ifndef ENCODING_H
#define ENCODING_H
/*
 * The words of a backup's statements in UTF-8, whatever its client_encoding: names are compared
 * with those of the plan and of the live database. By iconv(3); rows are converted by the live
 * server (recode.h).
 */
#include <stdbool.h>

#include "mem.h"
#include "slice.h"

/*
 * A copy of `text` in the arena. `encoding` as PostgreSQL names it, NULL for UTF-8; text that is
 * not valid in it, or of an encoding that iconv does not know, is copied as it is.
 */
struct slice encoding_copy(struct arena *arena, const char *encoding, struct slice text);
/* UTF8, utf-8, Unicode and NULL are one. */
bool encoding_is_same(const char *a, const char *b);

#endif
