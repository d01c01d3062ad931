#ifndef QUIETMSG_H
#define QUIETMSG_H
/*
 * The module msg for fuzzing what ends the process when its input is bad: nothing is said, and
 * msg_fatal() jumps back to quietmsg_failed, which the caller has set.
 */
#include <setjmp.h>
#include <stdlib.h>

#include "msg.h"

static jmp_buf quietmsg_failed;

void
msg_fatal(enum msg_status status, const char *format, ...)
{
    (void)format;
    if (status <= STATUS_OK || status > 255)
        abort();
    longjmp(quietmsg_failed, 1);
}

void
msg_error(const char *format, ...)
{
    (void)format;
}

void
msg_warning(const char *format, ...)
{
    (void)format;
}

void
msg_info(const char *format, ...)
{
    (void)format;
}

void
msg_detail(const char *format, ...)
{
    (void)format;
}

void
msg_line(const char *format, ...)
{
    (void)format;
}

void
msg_init(const char *argv0)
{
    (void)argv0;
}

const char *
msg_program(void)
{
    return "fuzz";
}

bool
msg_can_erase(int fd)
{
    (void)fd;
    return false;
}

void
msg_set_level(enum msg_level level)
{
    (void)level;
}

enum msg_level
msg_get_level(void)
{
    return MSG_QUIET;
}

void
msg_set_hook(msg_hook *hook, void *context)
{
    (void)hook;
    (void)context;
}

#endif
