#ifndef NUMBER_H
#define NUMBER_H
/* Integers as PostgreSQL prints them: an optional minus, digits, nothing else. */
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

/* False when the text is anything else or does not fit 64 bits. */
bool number_parse(struct slice text, int64_t *value);
#define NUMBER_ROOM 24
/* Writes the digits into `room` and returns them. */
struct slice number_format(int64_t value, char room[NUMBER_ROOM]);
/* True for the integer types by format_type()'s names. */
bool number_is_type(const char *type);

#endif
