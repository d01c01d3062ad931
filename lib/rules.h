#ifndef RULES_H
#define RULES_H
/*
 * The rules of a merge, as people write them (schema-differ(1), RULES): one a line, words between
 * blanks, '#' comments. Pure. Process lifetime.
 *
 *     package            key        purl
 *     metrics.packages   array-of   package
 *     users              conflict   newest(updated_at)
 *
 * Every property remembers the line that set it (0: none did), for reasons such as "rule
 * merge.rules:12".
 */
#include <stdbool.h>

#include "plan.h"
#include "schema.h"
#include "slice.h"

enum rules_identity { RULES_IDENTITY_KEY, RULES_IDENTITY_APPEND, RULES_IDENTITY_MERGE };
enum rules_role { RULES_ROLE_REFERENCE, RULES_ROLE_ARRAY };

struct rules_column {
    char *name; /* bare */
    enum rules_role role;
    char *target;                /* of the role: a table, display form */
    enum plan_conflict conflict; /* UPDATE or KEEP */
    enum plan_unresolved unresolved;
    unsigned long role_line, conflict_line, unresolved_line, skip_line;
};

struct rules_table {
    char *name; /* display form */
    enum rules_identity identity;
    struct schema_names key; /* of RULES_IDENTITY_KEY */
    enum plan_conflict conflict;
    char *newest; /* of PLAN_CONFLICT_NEWEST */
    enum plan_lineage lineage;
    unsigned long identity_line, conflict_line, lineage_line, skip_line;
    struct rules_column *columns;
    size_t n_columns, room_columns;
};

struct rules {
    const char *file; /* for reasons; owned by the caller */
    struct rules_table *tables;
    size_t n_tables, room_tables;
};

/*
 * Takes one line, the `number`th, without its newline. False with a malloc'd reason when it is no
 * rule, names what is in neither schema, or contradicts a line before; the others can still be
 * read.
 */
bool rules_parse(struct rules *rules, const struct schema *backup, const struct schema *live,
    struct slice line, unsigned long number, char **reason);

/* Never NULL: what has no rules is empty. */
const struct rules_table *rules_table(const struct rules *rules, const char *name);
const struct rules_column *rules_column(const struct rules_table *table, const char *name);
/* "rule FILE:LINE", malloc'd. */
char *rules_reason(const struct rules *rules, unsigned long line);

#endif
