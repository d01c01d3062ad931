/* What the line says; that it comes and goes on a terminal: tests/server/progress.sh. */
#include "progress.h"

#include <unistd.h>

#include "unit.h"

static const struct {
    struct progress_state state;
    double seconds;
    const char *line;
} lines[] = {
    {{0}, 0, "0 rows, 0/s  0.0 MB read"},
    {{.bytes = 1500000, .bytes_total = 6000000}, 1, " 25%  0 rows, 0/s  1.5 of 6.0 MB read"},
    {{.bytes = 1500000, .bytes_total = 6000000}, 4,
        " 25%  0:12 left  0 rows, 0/s  1.5 of 6.0 MB read"},
    {{.bytes = 6000000, .bytes_total = 6000000, .rows = 500, .rows_total = 1000}, 10,
        " 50%  0:10 left  500 of 1000 rows, 50/s  6.0 of 6.0 MB read"},
    {{.bytes = 1000, .rows = 500, .rows_total = 1000000}, 5,
        "  0%  2:46:35 left  500 of 1000000 rows, 100/s  0.0 MB read"},
    {{.rows = 1001, .rows_total = 1000}, 1, "100%  1001 of 1000 rows, 1001/s  0.0 MB read"},
    {{.bytes = 2000000, .rows = 9}, 3, "9 rows, 3/s  2.0 MB read"},
};

START_TEST(a_line_says_what_is_known)
{
    struct buf line = {0};

    progress_format(&lines[_i].state, lines[_i].seconds, &line);
    unit_slice_is(buf_slice(&line), lines[_i].line);
    ck_assert_uint_lt(line.length, 80);
}
END_TEST

START_TEST(without_a_terminal_nothing_is_shown)
{
    struct progress progress;
    int ends[2];
    char byte;

    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    setenv(PROGRESS_TERMINAL, "/dev/null", 1);
    progress_open(&progress);
    progress.due = 0;
    ck_assert(!progress_is_due(&progress));
    progress_show(&progress, &lines[1].state);
    progress_close(&progress);
    close(STDERR_FILENO);
    ck_assert_int_eq((int)read(ends[0], &byte, 1), 0);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("progress");

    tcase_add_loop_test(tests, a_line_says_what_is_known, 0, (int)(sizeof lines / sizeof lines[0]));
    tcase_add_test(tests, without_a_terminal_nothing_is_shown);
    return unit_run(tests);
}
