#ifndef JSONIDS_H
#define JSONIDS_H
/*
 * The JSON of sampled rows: numbers that look like ids by their keys (user_id, package_ids) and of
 * which no rule speaks, for where ids mean something else they would name strangers; and rules that
 * speak of what is not there.
 */
#include <libpq-fe.h>

#include "decide.h"
#include "schemastream.h"

/* Says a warning for each, with the rule that is wanted. What the server cannot read as JSON
 * is passed over. Needs an open transaction. */
void jsonids_say(PGconn *connection, const struct schemastream *backup, const struct decide *decide,
    const struct plan *plan);

#endif
