#ifndef DUMPNOTE_H
#define DUMPNOTE_H
/*
 * What stands between the statements of a dump: pg_dump's comments, which name the versions and say
 * that the dump is complete, and psql's meta-commands, none of which is executed. Pure.
 */
#include <stdbool.h>

#include "slice.h"

/* How far the dump is known to be whole: pg_dump writes a closing comment. */
enum dumpnote_closing {
    DUMPNOTE_OPEN,
    DUMPNOTE_CLOSING,
    DUMPNOTE_RESTRICTED, /* the \unrestrict of its \restrict is missing */
    DUMPNOTE_COMPLETE,
};

enum dumpnote_command {
    DUMPNOTE_CONNECT,  /* another database */
    DUMPNOTE_RESTRICT, /* \restrict, or the \unrestrict that belongs to it */
    DUMPNOTE_OTHER,
};

/* Zero-initialise it. The strings are malloc'd; NULL: not said. */
struct dumpnote {
    enum dumpnote_closing closing;
    char *restrict_key; /* of \restrict, until its \unrestrict */
    char *server_version, *pg_dump_version;
    char *database;    /* of the last \connect that named one */
    bool cluster_open; /* pg_dumpall began, and has not said that it is complete */
};

void dumpnote_release(struct dumpnote *note);
/* Takes note of a comment between two statements. */
void dumpnote_take_comment(struct dumpnote *note, struct slice text);
/* Takes note of a meta-command, and says which it is. */
enum dumpnote_command dumpnote_take_command(struct dumpnote *note, struct slice text);

#endif
