#include "msg.h"

#include <stdio.h>
#include <unistd.h>

#include "unit.h"

/* Sends standard error into a pipe, whose reading end it returns. */
static int
catch_stderr(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

static void
expect_stderr(int fd, const char *expected)
{
    char text[20000];
    ssize_t n;

    close(STDERR_FILENO);
    n = read(fd, text, sizeof text - 1);
    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    ck_assert_str_eq(text, expected);
}

START_TEST(messages_name_the_program)
{
    int fd = catch_stderr();

    msg_init("/usr/bin/some-tool");
    ck_assert_str_eq(msg_program(), "some-tool");
    msg_info("hello");
    expect_stderr(fd, "some-tool: hello\n");
}
END_TEST

static const struct {
    enum msg_level level;
    const char *expected;
} levels[] = {
    {MSG_QUIET, "t: error: e\n"},
    {MSG_NORMAL, "t: error: e\nt: warning: w\nt: i\n"},
    {MSG_VERBOSE, "t: error: e\nt: warning: w\nt: i\nt: d\n"},
};

START_TEST(the_level_decides_what_is_said)
{
    int fd = catch_stderr();

    msg_init("t");
    msg_set_level(levels[_i].level);
    ck_assert_int_eq(msg_get_level(), levels[_i].level);
    msg_error("e");
    msg_warning("w");
    msg_info("i");
    msg_detail("d");
    expect_stderr(fd, levels[_i].expected);
}
END_TEST

START_TEST(a_long_message_is_one_line)
{
    static char text[30000];
    char line[20000];
    int fd = catch_stderr();
    ssize_t n;

    memset(text, 'x', sizeof text - 1);
    msg_error("%s", text);
    n = read(fd, line, sizeof line);
    ck_assert_int_gt(n, 4000);
    ck_assert_int_eq(line[n - 1], '\n');
}
END_TEST

static const enum msg_status statuses[] = {STATUS_FAILED, STATUS_USAGE, STATUS_INPUT,
    STATUS_CONNECTION, STATUS_TEMPORARY, STATUS_OUTPUT, STATUS_BUSY};

/* The hook's proof is the status: it ends the process itself. */
static void
hook(void *context, enum msg_status status, const char *message)
{
    if (*(int *)context == 42 && status == STATUS_INPUT && strcmp(message, "why 7") == 0)
        _exit(99);
}

static void
failing_hook(void *context, enum msg_status status, const char *message)
{
    (void)context;
    (void)status;
    msg_fatal(STATUS_OUTPUT, "the hook failed after: %s", message);
}

START_TEST(the_hook_gets_status_and_message)
{
    int context = 42;

    msg_set_hook(hook, &context);
    msg_fatal(STATUS_INPUT, "why %d", 7);
}
END_TEST

START_TEST(a_hook_that_fails_is_not_called_again)
{
    msg_set_hook(failing_hook, NULL);
    msg_fatal(STATUS_INPUT, "first");
}
END_TEST

START_TEST(a_removed_hook_is_not_called)
{
    int context = 42;

    msg_set_hook(hook, &context);
    msg_set_hook(NULL, NULL);
    msg_fatal(STATUS_INPUT, "why 7");
}
END_TEST

START_TEST(fatal_ends_with_status_FAILED)
{
    msg_fatal(STATUS_FAILED, "x");
}
END_TEST

START_TEST(fatal_ends_with_status_CONNECTION)
{
    msg_fatal(STATUS_CONNECTION, "x");
}
END_TEST

START_TEST(the_exit_codes_are_those_of_the_manual)
{
    static const int codes[] = {1, 2, 4, 5, 6, 7, 8};

    ck_assert_int_eq((int)statuses[_i], codes[_i]);
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("msg");

    tcase_add_test(tests, messages_name_the_program);
    tcase_add_loop_test(tests, the_level_decides_what_is_said, 0, 3);
    tcase_add_test(tests, a_long_message_is_one_line);
    tcase_add_exit_test(tests, the_hook_gets_status_and_message, 99);
    tcase_add_exit_test(tests, a_hook_that_fails_is_not_called_again, STATUS_OUTPUT);
    tcase_add_exit_test(tests, a_removed_hook_is_not_called, STATUS_INPUT);
    tcase_add_exit_test(tests, fatal_ends_with_status_FAILED, 1);
    tcase_add_exit_test(tests, fatal_ends_with_status_CONNECTION, 5);
    tcase_add_loop_test(tests, the_exit_codes_are_those_of_the_manual, 0, 7);
    return unit_run(tests);
}
