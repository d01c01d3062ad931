#ifndef CIVIL_H
#define CIVIL_H
/*
 * Times as people write them, "2026-11-20 02:00:00+01:00" (ISO 8601), and the days, ISO weeks,
 * months and years they fall into. A period is that of the date as it is written, in its own zone;
 * order is by instant. Pure, proleptic Gregorian calendar, years 0001 to 9999.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "slice.h"

struct civil {
    int64_t instant; /* seconds since 1970-01-01 00:00:00 UTC */
    int64_t day;     /* of the written date: days since 1970-01-01 */
};

enum civil_unit { CIVIL_DAY, CIVIL_WEEK, CIVIL_MONTH, CIVIL_YEAR };
#define CIVIL_UNITS 4

/*
 * Reads YYYY-MM-DD, a blank or T, HH:MM:SS, and Z, +HH or +HH:MM (or -; none of them means UTC);
 * nothing may stand around it. False when it is anything else or no such time exists.
 */
bool civil_parse(struct slice text, struct civil *time);

/* The number of the period that holds a day: the same for all its days, larger for later periods.
 */
int64_t civil_period(int64_t day, enum civil_unit unit);
/* Appends the period's name: 2026-11-20, 2026-W47 (ISO 8601: weeks start on Monday), 2026-11, 2026.
 */
void civil_format(int64_t period, enum civil_unit unit, struct buf *out);

#endif
