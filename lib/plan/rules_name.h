#ifndef RULES_NAME_H
#define RULES_NAME_H
/*
 * The names that rules.c finds in a rule, looked up in both schemas. Tables in display form,
 * columns bare. Where the schemas are not known yet, NULL, every name is taken, of no known type.
 */
#include <stdbool.h>
#include <stddef.h>

#include "schema.h"

/*
 * The table of that schema; without a schema (NULL) the one of the default schema, else the only
 * one of that name. malloc'd; NULL when there is none.
 */
char *rules_name_table(
    const struct schema *backup, const struct schema *live, const char *schema, const char *bare);
bool rules_name_has_column(
    const struct schema *backup, const struct schema *live, const char *table, const char *column);
/* Its type in the live database, else in the backup; NULL when it is not known. */
const char *rules_name_type(
    const struct schema *backup, const struct schema *live, const char *table, const char *column);
/* `a.b.c` in its parts. */
struct rules_parts {
    struct schema_names names; /* bare, at least one */
    size_t loose;              /* how many parts there are up to the last one that has capitals
                                  outside of quotes, which were folded; 0: none has */
};
/* False when the word is anything else. */
bool rules_name_split(const char *word, struct rules_parts *parts);
void rules_name_release(struct rules_parts *parts);

/* The message for a name, as written, that is no table's. */
const char *rules_name_unknown(const char *word);

#endif
