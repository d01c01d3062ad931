#ifndef PLAN_H
#define PLAN_H
/*
 * The plan of merge-stream(5): what is done with every table and column of the backup, and why.
 * Pure. Process lifetime, as schema.h. Tables stand in merge order, the tables of a cycle together.
 */
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "schema.h"
#include "slice.h"

enum plan_action { PLAN_MERGE, PLAN_APPEND, PLAN_SKIP };
enum plan_lineage { PLAN_LINEAGE_UNKNOWN, PLAN_LINEAGE_SAME, PLAN_LINEAGE_OTHER };
enum plan_conflict {
    PLAN_CONFLICT_UPDATE,
    PLAN_CONFLICT_KEEP,
    PLAN_CONFLICT_NEWEST,
    PLAN_CONFLICT_FILL,
};
enum plan_column_action {
    PLAN_COLUMN_SET,
    PLAN_COLUMN_ID,
    PLAN_COLUMN_REFERENCE,
    PLAN_COLUMN_ARRAY,
    PLAN_COLUMN_SKIP,
};
enum plan_unresolved {
    PLAN_UNRESOLVED_KEEP,
    PLAN_UNRESOLVED_NULL,
    PLAN_UNRESOLVED_DROP,
    PLAN_UNRESOLVED_REJECT
};

/* What a null in the key is: it has none; the row has no key then; or a value like others. */
enum plan_nulls { PLAN_NULLS_NONE, PLAN_NULLS_DISTINCT, PLAN_NULLS_EQUAL };
enum plan_duplicates { PLAN_DUPLICATES_FIRST, PLAN_DUPLICATES_NEWEST, PLAN_DUPLICATES_REJECT };

/*
 * Which ids mean the same row in both databases. ALL, or those of rows that are ALIKE: such a row
 * is found by its id where no live row has its key. UP_TO: the id is the key, and behind it both
 * gave ids to rows of their own.
 */
enum plan_same_ids { PLAN_SAME_NONE, PLAN_SAME_UP_TO, PLAN_SAME_ALIKE, PLAN_SAME_ALL };

/* Of a column with `by`: where that column's text is `value`, the id is one of `target`. */
struct plan_case {
    char *value;
    enum plan_column_action action; /* REFERENCE, or SET: it stays as it is */
    char *target;                   /* a table */
    char *reason;
};

/* Ids inside a column of json: found by these keys of objects, one in the other. */
struct plan_path {
    struct schema_names keys;       /* none: the column's value itself */
    enum plan_column_action action; /* REFERENCE or ARRAY */
    char *target;                   /* a table */
    enum plan_unresolved unresolved;
    char *reason;
};

struct plan_column {
    char *name, *type; /* type: the live column's */
    char *backup;      /* its name in the backup, or NULL: the same */
    enum plan_column_action action;
    char *target; /* REFERENCE, ARRAY: a table; ID, SET: a sequence; or NULL */
    char *by;     /* REFERENCE without target: the column by whose text a case is chosen */
    struct plan_case *cases;
    size_t n_cases, room_cases;
    struct plan_path *paths; /* SET, of json */
    size_t n_paths, room_paths;
    enum plan_unresolved unresolved;
    enum plan_conflict conflict; /* the table's, unless it has its own */
    char *newest;                /* the column of PLAN_CONFLICT_NEWEST */
    bool member;    /* ID: one column of several of the primary key, so it may be there twice */
    bool zoned;     /* its values in the backup have a time zone, which the live type has not */
    bool converted; /* of another type in the backup: its texts may differ where values do not */
    char *why;      /* the codes of why.h, separated by commas; or NULL */
    char *reason;
};

struct plan_table {
    char *name;
    char *backup;     /* its name in the backup, or NULL: the same */
    char *into;       /* SKIP: the table among whose rows its own are merged; or NULL */
    bool partitioned; /* in the live database: its rows are those of its partitions */
    char *map; /* of a partition: the table, itself skipped, whose map its ids are in; or NULL */
    enum plan_action action;
    struct schema_names key; /* MERGE: compared after references are translated */
    enum plan_nulls nulls;   /* in the key */
    enum plan_lineage lineage;
    enum plan_same_ids same_ids;
    int64_t same_up_to;          /* the greatest id of PLAN_SAME_UP_TO */
    struct schema_names same_by; /* PLAN_SAME_ALIKE: most of these columns agree */
    enum plan_conflict conflict;
    char *newest; /* the column of PLAN_CONFLICT_NEWEST */
    enum plan_duplicates duplicates;
    char *duplicates_newest; /* the column of PLAN_DUPLICATES_NEWEST */
    int cycle;               /* 0: none */
    int64_t rows;            /* -1: not known */
    bool stricter;           /* the live table has constraints that the backup's has not */
    struct plan_column *columns;
    size_t n_columns, room_columns;
    char *why; /* as a column's */
    char *reason;
};

struct plan {
    struct plan_table *tables;
    size_t n_tables, room_tables;
    enum plan_lineage lineage;
    char *lineage_reason;
    bool started, ended; /* parsing: the first record, the end record were seen */
};

struct plan_table *plan_find_table(const struct plan *plan, const char *name);
struct plan_column *plan_find_column(const struct plan_table *table, const char *name);
struct plan_table *plan_add_table(struct plan *plan, const char *name);
/* With the table's conflict, so far. */
struct plan_column *plan_add_column(struct plan_table *table, const char *name);
struct plan_case *plan_add_case(struct plan_column *column, const char *value);
struct plan_path *plan_add_path(struct plan_column *column);
/* Appends the keys as a rule writes them: `owner."userId"`. */
void plan_path_display(const struct plan_path *path, struct buf *out);
/* The table is merged by the id that it replaces: rows of greater ids than those of its same_ids
 * are rejected, unless they are there as they are. */
bool plan_ends_behind(const struct plan_table *table);
/* True when a row of that id is the live row of it, where no live row has its key. */
bool plan_is_same_id(const struct plan_table *table, struct slice id);
/* By what the backup calls them; NULL when there is none. */
struct plan_table *plan_find_backup_table(const struct plan *plan, const char *name);
struct plan_column *plan_find_backup_column(const struct plan_table *table, const char *name);
/* What the backup calls them. */
const char *plan_table_backup(const struct plan_table *table);
const char *plan_column_backup(const struct plan_column *column);
/* The table in whose map its ids are: of most tables it is the table itself. */
const struct plan_table *plan_map(const struct plan *plan, const struct plan_table *table);
/* True when the plan skips it, and rows of the backup are left out with it. */
bool plan_leaves_out(const struct plan_table *table);
/* Likewise, and a rule asks for it: nothing is amiss. */
bool plan_leaves_out_by_rule(const struct plan_table *table);
/* Appends ` has no row of TARGET`, and `, which is skipped` where it is left out; `plan` may be
 * NULL. */
void plan_add_no_row(const struct plan *plan, const char *target, struct buf *out);
/* The surrogate key's column, or NULL. */
const struct plan_column *plan_id_column(const struct plan_table *table);
/*
 * The columns by which a row of the stream is found in the live table once its id is the live one:
 * the id column where there is one, else the key. `*names` points into the plan; returns the count.
 */
size_t plan_target(const struct plan_table *table, char ***names);
/* True when another planned table (or this one) refers to `name` by a reference, a case, an array
 * or a path. */
bool plan_is_referenced(const struct plan *plan, const char *name);
/* By an array or a path: array-fixer needs the map. */
bool plan_is_array_target(const struct plan *plan, const char *name);

/* Appends the plan as TSV, header line first, every line ended by '\n'. */
void plan_format(const struct plan *plan, struct buf *out);
/*
 * Adds one record (a line without newline). Blank lines, '#' comments and the header line are
 * passed over. False with a malloc'd reason when it is malformed.
 */
bool plan_parse(struct plan *plan, struct slice record, char **reason);
/* After the last record: false with a reason when the plan is incomplete or contradicts itself. */
bool plan_check(const struct plan *plan, char **reason);

#endif
