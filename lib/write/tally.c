#include "tally.h"

#include "copyrow.h"
#include "msg.h"

void
tally_check(const struct tally *tally)
{
    uint64_t sum = tally->inserted + tally->updated + tally->unchanged + tally->kept +
                   tally->rejected + tally->skipped;

    if (tally->read != sum)
        msg_fatal(STATUS_FAILED,
            "%s: read %llu rows but accounted for %llu; nothing is committed, "
            "please report this",
            tally->table, (unsigned long long)tally->read, (unsigned long long)sum);
}

void
tally_add(struct tally *sum, const struct tally *tally)
{
    sum->read += tally->read;
    sum->inserted += tally->inserted;
    sum->updated += tally->updated;
    sum->unchanged += tally->unchanged;
    sum->kept += tally->kept;
    sum->rejected += tally->rejected;
    sum->skipped += tally->skipped;
    sum->seconds += tally->seconds;
}

int
tally_writes(const struct tally *tally)
{
    return tally->inserted + tally->updated > 0;
}

#define COLUMNS "%-32s %10llu %9llu %9llu %10llu %7llu %8llu %8llu %7.2f"
#define NUMBER(what) ((unsigned long long)tally->what)

static bool
is_undo(enum tally_mode mode)
{
    return mode == TALLY_UNDO || mode == TALLY_UNDO_DRY_RUN;
}

void
tally_heading(enum tally_mode mode)
{
    msg_line("%-32s %10s %9s %9s %10s %7s %8s %8s %7s", "table", "read",
        is_undo(mode) ? "deleted" : "inserted", is_undo(mode) ? "restored" : "updated", "unchanged",
        "kept", "rejected", "skipped", "seconds");
}

void
tally_line(const struct tally *tally)
{
    msg_line(COLUMNS, tally->table, NUMBER(read), NUMBER(inserted), NUMBER(updated),
        NUMBER(unchanged), NUMBER(kept), NUMBER(rejected), NUMBER(skipped), tally->seconds);
}

void
tally_write_header(struct output *file, enum tally_mode mode)
{
    static const char merged[] = "table\tread\tinserted\tupdated", undone[] = "table\tread\tdeleted"
                                                                              "\trestored";
    static const char rest[] = "\tunchanged\tkept\trejected\tskipped\tseconds\n";

    if (is_undo(mode))
        output_write(file, undone, sizeof undone - 1);
    else
        output_write(file, merged, sizeof merged - 1);
    output_write(file, rest, sizeof rest - 1);
}

void
tally_write(struct output *file, const struct tally *tally)
{
    const uint64_t numbers[] = {tally->read, tally->inserted, tally->updated, tally->unchanged,
        tally->kept, tally->rejected, tally->skipped};
    struct buf line = {0};

    copyrow_escape(slice_string(tally->table), &line);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_add_char(&line, '\t');
        buf_add_int(&line, (long long)numbers[i]);
    }
    buf_add_format(&line, "\t%.3f\n", tally->seconds);
    output_slice(file, buf_slice(&line));
    buf_release(&line);
}

static const struct {
    const char *nothing;
    const char *before, *between; /* what stands before the rows inserted and updated */
} verdicts[] = {
    [TALLY_REAL] = {"nothing to do: no row was written", "committed: inserted ", " and updated "},
    [TALLY_DRY_RUN] = {"dry run: nothing to do", "dry run, nothing was written: would insert ",
        " and update "},
    [TALLY_UNDO] = {"nothing to undo: no row was written", "undone: deleted ", " and put back "},
    [TALLY_UNDO_DRY_RUN] = {"dry run: nothing to undo", "dry run: would delete ", " and put back "},
};

static void
add_count(struct buf *text, uint64_t count, const char *noun)
{
    buf_add_format(text, "%llu %s%s", (unsigned long long)count, noun, count == 1 ? "" : "s");
}

static void
add_skipped(struct buf *text, uint64_t tables, const char *why)
{
    if (tables == 0)
        return;
    buf_add_string(text, ", ");
    add_count(text, tables, "table");
    buf_add_string(text, why);
}

void
tally_verdict(const struct tally *sum, enum tally_mode mode, const struct tally_skipped *skipped)
{
    struct buf text = {0};

    if (!tally_writes(sum)) {
        buf_add_string(&text, verdicts[mode].nothing);
    } else {
        buf_add_string(&text, verdicts[mode].before);
        add_count(&text, sum->inserted, "row");
        buf_add_string(&text, verdicts[mode].between);
        add_count(&text, sum->updated, "row");
    }
    buf_add_format(&text, " (%llu read, %llu unchanged", (unsigned long long)sum->read,
        (unsigned long long)sum->unchanged);
    if (sum->kept > 0)
        buf_add_format(&text, ", %llu kept", (unsigned long long)sum->kept);
    if (sum->rejected > 0)
        buf_add_format(&text, ", %llu REJECTED", (unsigned long long)sum->rejected);
    add_skipped(&text, skipped->tables, " skipped");
    add_skipped(&text, skipped->by_rule, " skipped by rule");
    msg_info("%s)", buf_string(&text));
    buf_release(&text);
}
