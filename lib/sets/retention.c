#include "retention.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

struct retention {
    const struct retention_rules *rules;
    struct retention_set **newest_first; /* all sets */
    struct retention_set **counted;      /* the verified ones of them that are not of the future */
    size_t n, n_counted;
};

static int
newest_first(const void *a, const void *b)
{
    const struct retention_set *left = *(struct retention_set *const *)a;
    const struct retention_set *right = *(struct retention_set *const *)b;

    if (left->time.instant != right->time.instant)
        return left->time.instant < right->time.instant ? 1 : -1;
    return strcmp(right->name, left->name);
}

static int
latest_day_first(const void *a, const void *b)
{
    const struct retention_set *left = *(struct retention_set *const *)a;
    const struct retention_set *right = *(struct retention_set *const *)b;

    if (left->time.day != right->time.day)
        return left->time.day < right->time.day ? 1 : -1;
    return newest_first(a, b);
}

static bool
is_future(const struct retention *retention, const struct retention_set *set)
{
    return set->time.instant > retention->rules->now;
}

/* Starts the next reason and marks the set. */
static struct buf *
keep(struct retention_set *set)
{
    set->decision = RETENTION_KEEP;
    if (set->reason.length > 0)
        buf_add_string(&set->reason, ", ");
    return &set->reason;
}

static void
sort_sets(struct retention *retention, struct retention_set *sets, size_t n)
{
    retention->n = n;
    retention->newest_first = mem_alloc(n * sizeof *retention->newest_first);
    retention->counted = mem_alloc(n * sizeof *retention->counted);
    for (size_t i = 0; i < n; i++)
        retention->newest_first[i] = &sets[i];
    qsort(retention->newest_first, n, sizeof *retention->newest_first, newest_first);
    for (size_t i = 0; i < n; i++) {
        struct retention_set *set = retention->newest_first[i];

        if (set->verified && !is_future(retention, set))
            retention->counted[retention->n_counted++] = set;
    }
}

static void
keep_last(struct retention *retention)
{
    if (retention->n_counted > 0)
        buf_add_string(keep(retention->counted[0]), "the last good one");
    for (size_t i = 0; i < retention->n_counted && i < retention->rules->last; i++)
        buf_add_format(
            keep(retention->counted[i]), "last %zu of %zu", i + 1, retention->rules->last);
}

/* The newest set of each of the latest periods. Expects the counted sets latest day first: where
 * the zone changed, that is not always the order of their instants. */
static void
keep_periods(struct retention *retention, enum civil_unit unit)
{
    static const char *const words[] = {[CIVIL_DAY] = "daily ",
        [CIVIL_WEEK] = "weekly ",
        [CIVIL_MONTH] = "monthly ",
        [CIVIL_YEAR] = "yearly "};
    size_t left = retention->rules->units[unit], next;

    for (size_t i = 0; i < retention->n_counted && left > 0; i = next, left--) {
        struct retention_set *newest = retention->counted[i];
        int64_t period = civil_period(newest->time.day, unit);

        for (next = i + 1; next < retention->n_counted; next++) {
            struct retention_set *set = retention->counted[next];

            if (civil_period(set->time.day, unit) != period)
                break;
            if (newest_first(&set, &newest) < 0)
                newest = set;
        }
        buf_add_string(keep(newest), words[unit]);
        civil_format(period, unit, &newest->reason);
    }
}

/* Expects the counted sets newest first. The second newest measures the age: a single set with a
 * wrong date, as one made while the clock was ahead, ends nothing. */
static void
guard(struct retention *retention, struct retention_set *set)
{
    if (set->pinned)
        buf_add_string(keep(set), "pinned");
    if (is_future(retention, set))
        buf_add_string(keep(set), "dated in the future: not counted");
    if (set->pre_migrate &&
        (retention->n_counted < 2 ||
            retention->counted[1]->time.instant - set->time.instant <= RETENTION_PRE_MIGRATE))
        buf_add_string(keep(set), "pre-migrate: kept until two verified sets are 31 days newer");
}

/* `newer`: how many counted sets are newer than this one, which is not verified. */
static void
judge_unverified(struct retention *retention, struct retention_set *set, size_t newer)
{
    size_t wanted = retention->rules->last > 0 ? retention->rules->last : 1;

    if (newer < wanted)
        buf_add_format(keep(set), "not verified: not counted, kept until %zu verified %s newer",
            wanted, wanted == 1 ? "one is" : "ones are");
    else if (set->decision == RETENTION_REMOVE)
        buf_add_format(&set->reason, "not verified, and %zu verified %s newer", newer,
            newer == 1 ? "one is" : "ones are");
}

static void
judge(struct retention *retention)
{
    size_t newer = 0;

    for (size_t i = 0; i < retention->n; i++) {
        struct retention_set *set = retention->newest_first[i];

        guard(retention, set);
        if (!set->verified)
            judge_unverified(retention, set, newer);
        else if (set->decision == RETENTION_REMOVE)
            buf_add_string(&set->reason, "no rule keeps it");
        newer += set->verified && !is_future(retention, set);
    }
}

void
retention_decide(const struct retention_rules *rules, struct retention_set *sets, size_t n)
{
    struct retention retention = {.rules = rules};

    for (size_t i = 0; i < n; i++) {
        sets[i].decision = RETENTION_REMOVE;
        buf_clear(&sets[i].reason);
    }
    sort_sets(&retention, sets, n);
    keep_last(&retention);
    qsort(retention.counted, retention.n_counted, sizeof *retention.counted, latest_day_first);
    for (int unit = 0; unit < CIVIL_UNITS; unit++)
        keep_periods(&retention, (enum civil_unit)unit);
    qsort(retention.counted, retention.n_counted, sizeof *retention.counted, newest_first);
    judge(&retention);
    free(retention.newest_first);
    free(retention.counted);
}

void
retention_release(struct retention_set *sets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_release(&sets[i].reason);
}
