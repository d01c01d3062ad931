#ifndef DBURL_H
#define DBURL_H
/*
 * Database URLs as applications write them (DATABASE_URL), made into URIs that libpq reads: the
 * query keys of Prisma, SQLAlchemy, Doctrine and others that libpq would refuse are dropped, so is
 * a driver in the scheme. Nothing is decoded here. Pure.
 *
 * What libpq would take apart wrongly is refused, since it would show parts of a password in its
 * messages: a second '@', an '@' behind the authority, a bad percent sign. A reason never quotes.
 */
#include <stdbool.h>

#include "buf.h"
#include "slice.h"

/* True for URIs of PostgreSQL, whatever their driver. */
bool dburl_is_url(const char *text);
/* Appends the URI; false with a static reason. */
bool dburl_clean(const char *url, struct buf *out, const char **reason);
/* Appends the decoded value of Prisma's `schema`; false when there is none. For URLs that
 * dburl_clean() takes. */
bool dburl_schema(const char *url, struct buf *out);

#endif
