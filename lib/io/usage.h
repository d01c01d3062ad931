#ifndef USAGE_H
#define USAGE_H
/*
 * What every tool's command line has in common: help, version, -q and -v, one FILE at the most, and
 * the message for wrong usage.
 */
#include <stdint.h>

/*
 * For getopt_long: the options of every tool; or, of a tool that has something to say on the way,
 * these and -q and -v. A tool's own options without a letter count from USAGE_OWN.
 */
#define USAGE_SHORT "V"
#define USAGE_LONG                                                                                 \
    {"help", no_argument, NULL, USAGE_HELP},                                                       \
    {                                                                                              \
        "version", no_argument, NULL, 'V'                                                          \
    }
#define USAGE_LEVEL_SHORT "qv" USAGE_SHORT
#define USAGE_LEVEL_LONG                                                                           \
    {"quiet", no_argument, NULL, 'q'}, {"verbose", no_argument, NULL, 'v'}, USAGE_LONG
enum { USAGE_HELP = 256, USAGE_OWN };

/*
 * Takes the options above, where no other module takes the letter. Ends the process for --help,
 * which prints `text`, and --version: with STATUS_OK, or STATUS_OUTPUT when that cannot be written;
 * and with STATUS_USAGE for any other letter: getopt_long() has said what is wrong.
 */
void usage_option(int letter, const char *text);
/* The one argument behind the options, or NULL when there is none; more are wrong usage. */
const char *usage_file(int argc, char **argv);
/* The argument of --`option` as a number up to `most`; anything else is wrong usage. */
uint64_t usage_number(const char *option, const char *argument, uint64_t most);
/* The message (without an end of line), then where to find help; ends with STATUS_USAGE. */
void usage_wrong(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
