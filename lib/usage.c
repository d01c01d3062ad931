#include "usage.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "msg.h"
#include "output.h"

#define VERSION "0.1.0"

static void __attribute__((noreturn)) print(const char *text)
{
    struct output output;

    output_init(&output, STDOUT_FILENO, "standard output");
    output_write(&output, text, strlen(text));
    output_close(&output);
    exit(STATUS_OK);
}

void
usage_help(const char *text)
{
    print(text);
}

void
usage_version(void)
{
    struct buf line = {0};

    buf_add_format(&line, "%s (pgbraid) %s\n", msg_program(), VERSION);
    print(buf_string(&line));
}

void
usage_hint(void)
{
    fprintf(stderr, "Try '%s --help'.\n", msg_program());
    exit(STATUS_USAGE);
}

void
usage_wrong(const char *format, ...)
{
    va_list arguments;
    char text[1024];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    msg_error("%s", text);
    usage_hint();
}
