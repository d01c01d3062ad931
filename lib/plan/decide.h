#ifndef DECIDE_H
#define DECIDE_H
/*
 * From two schemas, rules and evidence to a plan. Pure. Process lifetime.
 *
 *     decide_tables(&decide);            which tables fit, their ids and natural keys, the order
 *     ... fill the evidence of the tables ...
 *     decide_lineages(&decide, &plan);   whether ids mean the same
 *     ... fill `alone` of the tables that want it ...
 *     decide_plan(&decide, &plan);       a decision for every table and column
 *
 * The rules of decision stand in schema-differ(1), DECISIONS.
 */
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "rules.h"
#include "schema.h"
#include "why.h"

/* How much a sampled row is like the live row that has its id. */
enum decide_likeness {
    DECIDE_UNLIKE, /* quite another row */
    DECIDE_VAGUE,  /* no more than strangers are by chance */
    DECIDE_ALIKE,
};

struct decide_pair {
    int64_t id; /* or, where ids are no numbers, its place among them */
    enum decide_likeness likeness;
    bool differs;          /* in some column, however little */
    uint64_t backup, live; /* hashes of the rest of the primary key: equal, one row overwrites the
                              other */
};

/* Rows that are the same by key (or, weaker, by content), and how many of them have the same id. */
struct decide_evidence {
    int64_t key_pairs, key_agree;
    int64_t key_later; /* key_pairs whose live id is the greater, as a merge gives to taken ids */
    int64_t key_taken; /* rows of a key that no live row has, by ids behind those that agree, which
                          other live rows have: both databases gave them since they parted */
    int64_t key_crossed; /* of the pairs with another id those whose own id another live row has */
    int64_t key_shared;  /* keys by rule that several rows have, so many that none is a pair */
    int64_t key_moved;   /* of the pairs with another id those whose own ids are the same rows */
    int64_t key_kept;    /* and those that are the same row by what else they hold */
    int64_t content_pairs, content_agree; /* same id; alike in what they say */
    int64_t content_chance;    /* how many pairs would be alike if the ids meant nothing */
    int64_t content_repeats;   /* sampled rows that hold, but for the id, what another one holds */
    struct decide_pair *pairs; /* of rows with the same id */
    size_t n_pairs, room_pairs;
    const char *tells_apart; /* a column by which the sampled rows could be found, or NULL */
    bool loose;              /* pairs: of rows whose key is null */
    bool by_references; /* pairs: rows hold nothing else; as the ids stand that they refer to */
};

/* Whether the ids of a column that is no primary key by itself tell the live rows apart. */
enum decide_alone {
    DECIDE_ALONE_UNKNOWN,
    DECIDE_ALONE,          /* they do, in all partitions together */
    DECIDE_ALONE_REPEATED, /* several rows have the same one */
    DECIDE_ALONE_ROUTES,   /* they decide into which partition a row goes */
};

struct decide_table {
    const char *name;
    const struct schema_table *backup; /* NULL: only referred to, not in the backup */
    const struct schema_table *live;   /* NULL: not in the live database */
    const struct rules_table *rules;   /* its own, or of the whole table; then with those of all */
    char *passed_over;                 /* a rule for all tables that cannot count here; or NULL */
    struct schema_names source;        /* all columns of the backup's rows */
    struct schema_names columns;       /* those of them that are merged */
    char *skip;                        /* why the table is left out, or NULL */
    enum why_code skip_why;
    bool vacant;   /* skip, and no live row: filled by the caller */
    bool left_out; /* skip is no difference of the schemas: no rows, not there, or a rule's */
    const struct schema_key *key;   /* a natural key, or NULL; or the only one */
    const struct schema_column *id; /* the surrogate key, or NULL */
    bool named; /* the id is a number that a sequence may make, by its name, which no column owns;
                   the caller says whether that fits, see decide_made_fits() */
    const struct schema_column *member; /* the id, where it is one column of several of a primary
                         key, or of a partition's: where it must be replaced it is the surrogate key
                         if it is DECIDE_ALONE */
    const struct schema_column *keyed;  /* the number by which a rule says that rows are the same,
                          though it is the whole primary key; or NULL. The table has no id then */
    const char *root; /* the live table that it is a partition of, in the end; or NULL. What is
                         PARTITIONED is its own */
    bool partitioned; /* the live table is, and rows are merged by way of it */
    bool takes;       /* rows of other tables of the backup are merged as its own */
    const char *into; /* as whose rows its own are merged; or NULL */
    char *apart;      /* as whose they are not, and why; or NULL */
    const struct schema_names
        *plain_key; /* a key without id and references, for evidence; or NULL */
    int cycle;

    struct decide_evidence evidence; /* filled by the caller, zero for none */
    struct decide_evidence beside;   /* likewise: rows of equal ids by what they hold beside `key`,
                                        and the pairs by that, references as they stand */
    struct schema_names same_by;     /* filled by the caller: columns that tell a row from strangers
                                        of its id */
    bool moved; /* `key` moves from row to row: it does not tell rows apart. The evidence is that
                   beside it */
    enum decide_alone alone; /* filled by the caller, where decide_wants_alone() */

    enum plan_lineage lineage;
    bool strange; /* another one, for its rows are others, and not those of other ids alone */
    char *lineage_reason;
    enum why_code lineage_why;
    enum plan_action action;
    const struct schema_names *merge_key;
    char *key_reason;
    enum why_code key_why;
    bool replaces_id;   /* the id column's values become the live database's */
    int64_t same_up_to; /* of a table that is merged by the id it replaces: ids behind this one were
                           given by both databases; else 0 */
    bool ids_kept; /* of a whole table: some partition is merged, and its ids are not replaced */
    bool targeted; /* some column refers to it */
};

struct decide {
    const struct schema *backup, *live;
    const struct rules *rules;
    struct decide_table *tables; /* by name */
    size_t n_tables, room_tables;
    size_t *order; /* positions in tables: parents first, skipped ones last */
};

void decide_tables(struct decide *decide);
void decide_lineages(struct decide *decide, struct plan *plan);
void decide_plan(struct decide *decide, struct plan *plan);

/* True when the id is to be replaced, if it is DECIDE_ALONE: lineages are known. */
bool decide_wants_alone(const struct decide_table *table);

/* NULL when there is none. */
struct decide_table *decide_find(const struct decide *decide, const char *name);

/*
 * Whether some ids mean something else: all together, or those of one table that is merged, be it
 * only those that both databases gave since they parted.
 */
bool decide_some_ids_differ(const struct decide *decide, const struct plan *plan);
/*
 * Numbers that are merged as they are, though they look like ids and the ids of some table mean
 * something else here: what to do about the column, malloc'd; or NULL.
 */
char *decide_column_doubt(
    const struct decide *decide, const struct plan *plan, size_t table, size_t column);

/* A column whose values lose something on the way into the live type: what, malloc'd; or NULL. */
char *decide_column_loss(
    const struct decide *decide, const struct plan_table *planned, size_t column);

/*
 * A column with numbers that a sequence made of a table that is not merged, while nothing says that
 * they mean the same row in both databases, or samples say that some do not. What to do about it,
 * malloc'd; or NULL.
 */
char *decide_parent_doubt(const struct decide *decide, const struct plan_table *planned,
    const struct plan_column *column);

/*
 * A table merged by its id though rows of equal ids are unlike, as after a fork, where both
 * databases gave the same ids to rows of their own, be it by a rule; or one whose rows are found by
 * their content, though others refer to them and several hold the same. What to do about it,
 * malloc'd; or NULL.
 */
char *decide_table_doubt(const struct decide *decide, const struct plan_table *planned);

/*
 * Tables are merged as of the same lineage, for which fewer than three pairs of rows speak: what to
 * do about it, malloc'd; or NULL.
 */
char *decide_lineage_doubt(const struct decide *decide, const struct plan *plan);

/*
 * Most tables of the backup are not in the live database, and nothing shows that the others have a
 * row in common: it may be the backup of another application. Malloc'd; or NULL.
 */
char *decide_backup_doubt(const struct decide *decide);

/*
 * True of a table whose rows in the backup may be looked at: it is merged, or left out by a rule or
 * since the schemas differ.
 */
bool decide_is_sampled(const struct decide_table *table);

/* Adds the figures of a part to those of the whole. */
void decide_evidence_add(struct decide_evidence *sum, const struct decide_evidence *part);
/* The table whose rows those of the backup's table of that name are merged as; NULL: of none. */
struct decide_table *decide_find_taker(const struct decide *decide, const char *name);

/* For the parts of this module. */

#define DECIDE_ENOUGH 3      /* pairs for a verdict of a table's own */
#define DECIDE_UNLIKELY 0.01 /* what happens less often by chance has a reason */

/* Adds a table; pointers to others are invalid then, and decide_find() until they are sorted. */
struct decide_table *decide_add_table(struct decide *decide, const char *name);

/* The partitioned table that has the table's rows in the end; NULL: it is no partition. */
const char *decide_parts_root(const struct schema *schema, const struct schema_table *table);
/* Which tables are merged by way of others: adds those where they are missing. */
void decide_parts(struct decide *decide);
/* The columns that the backup gives with the rows, as far as it says so; and how many rows, -1: not
 * known. Those of other tables count that are merged as the table's. */
void decide_parts_columns(
    const struct decide *decide, const struct decide_table *table, struct schema_names *names);
int64_t decide_parts_rows(const struct decide *decide, const struct decide_table *table);
/* Where the whole table is left out so is what would go into it. */
void decide_parts_settle(struct decide *decide);

/* Adds `text` to a malloc'd reason (NULL: none so far), and the code to its codes. */
void decide_because(char **why, char **reason, enum why_code code, char *text);

/* Whether the table fits the live one: fills columns and skip. */
void decide_fit(const struct decide *decide, struct decide_table *table);
/* Adds the rules for all tables to its own, once the columns are known. */
void decide_default(const struct decide *decide, struct decide_table *table);
/* Fills id and key, once the cycles are known. */
void decide_key_find(const struct decide *decide, struct decide_table *table);
/* Fills action, merge_key, replaces_id and key_reason, once the lineage is known. */
void decide_key_choose(const struct decide *decide, struct decide_table *table);
/* Fills `moved`. */
void decide_moved(struct decide *decide);
/* Whether evidence beside the key is wanted: it may have moved, as far as rules say. */
bool decide_moved_wanted(const struct decide_table *table);
/* Fills same_ids of a table that is merged by its natural key. */
void decide_same_ids(const struct decide_table *table, struct plan_table *planned);
/* Of a table whose key moved: why it is merged by its id; malloc'd. */
char *decide_moved_reason(const struct decide_table *table);
/* What a null in the chosen key is. */
enum plan_nulls decide_key_nulls(const struct decide_table *table);
/* Fills the lineages of plan and tables. */
void decide_lineage(struct decide *decide, struct plan *plan);
/* Some ids agree, and in all other pairs the live id is the later one. */
bool decide_looks_forked(const struct decide_evidence *evidence);
/* Samples show that some ids are not those of the same rows in both databases. */
bool decide_has_parted(const struct decide_evidence *evidence);
/*
 * How many pairs, those with the greatest ids, show that both databases gave the same ids to rows
 * of their own; 0 when that is not seen.
 */
int64_t decide_fork_length(const struct decide_evidence *evidence);
/* The greatest id before them. */
int64_t decide_fork_start(const struct decide_evidence *evidence);
/*
 * Of a table that is to be merged by its id: why that would overwrite strangers, for it has forked
 * so, malloc'd; or NULL.
 */
char *decide_fork_reason(const struct decide *decide, const struct decide_table *table);
/* The column holds ids that mean other rows in the other database; lineages are known. */
bool decide_ids_mean_others(
    const struct decide *decide, const struct decide_table *table, const char *column);
/* Whose ids the column holds: true when they are translated, and the column is planned so. */
bool decide_ids(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned);
/* Adds the plan's columns of a table that is not skipped. */
void decide_column_all(
    const struct decide *decide, const struct decide_table *table, struct plan_table *planned);

/* The column holds ids of other tables. */
bool decide_made_is_reference(const struct decide_table *table, const char *column);
/* The column, or the one of the whole table, if a sequence makes its values; else NULL. */
const struct schema_column *decide_made_column(
    const struct decide *decide, const struct decide_table *table, const char *column);
/* The sequence that gives the column's values: it is its own, or that of its primary key by its
 * name; NULL: none is known. */
const char *decide_made_sequence(
    const struct decide *decide, const struct decide_table *table, const char *column);
/* One that no column owns, with a name that frameworks give to such a column's; NULL: there is
 * none. */
const char *decide_made_named_sequence(
    const struct decide *decide, const struct decide_table *table, const char *column);
/* Of a table whose id is `named`: its greatest live id, for which the sequence must have counted;
 * else the number is a name, and no id. */
void decide_made_fits(const struct decide *decide, struct decide_table *table, int64_t greatest);
/* The one column of the primary key that a sequence makes and that refers to nothing, or NULL. */
const struct schema_column *decide_made_member(
    const struct decide *decide, const struct decide_table *table);
/* The evidence of partitions becomes that of the whole table; and its lineage theirs. */
void decide_made_pool(struct decide *decide);
void decide_made_spread(struct decide *decide);
/* A member of a key is an id no more where it cannot be, or need not be, one. */
void decide_made_settle(struct decide_table *table);
/* Why such an id is not replaced; malloc'd. */
char *decide_made_doubt(const struct decide_table *table);
/* The table by whose map its ids are translated: of a partition the whole one. NULL stays. */
const struct decide_table *decide_made_map(
    const struct decide *decide, const struct decide_table *table);
/* Whether the ids of whole tables are replaced, once that of their partitions is known. */
void decide_made_roots(struct decide *decide);

/* True of a table that is left out since the backup is damaged: it may hold rows of it. */
bool decide_is_lost(const struct decide *decide, const struct decide_table *table);

/* Inside of decide: true when the live table may refuse rows that the backup's table took. */
bool decide_is_stricter(const struct decide *decide, const struct decide_table *table);

#endif
