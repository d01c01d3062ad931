#ifndef SCRIPTHEAD_H
#define SCRIPTHEAD_H
/* Whether what people took for a SQL dump is one, by its first bytes. Pure. */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

/*
 * False when no script of SQL begins so: behind white space, comments and commands of psql's there
 * stands no word with which a statement begins. An empty one is none. Where the first bytes decide
 * nothing, or name a dump of PostgreSQL, it is true.
 */
bool scripthead_may_be_sql(struct slice head);
/* `it begins with "..."`, for people: the first line, or its beginning, bytes that are no text as
 * \xNN; or `it is empty`. */
void scripthead_show(struct slice head, struct buf *out);

#endif
