#ifndef IDMAP_H
#define IDMAP_H
/*
 * The id map of one table: the backup's ids to the live database's. Integers (smallint, integer,
 * bigint) are kept as numbers (numbermap.h); ids of other types as text.
 */
#include <stdbool.h>
#include <stddef.h>

#include "slice.h"

struct idmap;

/* `type` as in the plan ("bigint", "uuid", "text", ...). */
struct idmap *idmap_new(const char *type);
/* Makes room for n entries at once. */
void idmap_reserve(struct idmap *map, size_t n);
/* A map in which every id is itself, but for those that are put: these have no entry. */
struct idmap *idmap_new_without(const char *type);
void idmap_free(struct idmap *map);
/* Ids are values, not escaped. A later put of the same old id replaces the earlier. False when the
 * map holds integers and one of the ids is none. */
bool idmap_put(struct idmap *map, struct slice old, struct slice live);
/* False when the map holds integers and the id is none. */
bool idmap_fits(const struct idmap *map, struct slice id);
/* False when there is no entry. *live is valid until the next call with this map, and
 * as long as `old`. */
bool idmap_get(struct idmap *map, struct slice old, struct slice *live);
/*
 * A hint that idmap_get() will follow for the integers in `text`, whatever stands between them:
 * their entries are fetched at the same time, not one after the other. Does nothing for other ids.
 */
void idmap_prefetch(const struct idmap *map, struct slice text);
size_t idmap_count(const struct idmap *map);
/* Calls `each` for every entry, in no order. */
void idmap_each(struct idmap *map, void (*each)(void *context, struct slice old, struct slice live),
    void *context);

#endif
