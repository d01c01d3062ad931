/* Which backup sets are kept: cases by hand, and a simple model over random histories. */
#include "unit.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "mem.h"
#include "retention.h"

#define DAY ((int64_t)86400)
#define SEEDS 400

static struct civil
moment(const char *text)
{
    struct civil time;

    ck_assert(civil_parse(slice_string(text), &time));
    return time;
}

static const struct retention_rules by_default = {
    .last = 3, .units = {7, 4, 12, 0}, .now = INT64_MAX};

static void
reason_is(struct retention_set *set, enum retention_decision decision, const char *reason)
{
    ck_assert_msg(set->decision == decision, "%s: %s", set->name, buf_string(&set->reason));
    ck_assert_str_eq(buf_string(&set->reason), reason);
}

START_TEST(a_lone_set_is_kept_whatever_the_rules)
{
    struct retention_rules none = {.now = INT64_MAX};
    struct retention_set set = {
        .name = "a", .time = moment("2026-11-20 02:00:00Z"), .verified = true};

    retention_decide(&none, &set, 1);
    reason_is(&set, RETENTION_KEEP, "the last good one");
    retention_release(&set, 1);
}
END_TEST

START_TEST(reasons_name_every_rule_that_holds)
{
    struct retention_set sets[] = {
        {.name = "old", .time = moment("2024-11-18 02:00:00Z"), .verified = true},
        {.name = "noon", .time = moment("2026-11-20 12:00:00Z"), .verified = true},
        {.name = "night", .time = moment("2026-11-20 02:00:00Z"), .verified = true},
    };
    struct retention_rules rules = {.last = 1, .units = {1, 1, 1, 2}, .now = INT64_MAX};

    retention_decide(&rules, sets, 3);
    reason_is(&sets[0], RETENTION_KEEP, "yearly 2024");
    reason_is(&sets[1], RETENTION_KEEP,
        "the last good one, last 1 of 1, daily 2026-11-20, weekly 2026-W47, monthly 2026-11, "
        "yearly 2026");
    reason_is(&sets[2], RETENTION_REMOVE, "no rule keeps it");
    retention_release(sets, 3);
}
END_TEST

START_TEST(an_iso_week_crosses_the_year)
{
    struct retention_set sets[] = {
        {.name = "a", .time = moment("2024-12-30 02:00:00Z"), .verified = true}, /* Monday */
        {.name = "b", .time = moment("2025-01-01 02:00:00Z"), .verified = true},
        {.name = "c", .time = moment("2024-12-29 02:00:00Z"), .verified = true}, /* Sunday */
    };
    struct retention_rules rules = {.units = {[CIVIL_WEEK] = 2}, .now = INT64_MAX};

    retention_decide(&rules, sets, 3);
    reason_is(&sets[0], RETENTION_REMOVE, "no rule keeps it");
    reason_is(&sets[1], RETENTION_KEEP, "the last good one, weekly 2025-W01");
    reason_is(&sets[2], RETENTION_KEEP, "weekly 2024-W52");
    retention_release(sets, 3);
}
END_TEST

START_TEST(of_equal_times_the_larger_name_is_newer)
{
    struct retention_set sets[] = {
        {.name = "b", .time = moment("2026-11-20 02:00:00Z"), .verified = true},
        {.name = "c", .time = moment("2026-11-20 03:00:00+01:00"), .verified = true},
        {.name = "a", .time = moment("2026-11-20 02:00:00Z"), .verified = true},
    };
    struct retention_rules rules = {.last = 2, .now = INT64_MAX};

    retention_decide(&rules, sets, 3);
    ck_assert_int_eq(sets[0].decision, RETENTION_KEEP);
    ck_assert_int_eq(sets[1].decision, RETENTION_KEEP);
    ck_assert_int_eq(sets[2].decision, RETENTION_REMOVE);
    retention_release(sets, 3);
}
END_TEST

START_TEST(an_unverified_set_never_stands_for_a_good_one)
{
    struct retention_set sets[] = {
        {.name = "bad", .time = moment("2026-11-20 02:00:00Z")},
        {.name = "good", .time = moment("2026-01-01 02:00:00Z"), .verified = true},
        {.name = "worse", .time = moment("2025-01-01 02:00:00Z")},
    };
    struct retention_rules none = {.now = INT64_MAX};

    retention_decide(&none, sets, 3);
    reason_is(
        &sets[0], RETENTION_KEEP, "not verified: not counted, kept until 1 verified one is newer");
    reason_is(&sets[1], RETENTION_KEEP, "the last good one");
    reason_is(&sets[2], RETENTION_REMOVE, "not verified, and 1 verified one is newer");
    retention_decide(&by_default, sets, 3);
    reason_is(&sets[2], RETENTION_KEEP,
        "not verified: not counted, kept until 3 verified ones are newer");
    retention_release(sets, 3);
}
END_TEST

/* A clock ahead for a week: its sets do not push out those of the right time. */
START_TEST(sets_of_the_future_do_not_count)
{
    struct retention_set sets[9];
    struct retention_rules rules = {.last = 1, .now = moment("2026-11-21 00:00:00Z").instant};

    for (int i = 0; i < 9; i++)
        sets[i] = (struct retention_set){.name = mem_format("set%d", i),
            .time = moment(i < 7 ? "2038-01-01 00:00:00Z" : "2026-11-20 00:00:00Z"),
            .verified = true};
    retention_decide(&rules, sets, 9);
    for (int i = 0; i < 7; i++)
        reason_is(&sets[i], RETENTION_KEEP, "dated in the future: not counted");
    ck_assert_int_eq(sets[7].decision, RETENTION_REMOVE);
    reason_is(&sets[8], RETENTION_KEEP, "the last good one, last 1 of 1");
    rules.now = 0; /* the clock has gone back to 1970: nothing is removed */
    retention_decide(&rules, sets, 9);
    for (int i = 0; i < 9; i++)
        ck_assert_int_eq(sets[i].decision, RETENTION_KEEP);
    retention_release(sets, 9);
}
END_TEST

START_TEST(a_pre_migrate_set_lives_a_month)
{
    struct retention_rules rules = {.last = 1, .now = INT64_MAX};
    struct retention_set sets[] = {
        {.name = "p",
            .time = moment("2026-10-01 00:00:00Z"),
            .pre_migrate = true,
            .verified = true},
        {.name = "a", .time = moment("2026-11-01 00:00:00Z"), .verified = true},
        {.name = "b", .time = moment("2030-01-01 00:00:00Z"), .verified = true},
    };

    retention_decide(&rules, sets, 3); /* one date alone, perhaps wrong, ends nothing */
    reason_is(
        &sets[0], RETENTION_KEEP, "pre-migrate: kept until two verified sets are 31 days newer");
    ck_assert_int_eq(sets[1].decision, RETENTION_REMOVE);
    sets[1].time.instant++;
    retention_decide(&rules, sets, 3);
    reason_is(&sets[0], RETENTION_REMOVE, "no rule keeps it");
    retention_release(sets, 3);
}
END_TEST

/* xorshift64*: the same history for the same seed everywhere. */
static uint64_t
random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static int64_t
random_below(uint64_t *state, int64_t n)
{
    return (int64_t)(random_next(state) % (uint64_t)n);
}

/* A clock that runs on, jumps now and then, stands still, and changes its zone twice a year. */
struct history {
    struct retention_set *sets;
    int64_t *written; /* seconds of the written date and time */
    size_t n;
};

static void
add_set(struct history *history, size_t i, uint64_t *random, int64_t instant)
{
    bool summer = instant / (183 * DAY) % 2 != 0;
    struct retention_set *set = &history->sets[i];

    history->written[i] =
        instant + (summer ? 7200 : 3600) - (random_below(random, 40) == 0) * 5 * DAY / 24;
    *set = (struct retention_set){
        .name = mem_format("backup_%05lld_%zu", (long long)random_below(random, 90000), i),
        .time = {.instant = instant, .day = history->written[i] / DAY},
        .verified = random_below(random, 8) != 0,
        .pinned = random_below(random, 25) == 0,
        .pre_migrate = random_below(random, 12) == 0};
}

static struct history
make_history(uint64_t *random)
{
    static const int64_t steps[] = {1, 60, 3600, 6 * 3600, DAY, DAY, DAY, 7 * DAY, 40 * DAY};
    struct history history = {
        .n = (size_t)random_below(random, random_below(random, 10) == 0 ? 400 : 40)};
    int64_t clock = 1577836800 + random_below(random, 1000 * DAY);

    history.sets = mem_alloc((history.n + 1) * sizeof *history.sets);
    history.written = mem_alloc((history.n + 1) * sizeof *history.written);
    for (size_t i = 0; i < history.n; i++) {
        clock += random_below(random, 6) == 0
                     ? 0
                     : random_below(random, 2 * steps[random_below(random, 9)]);
        if (random_below(random, 30) == 0)
            clock += random_below(random, 2000 * DAY) - 1000 * DAY;
        add_set(&history, i, random, clock);
    }
    return history;
}

/* The model: by names of periods that strftime() makes, and by counting. Nothing is sorted. */
static bool
is_newer(const struct retention_set *a, const struct retention_set *b)
{
    return a->time.instant > b->time.instant ||
           (a->time.instant == b->time.instant && strcmp(a->name, b->name) > 0);
}

static bool
counts(const struct history *history, const struct retention_rules *rules, size_t i)
{
    return history->sets[i].verified && history->sets[i].time.instant <= rules->now;
}

static void
period_name(const struct history *history, size_t i, int unit, char name[32])
{
    time_t seconds = (time_t)history->written[i];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    if (unit == CIVIL_DAY)
        strftime(name, 32, "%Y-%m-%d", &tm);
    else if (unit == CIVIL_WEEK)
        strftime(name, 32, "%G-W%V", &tm);
    else if (unit == CIVIL_MONTH)
        strftime(name, 32, "%Y-%m", &tm);
    else
        strftime(name, 32, "%Y", &tm);
}

/* Is it the newest of its period, and do fewer than the rule's number of periods lie behind it? The
 * names of periods are ordered as their times. */
static bool
model_period(const struct history *history, const struct retention_rules *rules, size_t i, int unit)
{
    char own[32], other[32], later[1000][32];
    size_t n = 0;

    period_name(history, i, unit, own);
    for (size_t j = 0; j < history->n; j++) {
        bool known = false;

        if (!counts(history, rules, j))
            continue;
        period_name(history, j, unit, other);
        if (strcmp(other, own) == 0 && is_newer(&history->sets[j], &history->sets[i]))
            return false;
        if (strcmp(other, own) <= 0)
            continue;
        for (size_t k = 0; k < n; k++)
            known = known || strcmp(later[k], other) == 0;
        if (!known)
            strcpy(later[n++], other);
    }
    return n < rules->units[unit];
}

static bool
model_keeps(const struct history *history, const struct retention_rules *rules, size_t i)
{
    const struct retention_set *set = &history->sets[i];
    size_t newer = 0, month_newer = 0;

    for (size_t j = 0; j < history->n; j++) {
        if (!counts(history, rules, j))
            continue;
        newer += is_newer(&history->sets[j], set);
        month_newer += history->sets[j].time.instant - set->time.instant > 31 * DAY;
    }
    if (set->pinned || set->time.instant > rules->now || (set->pre_migrate && month_newer < 2))
        return true;
    if (newer < rules->last || newer == 0)
        return true;
    if (!set->verified)
        return false;
    for (int unit = 0; unit < CIVIL_UNITS; unit++)
        if (model_period(history, rules, i, unit))
            return true;
    return false;
}

static void
release_history(struct history *history)
{
    retention_release(history->sets, history->n);
    for (size_t i = 0; i < history->n; i++)
        free((void *)history->sets[i].name);
    free(history->sets);
    free(history->written);
}

static struct retention_rules
make_rules(uint64_t *random, const struct history *history)
{
    struct retention_rules rules = {.last = (size_t)random_below(random, 5), .now = INT64_MAX};

    for (int unit = 0; unit < CIVIL_UNITS; unit++)
        rules.units[unit] = (size_t)random_below(random, random_below(random, 3) == 0 ? 1 : 15);
    if (history->n > 0 && random_below(random, 2) == 0)
        rules.now = history->sets[random_below(random, (int64_t)history->n)].time.instant;
    return rules;
}

START_TEST(the_model_decides_alike)
{
    uint64_t random = (uint64_t)_i * 7919 + 1;
    struct history history = make_history(&random);
    struct retention_rules rules = make_rules(&random, &history);

    retention_decide(&rules, history.sets, history.n);
    for (size_t i = 0; i < history.n; i++) {
        ck_assert_msg(
            (history.sets[i].decision == RETENTION_KEEP) == model_keeps(&history, &rules, i),
            "seed %d, set %zu (%s): %s", _i, i, history.sets[i].name,
            buf_string(&history.sets[i].reason));
        ck_assert_uint_gt(history.sets[i].reason.length, 0);
    }
    release_history(&history);
}
END_TEST

/* What was removed was not needed: pruning what is left removes nothing more. */
START_TEST(pruning_twice_is_pruning_once)
{
    uint64_t random = (uint64_t)_i * 104729 + 1;
    struct history history = make_history(&random);
    struct retention_rules rules = make_rules(&random, &history);
    struct retention_set *left = mem_alloc((history.n + 1) * sizeof *left);
    size_t n = 0;

    retention_decide(&rules, history.sets, history.n);
    for (size_t i = 0; i < history.n; i++)
        if (history.sets[i].decision == RETENTION_KEEP) {
            left[n] = history.sets[i];
            left[n++].reason = (struct buf){0};
        }
    retention_decide(&rules, left, n);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(left[i].decision == RETENTION_KEEP, "seed %d: %s", _i, left[i].name);
    retention_release(left, n);
    free(left);
    release_history(&history);
}
END_TEST

START_TEST(many_sets_are_quick)
{
    size_t n = 200000;
    struct retention_set *sets = mem_alloc(n * sizeof *sets);

    for (size_t i = 0; i < n; i++) {
        int64_t instant = (int64_t)i * 3600;

        sets[i] = (struct retention_set){.name = mem_format("%zu", i),
            .time = {.instant = instant, .day = instant / DAY},
            .verified = true};
    }
    retention_decide(
        &(struct retention_rules){.units = {5000, 700, 200, 20}, .now = INT64_MAX}, sets, n);
    ck_assert_int_eq(sets[n - 1].decision, RETENTION_KEEP);
    retention_release(sets, n);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("retention");

    tcase_add_test(tests, a_lone_set_is_kept_whatever_the_rules);
    tcase_add_test(tests, reasons_name_every_rule_that_holds);
    tcase_add_test(tests, an_iso_week_crosses_the_year);
    tcase_add_test(tests, of_equal_times_the_larger_name_is_newer);
    tcase_add_test(tests, an_unverified_set_never_stands_for_a_good_one);
    tcase_add_test(tests, sets_of_the_future_do_not_count);
    tcase_add_test(tests, a_pre_migrate_set_lives_a_month);
    tcase_add_loop_test(tests, the_model_decides_alike, 0, SEEDS);
    tcase_add_loop_test(tests, pruning_twice_is_pruning_once, 0, SEEDS);
    tcase_add_test(tests, many_sets_are_quick);
    return unit_run(tests);
}
