#ifndef TARGET_H
#define TARGET_H
/*
 * Which database: libpq's parameters, from psql's options, DATABASE_URL, services, the PG*
 * variables and .env, the first of which decides. connect.h connects to it; service-writer(1)
 * writes it down for psql, pg_dump and pg_restore.
 *
 * DATABASE_URL comes from the environment or from a file of variables: ENV_FILE, else .env, else
 * packages/database/.env; it is parsed, never run. When DATABASE_URL and the PG* variables both
 * name a target and the targets differ nothing is guessed: STATUS_USAGE, showing both without
 * passwords. What PG* of the environment say is left to libpq and does not stand here.
 */
#include <stddef.h>

#include "buf.h"
#include "connect.h"

struct target {
    const char **keywords, **values; /* each ends with NULL; values are never empty */
    size_t n;
    const char *schema; /* of names without one, from the URL's schema=; NULL when it is not said */
};

/* Fills *target, or ends the process with STATUS_USAGE. Process lifetime. */
void target_resolve(struct target *target, const struct connect_options *options);
/* NULL when the target leaves it to libpq. */
const char *target_get(const struct target *target, const char *keyword);
/* As target_get(), else what PG* of the environment say; NULL when that is nothing either. */
const char *target_effective(const struct target *target, const char *keyword);
/* A later value of the same keyword wins, as in libpq. */
void target_set(struct target *target, const char *keyword, const char *value);

#endif
