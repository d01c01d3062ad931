#ifndef TEXTSTYLE_H
#define TEXTSTYLE_H
/*
 * The settings of a session that say what the text of a date, time or interval means (manual,
 * "Date/Time Input"): a script sets them before its rows. Only these settings, and only values that
 * are checked, are taken out of a script; others are not kept. Pure.
 */
#include <stdbool.h>

#include "slice.h"

enum textstyle_name { TEXTSTYLE_DATESTYLE, TEXTSTYLE_INTERVALSTYLE, TEXTSTYLE_TIMEZONE };
#define TEXTSTYLE_NAMES 3

/*
 * By their names; empty where the script set nothing: then values are read as the tools' own
 * sessions read them. DateStyle is "ISO, DMY" and its like: what is printed is ISO, what is read
 * may vary.
 */
struct textstyle {
    char values[TEXTSTYLE_NAMES][64];
};

extern const char *const textstyle_names[TEXTSTYLE_NAMES]; /* in lower case */

/* True when one of them has that name. */
bool textstyle_has(struct slice name);
/*
 * Sets what has that name, in any case; an empty value takes it back. False, and nothing is set,
 * when no setting of this kind has that name, or it cannot have that value.
 */
bool textstyle_set(struct textstyle *style, struct slice name, struct slice value);
/* The value to give to a session: what was set, or what the tools' own sessions have. */
const char *textstyle_value(const struct textstyle *style, enum textstyle_name name);
bool textstyle_equal(const struct textstyle *a, const struct textstyle *b);
/* True when values are read as the tools' own sessions read them. */
bool textstyle_is_own(const struct textstyle *style);

#endif
