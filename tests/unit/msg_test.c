#include "msg.h"

#include <stdio.h>
#include <unistd.h>

#include "unit.h"

/* What `act` says on standard error. */
static const char *
said(void (*act)(void))
{
    static char text[20000];
    FILE *file = tmpfile();
    int saved = dup(2);
    ssize_t n;

    dup2(fileno(file), 2);
    act();
    dup2(saved, 2);
    close(saved);
    n = pread(fileno(file), text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    fclose(file);
    return text;
}

static void
say_everything(void)
{
    msg_error("e %d", 1);
    msg_warning("w");
    msg_info("i");
    msg_detail("d");
}

START_TEST(the_level_decides_what_is_said)
{
    msg_init("/usr/bin/tool");
    ck_assert_str_eq(msg_program(), "tool");
    ck_assert_str_eq(said(say_everything), "tool: error: e 1\ntool: warning: w\ntool: i\n");
    msg_set_level(MSG_QUIET);
    ck_assert_str_eq(said(say_everything), "tool: error: e 1\n");
    msg_set_level(MSG_VERBOSE);
    ck_assert_str_eq(
        said(say_everything), "tool: error: e 1\ntool: warning: w\ntool: i\ntool: d\n");
}
END_TEST

static void
say_much(void)
{
    char text[9001];

    memset(text, 'x', 9000);
    text[9000] = '\0';
    msg_error("%s", text);
}

START_TEST(a_long_message_is_cut_and_still_a_line)
{
    const char *text;

    msg_init("tool");
    text = said(say_much);
    ck_assert_uint_gt(strlen(text), 7000);
    ck_assert_int_eq(text[strlen(text) - 1], '\n');
}
END_TEST

static void
hook(void *context, enum msg_status status, const char *message)
{
    ck_assert_str_eq(context, "context");
    ck_assert_int_eq(status, STATUS_INPUT);
    ck_assert_str_eq(message, "gone");
    _exit(77);
}

START_TEST(a_fatal_message_calls_the_hook)
{
    char context[] = "context";

    msg_set_hook(hook, context);
    msg_fatal(STATUS_INPUT, "gone");
}
END_TEST

START_TEST(a_fatal_message_ends_with_its_status)
{
    msg_fatal(STATUS_BUSY, "busy");
}
END_TEST

int
main(void)
{
    TCase *tests = unit_case("msg");

    tcase_add_test(tests, the_level_decides_what_is_said);
    tcase_add_test(tests, a_long_message_is_cut_and_still_a_line);
    tcase_add_exit_test(tests, a_fatal_message_calls_the_hook, 77);
    tcase_add_exit_test(tests, a_fatal_message_ends_with_its_status, STATUS_BUSY);
    return unit_run(tests);
}
