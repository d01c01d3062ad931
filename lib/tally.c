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

void
tally_heading(void)
{
    msg_line("%-32s %10s %9s %9s %10s %7s %8s %8s %7s", "table", "read", "inserted", "updated",
        "unchanged", "kept", "rejected", "skipped", "seconds");
}

void
tally_line(const struct tally *tally)
{
    msg_line(COLUMNS, tally->table, NUMBER(read), NUMBER(inserted), NUMBER(updated),
        NUMBER(unchanged), NUMBER(kept), NUMBER(rejected), NUMBER(skipped), tally->seconds);
}

void
tally_write_header(struct output *file)
{
    static const char header[] =
        "table\tread\tinserted\tupdated\tunchanged\tkept\trejected\tskipped\tseconds\n";

    output_write(file, header, sizeof header - 1);
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

void
tally_verdict(const struct tally *sum, enum tally_mode mode, uint64_t skipped_tables)
{
    struct buf text = {0};

    if (!tally_writes(sum))
        buf_add_string(&text,
            mode == TALLY_DRY_RUN ? "dry run: nothing to do" : "nothing to do: no row was written");
    else
        buf_add_format(&text,
            mode == TALLY_DRY_RUN
                ? "dry run, nothing was written: would insert %llu and update %llu rows"
                : "committed: inserted %llu and updated %llu rows",
            (unsigned long long)sum->inserted, (unsigned long long)sum->updated);
    buf_add_format(&text, " (%llu read, %llu unchanged", (unsigned long long)sum->read,
        (unsigned long long)sum->unchanged);
    if (sum->kept > 0)
        buf_add_format(&text, ", %llu kept", (unsigned long long)sum->kept);
    if (sum->rejected > 0)
        buf_add_format(&text, ", %llu REJECTED", (unsigned long long)sum->rejected);
    if (skipped_tables > 0)
        buf_add_format(&text, ", %llu tables skipped", (unsigned long long)skipped_tables);
    msg_info("%s)", buf_string(&text));
    buf_release(&text);
}
