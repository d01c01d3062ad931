#ifndef DECIDE_H
#define DECIDE_H
/*
 * From two schemas, rules and evidence to a plan. Pure. Process lifetime.
 *
 *     decide_tables(&decide);            which tables fit, their ids and natural keys, the order
 *     ... fill the evidence of the tables ...
 *     decide_plan(&decide, &plan);       the lineage, and a decision for every table and column
 *
 * The rules of decision stand in schema-differ(1), DECISIONS.
 */
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "rules.h"
#include "schema.h"
#include "why.h"

/* Rows that are the same by key (or, weaker, by content), and how many of them have the same id. */
struct decide_evidence {
    int64_t key_pairs, key_agree;
    int64_t key_later; /* key_pairs whose live id is the greater, as a merge gives to taken ids */
    int64_t content_pairs, content_agree; /* same id; alike in what they say */
    int64_t content_chance; /* how many pairs would be alike if the ids meant nothing */
    int64_t content_last;   /* unlike pairs whose ids are greater than any alike one's */
};

struct decide_table {
    const char *name;
    const struct schema_table *backup; /* NULL: only referred to, not in the backup */
    const struct schema_table *live;   /* NULL: not in the live database */
    const struct rules_table *rules;
    struct schema_names source;  /* all columns of the backup's rows */
    struct schema_names columns; /* those of them that are merged */
    char *skip;                  /* why the table is left out, or NULL */
    enum why_code skip_why;
    bool left_out;                /* skip is no difference of the schemas: no rows, or not there */
    const struct schema_key *key; /* a natural key, or NULL; or the only one */
    const struct schema_column *id; /* the surrogate key, or NULL */
    const struct schema_names
        *plain_key; /* a key without id and references, for evidence; or NULL */
    int cycle;

    struct decide_evidence evidence; /* filled by the caller, zero for none */

    enum plan_lineage lineage;
    char *lineage_reason;
    enum why_code lineage_why;
    enum plan_action action;
    const struct schema_names *merge_key;
    char *key_reason;
    enum why_code key_why;
    bool replaces_id; /* the id column's values become the live database's */
    bool targeted;    /* some column refers to it */
};

struct decide {
    const struct schema *backup, *live;
    const struct rules *rules;
    struct decide_table *tables; /* by name */
    size_t n_tables, room_tables;
    size_t *order; /* positions in tables: parents first, skipped ones last */
};

void decide_tables(struct decide *decide);
void decide_plan(struct decide *decide, struct plan *plan);

/* NULL when there is none. */
struct decide_table *decide_find(const struct decide *decide, const char *name);

/*
 * Numbers that are merged as they are, though they look like ids and ids mean something else here:
 * what to do about the column, malloc'd; or NULL.
 */
char *decide_column_doubt(const struct plan *plan, size_t table, size_t column);

/*
 * A table merged by its id though rows of equal ids are unlike: as after a fork, where both
 * databases gave the same ids to rows of their own. What to do about it, malloc'd; or NULL.
 */
char *decide_table_doubt(const struct decide *decide, const struct plan_table *planned);

/* For the parts of this module. */

/* Adds `text` to a malloc'd reason (NULL: none so far), and the code to its codes. */
void decide_because(char **why, char **reason, enum why_code code, char *text);

/* Whether the table fits the live one: fills columns and skip. */
void decide_fit(const struct decide *decide, struct decide_table *table);
/* Fills id and key, once the cycles are known. */
void decide_key_find(const struct decide *decide, struct decide_table *table);
/* Fills action, merge_key, replaces_id and key_reason, once the lineage is known. */
void decide_key_choose(const struct decide *decide, struct decide_table *table);
/* What a null in the chosen key is. */
enum plan_nulls decide_key_nulls(const struct decide_table *table);
/* Fills the lineages of plan and tables. */
void decide_lineage(struct decide *decide, struct plan *plan);
/*
 * Of a table that is to be merged by its id: why that would overwrite strangers, for both databases
 * gave the same ids to rows of their own, malloc'd; or NULL.
 */
char *decide_lineage_fork(const struct decide_table *table);
/* Whose ids the column holds: true when they are translated, and the column is planned so. */
bool decide_ids(
    const struct decide *decide, const struct decide_table *table, struct plan_column *planned);
/* Adds the plan's columns of a table that is not skipped. */
void decide_column_all(
    const struct decide *decide, const struct decide_table *table, struct plan_table *planned);

/* Inside of decide: true when the live table may refuse rows that the backup's table took. */
bool decide_is_stricter(const struct decide *decide, const struct decide_table *table);

#endif
