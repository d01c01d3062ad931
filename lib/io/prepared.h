#ifndef PREPARED_H
#define PREPARED_H
/*
 * Queries of the catalog that are asked for table after table. The server parses and plans them
 * once a connection (manual, "PREPARE"), which takes longer than to run them. They are known by the
 * address of their text, so `sql` is one of sql.h's. The caller owns the result; as for server.h's
 * functions, the process ends when the server refuses.
 */
#include <libpq-fe.h>

/* With text parameters, NULL for NULL. */
PGresult *prepared_query(PGconn *connection, const char *sql, int n, const char *const *values);
/* With one parameter: the SQL name of the relation whose display form is `name`. */
PGresult *prepared_query_relation(PGconn *connection, const char *sql, const char *name);

#endif
