#include "civil.h"

#define DAYS_PER_CYCLE 146097 /* 400 years */
#define UNIX_DAY 719468       /* 1970-01-01, counted from 0000-03-01 */

struct date {
    int64_t year;
    int month, day; /* from 1 */
};

static int64_t
floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are counted from March, so that a leap day ends one. */
static int64_t
days_from_date(struct date date)
{
    int64_t year = date.year - (date.month <= 2), cycle = floor_divide(year, 400);
    int64_t in_cycle = year - cycle * 400;
    int64_t in_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;

    return cycle * DAYS_PER_CYCLE + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year -
           UNIX_DAY;
}

static struct date
date_from_days(int64_t days)
{
    int64_t cycle = floor_divide(days + UNIX_DAY, DAYS_PER_CYCLE);
    int64_t in_cycle = days + UNIX_DAY - cycle * DAYS_PER_CYCLE;
    int64_t year =
        (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / (DAYS_PER_CYCLE - 1)) / 365;
    int64_t in_year = in_cycle - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * in_year + 2) / 153);
    struct date date = {.month = month < 10 ? month + 3 : month - 9,
        .day = (int)(in_year - (153 * month + 2) / 5 + 1)};

    date.year = cycle * 400 + year + (date.month <= 2);
    return date;
}

static bool
take_char(struct slice *text, const char *wanted)
{
    if (text->length == 0 || strchr(wanted, text->data[0]) == NULL || text->data[0] == '\0')
        return false;
    *text = slice_make(text->data + 1, text->length - 1);
    return true;
}

/* Exactly `digits` of them, between `least` and `most`. */
static bool
take_number(struct slice *text, size_t digits, int least, int most, int *value)
{
    *value = 0;
    if (text->length < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            return false;
        *value = *value * 10 + (text->data[i] - '0');
    }
    *text = slice_make(text->data + digits, text->length - digits);
    return *value >= least && *value <= most;
}

static bool
take_date(struct slice *text, int64_t *day)
{
    int year, month, of_month;
    struct date back;

    if (!take_number(text, 4, 1, 9999, &year) || !take_char(text, "-") ||
        !take_number(text, 2, 1, 12, &month) || !take_char(text, "-") ||
        !take_number(text, 2, 1, 31, &of_month))
        return false;
    *day = days_from_date((struct date){year, month, of_month});
    back = date_from_days(*day);
    return back.day == of_month; /* else the month is shorter */
}

/* A leap second is the first one of the next minute. */
static bool
take_clock(struct slice *text, int64_t *seconds)
{
    int hour, minute, second;

    if (!take_number(text, 2, 0, 23, &hour) || !take_char(text, ":") ||
        !take_number(text, 2, 0, 59, &minute) || !take_char(text, ":") ||
        !take_number(text, 2, 0, 60, &second))
        return false;
    *seconds = (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}

static bool
take_zone(struct slice *text, int64_t *seconds)
{
    int hours, minutes = 0, sign;

    *seconds = 0;
    if (text->length == 0 || take_char(text, "Z"))
        return true;
    sign = text->data[0] == '-' ? -1 : 1;
    if (!take_char(text, "+-") || !take_number(text, 2, 0, 15, &hours))
        return false;
    if (text->length > 0 && (!take_char(text, ":") || !take_number(text, 2, 0, 59, &minutes)))
        return false;
    *seconds = sign * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return true;
}

bool
civil_parse(struct slice text, struct civil *time)
{
    int64_t seconds, zone;

    if (!take_date(&text, &time->day) || !take_char(&text, " T") || !take_clock(&text, &seconds) ||
        !take_zone(&text, &zone))
        return false;
    time->instant = time->day * 86400 + seconds - zone;
    return text.length == 0;
}

int64_t
civil_period(int64_t day, enum civil_unit unit)
{
    struct date date = date_from_days(day);

    switch (unit) {
    case CIVIL_DAY:
        break;
    case CIVIL_WEEK: /* 1970-01-01 was a Thursday */
        return floor_divide(day + 3, 7);
    case CIVIL_MONTH:
        return date.year * 12 + date.month - 1;
    case CIVIL_YEAR:
        return date.year;
    }
    return day;
}

/* ISO 8601: a week is of the year that has its Thursday. */
static void
format_week(int64_t week, struct buf *out)
{
    int64_t thursday = week * 7;
    struct date date = date_from_days(thursday);
    int64_t first = days_from_date((struct date){date.year, 1, 1});

    buf_add_format(
        out, "%04lld-W%02lld", (long long)date.year, (long long)(thursday - first) / 7 + 1);
}

void
civil_format(int64_t period, enum civil_unit unit, struct buf *out)
{
    struct date date = date_from_days(period);

    switch (unit) {
    case CIVIL_DAY:
        buf_add_format(out, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
        break;
    case CIVIL_WEEK:
        format_week(period, out);
        break;
    case CIVIL_MONTH:
        buf_add_format(out, "%04lld-%02d", (long long)floor_divide(period, 12),
            (int)(period - floor_divide(period, 12) * 12) + 1);
        break;
    case CIVIL_YEAR:
        buf_add_format(out, "%04lld", (long long)period);
        break;
    }
}
