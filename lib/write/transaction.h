#ifndef TRANSACTION_H
#define TRANSACTION_H
/*
 * The one transaction in which a merge, or the undoing of one, writes. Only one at a time into a
 * database: two would not see each other's rows, so the second ends with STATUS_BUSY,
 * after two seconds.
 */
#include "connect.h"

/* Connects, takes the lock, and begins. Constraints are immediate: a row's fault, not COMMIT's. */
PGconn *transaction_begin(const struct connect_options *options);
/*
 * Ends the process unless the server says that it has committed. When the connection is lost
 * meanwhile nobody knows whether it did: STATUS_UNKNOWN. Where the server refuses it the file
 * `undo` (NULL: there is none) is removed: one that is sealed says that the merge may have taken
 * effect.
 */
void transaction_commit(PGconn *writer, const char *undo);

#endif
