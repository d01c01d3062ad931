#ifndef MSG_H
#define MSG_H
/*
 * Messages on standard error, and the exit codes of the whole suite.
 *
 * Two idioms of failure and no third: when the environment fails (memory, I/O, server) a function
 * calls msg_fatal() on the spot; when the input is bad a parser returns false with a reason and the
 * tool decides. A message says what, where, why and what to do; no secret goes into one. On a
 * terminal it erases what stands in its line, such as progress.h's.
 *
 * The program's name, the verbosity and the fatal hook are the only mutable file-scope state of the
 * suite: every layer may have to fail, and none should carry a parameter for it.
 */
#include <stdbool.h>
#include <stdint.h>

/* The exit codes; merge-stream(5) and every man page list the same ones. 128+N: signal N. */
enum msg_status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,     /* failed, the database is unchanged */
    STATUS_USAGE = 2,      /* usage or configuration */
    STATUS_PARTIAL = 3,    /* done, with rejects, skipped tables, or differences */
    STATUS_INPUT = 4,      /* input incomplete, corrupt or refused */
    STATUS_CONNECTION = 5, /* cannot connect, or a privilege is missing */
    STATUS_TEMPORARY = 6,  /* lock, deadlock, concurrent change: try again */
    STATUS_OUTPUT = 7,     /* output error */
    STATUS_BUSY = 8,       /* another merge holds the lock */
    STATUS_UNKNOWN = 9,    /* the connection was lost during COMMIT: done, or not */
    STATUS_DIFFERENT = 10, /* --exit-code of a dry run: there is something to do */
};

enum msg_level { MSG_QUIET, MSG_NORMAL, MSG_VERBOSE };

/* To the start of a terminal's line, and clears it (ECMA-48: CR, EL). */
#define MSG_ERASE "\r\033[K"
/* True for a terminal that knows this. */
bool msg_can_erase(int fd);

/* Called once by msg_fatal() with the message, before the process exits. */
typedef void msg_hook(void *context, enum msg_status status, const char *message);

/* Sets the name that starts every message: the last component of argv[0], kept by reference. */
void msg_init(const char *argv0);
const char *msg_program(void);
void msg_set_level(enum msg_level level);
enum msg_level msg_get_level(void);
/* At most one hook (a stream's writer that tells the next tool of the failure); NULL removes it. */
void msg_set_hook(msg_hook *hook, void *context);
/* Likewise, called after that one, as the last thing: what a tool adds for people. */
void msg_at_end(msg_hook *hook, void *context);

/* "tool: error: ...": always printed. */
void msg_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "tool: warning: ...": printed unless -q. */
void msg_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "tool: ...": printed unless -q. */
void msg_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "tool: ...": printed with -v only. */
void msg_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line of a table, without the program's name: printed unless -q. */
void msg_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* msg_error(), then the hook, then _exit()s with `status`: nothing half-written is flushed. */
void msg_fatal(enum msg_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

#endif
