/* Accounting: the invariant, sums, the TSV and the sentences. */
#include "tally.h"

#include <stdio.h>
#include <unistd.h>

#include "msg.h"
#include "unit.h"

static const struct tally full = {.table = "public.\"a\tb\"",
    .read = 21,
    .inserted = 1,
    .updated = 2,
    .unchanged = 3,
    .kept = 4,
    .rejected = 5,
    .skipped = 6,
    .seconds = 0.25};

START_TEST(numbers_that_add_up_pass)
{
    tally_check(&full);
}
END_TEST

START_TEST(a_row_that_is_not_accounted_for_ends_the_merge)
{
    struct tally tally = full;

    tally.read++;
    tally_check(&tally);
}
END_TEST

START_TEST(sums_are_of_every_number)
{
    struct tally sum = {.table = "sum"};

    tally_add(&sum, &full);
    tally_add(&sum, &full);
    tally_check(&sum);
    ck_assert_uint_eq(sum.read, 42);
    ck_assert_uint_eq(sum.kept, 8);
    ck_assert(sum.seconds > 0.49 && sum.seconds < 0.51);
    ck_assert(tally_writes(&sum));
    ck_assert(!tally_writes(&(struct tally){.read = 1, .unchanged = 1}));
    ck_assert(tally_writes(&(struct tally){.read = 1, .updated = 1}));
}
END_TEST

/* What went through the pipe, of which both ends were one's own. */
static char *
drain(int fd)
{
    static char text[2000];
    ssize_t n = read(fd, text, sizeof text - 1);

    text[n > 0 ? n : 0] = '\0';
    close(fd);
    return text;
}

START_TEST(the_tsv_has_a_line_a_table)
{
    struct output file;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    output_init(&file, ends[1], "pipe");
    tally_write_header(&file, TALLY_REAL);
    tally_write(&file, &full);
    output_close(&file);
    ck_assert_str_eq(drain(ends[0]),
        "table\tread\tinserted\tupdated\tunchanged\tkept\trejected\tskipped\tseconds\n"
        "public.\"a\\tb\"\t21\t1\t2\t3\t4\t5\t6\t0.250\n");
}
END_TEST

static const struct {
    struct tally sum;
    enum tally_mode mode;
    struct tally_skipped skipped;
    const char *said;
} verdicts[] = {
    {{.read = 3, .unchanged = 3}, TALLY_REAL, {0, 0},
        "pgbraid: nothing to do: no row was written (3 read, 3 unchanged)\n"},
    {{.read = 3, .unchanged = 3}, TALLY_DRY_RUN, {0, 0},
        "pgbraid: dry run: nothing to do (3 read, 3 unchanged)\n"},
    {{.read = 3, .inserted = 1, .updated = 2}, TALLY_REAL, {0, 0},
        "pgbraid: committed: inserted 1 row and updated 2 rows (3 read, 0 unchanged)\n"},
    {{.read = 3, .inserted = 1, .updated = 2}, TALLY_DRY_RUN, {1, 0},
        "pgbraid: dry run, nothing was written: would insert 1 row and update 2 rows (3 read, "
        "0 unchanged, 1 table skipped)\n"},
    {{.read = 3, .inserted = 1, .updated = 2}, TALLY_UNDO, {0, 0},
        "pgbraid: undone: deleted 1 row and put back 2 rows (3 read, 0 unchanged)\n"},
    {{.read = 3, .unchanged = 3}, TALLY_UNDO, {0, 0},
        "pgbraid: nothing to undo: no row was written (3 read, 3 unchanged)\n"},
    {{.read = 3, .skipped = 3}, TALLY_REAL, {1, 2},
        "pgbraid: nothing to do: no row was written (3 read, 0 unchanged, 1 table skipped, "
        "2 tables skipped by rule)\n"},
    {{.read = 9, .inserted = 1, .kept = 3, .rejected = 5}, TALLY_REAL, {2, 0},
        "pgbraid: committed: inserted 1 row and updated 0 rows (9 read, 0 unchanged, 3 kept, "
        "5 REJECTED, 2 tables skipped)\n"},
};

START_TEST(the_verdict_says_what_was_done)
{
    int ends[2], kept = dup(STDERR_FILENO);

    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    tally_verdict(&verdicts[_i].sum, verdicts[_i].mode, &verdicts[_i].skipped);
    dup2(kept, STDERR_FILENO);
    close(kept);
    ck_assert_str_eq(drain(ends[0]), verdicts[_i].said);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("tally");

    tcase_add_test(tests, numbers_that_add_up_pass);
    tcase_add_exit_test(tests, a_row_that_is_not_accounted_for_ends_the_merge, STATUS_FAILED);
    tcase_add_test(tests, sums_are_of_every_number);
    tcase_add_test(tests, the_tsv_has_a_line_a_table);
    tcase_add_loop_test(
        tests, the_verdict_says_what_was_done, 0, (int)(sizeof verdicts / sizeof verdicts[0]));
    return unit_run(tests);
}
