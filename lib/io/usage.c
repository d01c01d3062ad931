#include "usage.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "msg.h"
#include "number.h"
#include "output.h"

#define VERSION "0.1.0"

static void __attribute__((noreturn)) print(struct slice text)
{
    output_print(text);
    exit(STATUS_OK);
}

static void __attribute__((noreturn)) print_version(void)
{
    struct buf line = {0};

    buf_add_format(&line, "%s (pgbraid) %s\n", msg_program(), VERSION);
    print(buf_slice(&line));
}

static void __attribute__((noreturn)) hint(void)
{
    fprintf(stderr, "Try '%s --help'.\n", msg_program());
    exit(STATUS_USAGE);
}

void
usage_option(int letter, const char *text)
{
    switch (letter) {
    case 'q':
        msg_set_level(MSG_QUIET);
        return;
    case 'v':
        msg_set_level(MSG_VERBOSE);
        return;
    case 'V':
        print_version();
    case USAGE_HELP:
        print(slice_string(text));
    default:
        hint();
    }
}

const char *
usage_file(int argc, char **argv)
{
    if (argc - optind > 1)
        usage_wrong("more than one FILE: \"%s\"", argv[optind + 1]);
    return argv[optind];
}

uint64_t
usage_number(const char *option, const char *argument, uint64_t most)
{
    int64_t n;

    if (!number_parse(slice_string(argument), &n) || n < 0 || (uint64_t)n > most)
        usage_wrong("--%s: \"%s\" is not a number up to %" PRIu64, option, argument, most);
    return (uint64_t)n;
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
    hint();
}
