#ifndef RACE_H
#define RACE_H
/*
 * A row that was marked as new, and whose key is taken all the same: somebody inserted it since the
 * live table was read. Rejecting it would leave what refers to it with a stranger.
 */
#include <libpq-fe.h>

#include "layout.h"
#include "server.h"

/* Ends the process with STATUS_TEMPORARY when that is why a marked row was refused. */
void race_require_none(
    PGconn *reader, const struct layout *layout, const struct server_error *error);

#endif
