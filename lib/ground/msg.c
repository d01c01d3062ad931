#include "msg.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    const char *program;
    enum msg_level level;
    msg_hook *hook, *last;
    void *context, *last_context;
} state = {"pgbraid", MSG_NORMAL, NULL, NULL, NULL, NULL};

void
msg_init(const char *argv0)
{
    const char *slash = argv0 != NULL ? strrchr(argv0, '/') : NULL;

    if (argv0 != NULL && argv0[0] != '\0')
        state.program = slash != NULL ? slash + 1 : argv0;
}

const char *
msg_program(void)
{
    return state.program;
}

void
msg_set_level(enum msg_level level)
{
    state.level = level;
}

enum msg_level
msg_get_level(void)
{
    return state.level;
}

void
msg_set_hook(msg_hook *hook, void *context)
{
    state.hook = hook;
    state.context = context;
}

void
msg_at_end(msg_hook *hook, void *context)
{
    state.last = hook;
    state.last_context = context;
}

bool
msg_can_erase(int fd)
{
    const char *type = getenv("TERM");

    return type != NULL && strcmp(type, "dumb") != 0 && isatty(fd);
}

/* One write(2) a message, so that the lines of a pipeline's tools do not mix. */
static void
print(const char *name, const char *severity, const char *text)
{
    char line[8192];
    const char *erase = msg_can_erase(STDERR_FILENO) ? MSG_ERASE : "";
    const char *colon = name[0] != '\0' ? ": " : "";
    size_t length;
    int n = snprintf(line, sizeof line - 1, "%s%s%s%s%s", erase, name, colon, severity, text);

    if (n < 0)
        return;
    length = (size_t)n < sizeof line - 2 ? (size_t)n : sizeof line - 2;
    line[length++] = '\n';
    if (write(STDERR_FILENO, line, length) < 0)
        return; /* nowhere left to say so */
}

#define PRINT(name, severity, format)                                                              \
    do {                                                                                           \
        char text[8000];                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        vsnprintf(text, sizeof text, format, arguments);                                           \
        va_end(arguments);                                                                         \
        print(name, severity, text);                                                               \
    } while (0)

void
msg_error(const char *format, ...)
{
    PRINT(state.program, "error: ", format);
}

void
msg_warning(const char *format, ...)
{
    if (state.level > MSG_QUIET)
        PRINT(state.program, "warning: ", format);
}

void
msg_info(const char *format, ...)
{
    if (state.level > MSG_QUIET)
        PRINT(state.program, "", format);
}

void
msg_detail(const char *format, ...)
{
    if (state.level > MSG_NORMAL)
        PRINT(state.program, "", format);
}

void
msg_line(const char *format, ...)
{
    if (state.level > MSG_QUIET)
        PRINT("", "", format);
}

void
msg_fatal(enum msg_status status, const char *format, ...)
{
    char text[8000];
    va_list arguments;
    msg_hook *hook = state.hook, *last = state.last;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print(state.program, "error: ", text);
    state.hook = state.last = NULL; /* a hook that fails itself must not be called again */
    if (hook != NULL)
        hook(state.context, status, text);
    if (last != NULL)
        last(state.last_context, status, text);
    _exit((int)status);
}
