#ifndef DUMPNOTE_H
#define DUMPNOTE_H
/*
 * What stands between the statements of a dump: pg_dump's comments, which name the versions and say
 * that the dump is complete, and psql's meta-commands, none of which is executed.
 */
#include "dump.h"

/* Takes note of a comment or meta-command between two statements. */
void dumpnote_take(struct dump *dump, const struct sqllex_token *token);

#endif
