#ifndef RETENTION_H
#define RETENTION_H
/*
 * Which backup sets are kept, and why. Pure: what is decided follows from the list, the rules and
 * one `now`.
 *
 * The rules count what is there, not the days of the calendar: `daily 7` keeps the newest set of
 * each of the seven latest days that have one. A machine that slept, or a clock that is ahead, thus
 * makes nothing old. Only verified sets that are not dated in the future count. Beside the rules
 * stand the guards, which keep a set whatever the rules say; backup-pruner(1) has them all.
 */
#include <stdbool.h>
#include <stddef.h>

#include "civil.h"

enum retention_decision { RETENTION_REMOVE, RETENTION_KEEP };

struct retention_set {
    const char *name;
    struct civil time;
    bool verified, pinned, pre_migrate;

    /* Filled in by retention_decide(): */
    enum retention_decision decision;
    struct buf reason; /* "last 1, daily 2026-11-20" */
};

struct retention_rules {
    size_t last;               /* so many of the newest */
    size_t units[CIVIL_UNITS]; /* by enum civil_unit: so many days, weeks, months, years */
    int64_t now; /* an instant, as struct civil's: what lies behind it is the future */
};

/* A pre-migrate set is kept until sets are older than it by so much. */
#define RETENTION_PRE_MIGRATE ((int64_t)31 * 86400)

/*
 * Decides about every set; their order stays. Sets of equal time are ordered by name, the larger
 * one is the newer. Names must differ.
 */
void retention_decide(const struct retention_rules *rules, struct retention_set *sets, size_t n);
void retention_release(struct retention_set *sets, size_t n);

#endif
