/* Times and their periods, against the C library's calendar. */
#include "unit.h"

#include <stdio.h>
#include <time.h>

#include "civil.h"

static const struct {
    const char *text;
    int64_t instant, day;
} times[] = {
    {"1970-01-01 00:00:00", 0, 0},
    {"1970-01-01T00:00:00Z", 0, 0},
    {"2026-11-20 02:00:00+01:00", 1795136400, 20777},
    {"2026-11-20 02:00:00+01", 1795136400, 20777},
    {"2026-11-20 00:30:00+05:30", 1795114800, 20777}, /* the day is the written one */
    {"2026-11-19 23:30:00-05:00", 1795149000, 20776},
    {"2026-10-25 02:30:00+02:00", 1792888200, 20751}, /* the hour that comes twice */
    {"2026-10-25 02:30:00+01:00", 1792891800, 20751},
    {"2024-02-29 12:00:00Z", 1709208000, 19782},
    {"2016-12-31 23:59:60Z", 1483228800, 17166},
    {"0001-01-01 00:00:00Z", -62135596800, -719162},
    {"9999-12-31 23:59:59Z", 253402300799, 2932896},
};

START_TEST(a_time_is_read)
{
    struct civil time;

    ck_assert(civil_parse(slice_string(times[_i].text), &time));
    ck_assert_int_eq(time.instant, times[_i].instant);
    ck_assert_int_eq(time.day, times[_i].day);
}
END_TEST

static const char *const wrong[] = {"", "2026-11-20", "2026-11-20 02:00", "2026-11-20 02:00:00 ",
    " 2026-11-20 02:00:00", "2026-11-20  02:00:00", "20261120_020000", "0000-01-01 00:00:00",
    "2026-00-20 02:00:00", "2026-13-20 02:00:00", "2026-11-00 02:00:00", "2026-11-31 02:00:00",
    "2023-02-29 02:00:00", "1900-02-29 02:00:00", "2026-11-20 24:00:00", "2026-11-20 02:60:00",
    "2026-11-20 02:00:61", "2026-11-20 02:00:00+1", "2026-11-20 02:00:00+16:00",
    "2026-11-20 02:00:00+01:60", "2026-11-20 02:00:00+01:00x", "2026-11-20 02:00:00Zulu",
    "2026-11-20 02:00:00+0100", "2026-11-20 -2:00:00", "+026-11-20 02:00:00",
    "12026-11-20 02:00:00"};

START_TEST(what_is_no_time_is_refused)
{
    struct civil time;

    ck_assert_msg(!civil_parse(slice_string(wrong[_i]), &time), "%s", wrong[_i]);
}
END_TEST

START_TEST(a_nul_is_no_time)
{
    struct civil time;

    ck_assert(!civil_parse(SLICE("2026-11-20\00002:00:00"), &time));
    ck_assert(!civil_parse(SLICE("2026-11-20 02:00:00\0"), &time));
}
END_TEST

static void
name_by_strftime(char name[32], int unit, const struct tm *tm)
{
    if (unit == CIVIL_DAY)
        strftime(name, 32, "%Y-%m-%d", tm);
    else if (unit == CIVIL_WEEK)
        strftime(name, 32, "%G-W%V", tm);
    else if (unit == CIVIL_MONTH)
        strftime(name, 32, "%Y-%m", tm);
    else
        strftime(name, 32, "%Y", tm);
}

/* Every day of eight centuries: strftime() knows the calendar and ISO weeks by itself. */
START_TEST(periods_are_those_of_the_c_library)
{
    struct buf name = {0}, before = {0};

    for (int unit = 0; unit < CIVIL_UNITS; unit++) {
        int64_t last = INT64_MIN;

        buf_clear(&before);
        for (int64_t day = -135140; day < 160000; day++) { /* 1600 to 2408 */
            time_t seconds = (time_t)(day * 86400);
            struct tm tm;
            char want[32];
            int64_t period = civil_period(day, (enum civil_unit)unit);

            name_by_strftime(want, unit, gmtime_r(&seconds, &tm));
            buf_clear(&name);
            civil_format(period, (enum civil_unit)unit, &name);
            ck_assert_str_eq(buf_string(&name), want);
            ck_assert_int_ge(period, last);
            ck_assert_int_eq(period == last, strcmp(buf_string(&before), want) == 0);
            last = period;
            buf_clear(&before);
            buf_add_string(&before, want);
        }
    }
    buf_release(&name);
    buf_release(&before);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("civil");

    tcase_add_loop_test(tests, a_time_is_read, 0, (int)(sizeof times / sizeof times[0]));
    tcase_add_loop_test(
        tests, what_is_no_time_is_refused, 0, (int)(sizeof wrong / sizeof wrong[0]));
    tcase_add_test(tests, a_nul_is_no_time);
    tcase_add_test(tests, periods_are_those_of_the_c_library);
    return unit_run(tests);
}
