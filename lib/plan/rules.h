#ifndef RULES_H
#define RULES_H
/*
 * The rules of a merge, as people write them (schema-differ(1), RULES): one a line, words between
 * blanks, '#' comments. Pure. Process lifetime.
 *
 *     package                 key          purl
 *     metrics.packages        array-of     package
 *     event.data.owner.id     refers-to    users
 *     users                   conflict     newest(updated_at)
 *     articles                renamed-to   posts
 *     *                       conflict     keep
 *
 * Every property remembers the line that set it (0: none did), for reasons such as "rule
 * merge.rules:12". Names are the live database's; what a rule renames has got its live name in the
 * backup's schema too before the other rules are looked at, hence the passes.
 */
#include <stdbool.h>

#include "plan.h"
#include "schema.h"
#include "slice.h"

enum rules_identity { RULES_IDENTITY_KEY, RULES_IDENTITY_APPEND, RULES_IDENTITY_MERGE };
enum rules_role { RULES_ROLE_REFERENCE, RULES_ROLE_ARRAY, RULES_ROLE_CASES };

/* Where another column's text is `value`, the id is one of `target`. */
struct rules_case {
    char *value, *target;
};

/* Whose ids a column, or a value inside of json, holds. */
struct rules_ids {
    enum rules_role role;
    char *target; /* REFERENCE, ARRAY: a table, display form */
    char *by;     /* CASES: the other column, bare */
    struct rules_case *cases;
    size_t n_cases, room_cases;
    enum plan_unresolved unresolved;
    unsigned long role_line, unresolved_line;
    unsigned long none_line; /* it holds no ids, though it looks so */
};

struct rules_path {
    struct schema_names keys; /* of objects, one in the other; none: the column's value itself */
    struct rules_ids ids;     /* REFERENCE or ARRAY */
};

struct rules_column {
    char *name;           /* bare */
    struct rules_ids ids; /* of a column that is not json */
    struct rules_path *paths;
    size_t n_paths, room_paths;
    enum plan_conflict conflict;
    char *newest; /* of PLAN_CONFLICT_NEWEST */
    unsigned long conflict_line, skip_line;
};

struct rules_table {
    char *name; /* display form */
    enum rules_identity identity;
    struct schema_names key; /* of RULES_IDENTITY_KEY */
    enum plan_conflict conflict;
    char *newest; /* of PLAN_CONFLICT_NEWEST */
    enum plan_duplicates duplicates;
    char *duplicates_newest; /* of PLAN_DUPLICATES_NEWEST */
    enum plan_lineage lineage;
    unsigned long identity_line, conflict_line, duplicates_line, lineage_line, skip_line;
    struct rules_column *columns;
    size_t n_columns, room_columns;
};

/* What the backup calls otherwise. */
struct rules_rename {
    char *table;  /* display form, as in the backup */
    char *column; /* bare; NULL: the table itself */
    char *to;     /* in the live database: display form of a table, or a column's bare name */
    unsigned long line;
};

struct rules {
    const char *file;       /* for reasons; owned by the caller */
    struct rules_table all; /* what "*" says: lineage, conflict, duplicates */
    struct rules_table *tables;
    size_t n_tables, room_tables;
    struct rules_rename *renames;
    size_t n_renames, room_renames;
};

/* Every line goes through all of them, in this order; each takes what is its own. */
enum rules_pass { RULES_PASS_TABLE_NAMES, RULES_PASS_COLUMN_NAMES, RULES_PASS_REST, RULES_PASSES };

/*
 * Takes one line, the `number`th, without its newline. A rule that renames is carried out in the
 * backup's schema. False with a malloc'd reason when it is no rule, names what is in neither
 * schema, or contradicts a line before; the others can still be read. Without schemas, NULL, only
 * the words are looked at, in RULES_PASS_REST.
 */
bool rules_parse(struct rules *rules, struct schema *backup, const struct schema *live,
    struct slice line, unsigned long number, enum rules_pass pass, char **reason);
/*
 * After the last line, when all were taken: what single lines cannot show, such as rules for a
 * table that is skipped.
 * False with the line and a malloc'd reason of the first fault.
 */
bool rules_check(
    const struct rules *rules, const struct schema *live, unsigned long *line, char **reason);

/* Never NULL: what has no rules is empty. */
const struct rules_table *rules_table(const struct rules *rules, const char *name);
const struct rules_column *rules_column(const struct rules_table *table, const char *name);
/* The `i`th of the tables whose ids the table's columns hold by rule; NULL: there are no more. */
const char *rules_target(const struct rules_table *table, size_t i);
/* "rule FILE:LINE", malloc'd. */
char *rules_reason(const struct rules *rules, unsigned long line);

/* What the live database calls them; the argument itself when no rule renames it. */
const char *rules_live_table(const struct rules *rules, const char *backup_table);
const char *rules_live_column(
    const struct rules *rules, const char *backup_table, const char *backup_column);
/* What the backup calls them; NULL when that is the same. */
const char *rules_backup_table(const struct rules *rules, const char *live_table);
const char *rules_backup_column(
    const struct rules *rules, const char *live_table, const char *live_column);

#endif
