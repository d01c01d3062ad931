#ifndef USAGE_H
#define USAGE_H
/* The ends of a tool that does no work: help and version on standard output, wrong usage. */

/* Prints the text and ends the process with STATUS_OK, or STATUS_OUTPUT when it cannot. */
void usage_help(const char *text) __attribute__((noreturn));
/* Likewise "TOOL (pgbraid) VERSION". */
void usage_version(void) __attribute__((noreturn));
/* The message (without an end of line), then where to find help; ends with STATUS_USAGE. */
void usage_wrong(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* As usage_wrong() when getopt_long() has said itself what is wrong. */
void usage_hint(void) __attribute__((noreturn));

#endif
