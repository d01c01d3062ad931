#ifndef JSONIDS_H
#define JSONIDS_H
/*
 * Numbers in the JSON of sampled rows that look like ids by their keys (user_id, package_ids), in
 * columns of json and jsonb that no rule says anything of: where ids mean something else they would
 * name strangers.
 */
#include <libpq-fe.h>

#include "plan.h"
#include "schemastream.h"

/* Says a warning for each place, with the rule that it wants. What the server cannot read as JSON
 * is passed over. Needs an open transaction. */
void jsonids_say(PGconn *connection, const struct schemastream *backup, const struct plan *plan);

#endif
