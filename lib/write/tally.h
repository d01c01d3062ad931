#ifndef TALLY_H
#define TALLY_H
/*
 * Accounting: what became of every row of every table. Invariant at a table's end, checked:
 * read = inserted + updated + unchanged + kept + rejected + skipped.
 */
#include <stdint.h>

#include "output.h"
#include "plan.h"

struct tally {
    const char *table; /* display form, owned by the plan */
    const char *reason;
    uint64_t read, inserted, updated, unchanged, kept, rejected, skipped;
    double seconds;
};

/* Of an undone merge, `inserted` counts rows that are deleted and `updated` those put back. */
enum tally_mode { TALLY_REAL, TALLY_DRY_RUN, TALLY_UNDO, TALLY_UNDO_DRY_RUN };

/* Ends the process (STATUS_FAILED) when the numbers do not add up. */
void tally_check(const struct tally *tally);
void tally_add(struct tally *sum, const struct tally *tally);
/* True when the merge writes, or would write, something. */
int tally_writes(const struct tally *tally);
/* One line a table on standard error, under one heading; nothing when quiet. */
void tally_heading(enum tally_mode mode);
void tally_line(const struct tally *tally);
/* The same as TSV with a header line. */
void tally_write_header(struct output *file, enum tally_mode mode);
void tally_write(struct output *file, const struct tally *tally);
/* Tables that were skipped: in want of something, or because a rule asks for it. */
struct tally_skipped {
    uint64_t tables, by_rule;
};
/* The closing verdict in a sentence. */
void tally_verdict(
    const struct tally *sum, enum tally_mode mode, const struct tally_skipped *skipped);

#endif
