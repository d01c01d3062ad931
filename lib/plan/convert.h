#ifndef CONVERT_H
#define CONVERT_H
/*
 * Whether values of one type can stand in a column of another, as text: what a COPY of the backup's
 * rows into the live table comes to. Single values may still be refused. Pure.
 */
#include <stdbool.h>

#include "schema.h"

enum convert_result {
    CONVERT_SAME,     /* the same type, modifiers included */
    CONVERT_POSSIBLE, /* another type of the same family, or text */
    CONVERT_NOT,
};

/* `from` is a type of `backup`, `to` one of `live`, as format_type() prints them. */
enum convert_result convert_check(
    const struct schema *backup, const char *from, const struct schema *live, const char *to);
/*
 * What values lose without being refused, malloc'd: "are rounded to 2 digits after the point";
 * NULL: nothing. Of types that convert.
 */
char *convert_loss(
    const struct schema *backup, const char *from, const struct schema *live, const char *to);

/* True where values of `from` have a time zone, and those of `to` have none: as times of UTC they
 * stay the same moments. */
bool convert_drops_zone(
    const struct schema *backup, const char *from, const struct schema *live, const char *to);

#endif
