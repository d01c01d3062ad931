#ifndef CATALOGKIND_H
#define CATALOGKIND_H
#include <libpq-fe.h>
#include <stdbool.h>

/* True when the live table, named in display form, is partitioned. */
bool catalogkind_is_partitioned(PGconn *connection, const char *table);

#endif
