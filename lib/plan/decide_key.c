/* Identity: by which columns two rows are the same. */
#include <string.h>

#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

#define MAX_DEPTH 32 /* keys through keys; a circle of them ends here */

static bool
is_member(const struct schema_names *names, const char *name)
{
    return schema_has_name(names, name);
}

static bool
has_rule(const struct decide_table *table, enum rules_identity identity)
{
    return table->rules->identity_line != 0 && table->rules->identity == identity;
}

static bool
is_in_cycle(const struct decide *decide, const struct decide_table *table, const char *parent)
{
    const struct decide_table *found = decide_find(decide, parent);

    return table->cycle != 0 && found != NULL && found->cycle == table->cycle;
}

static bool is_grounded(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth);

/* The table's rows can be identified, though they refer into a cycle: by some key of theirs. */
static bool
has_grounded_key(const struct decide *decide, const struct decide_table *table, int depth)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    for (size_t i = 0; i < table->live->n_keys; i++) {
        const struct schema_key *key = &table->live->keys[i];
        bool grounded = key != primary;

        for (size_t j = 0; grounded && j < key->columns.n; j++)
            grounded = is_grounded(decide, table, key->columns.names[j], depth + 1);
        if (grounded)
            return true;
    }
    return false;
}

static bool
grounds(const struct decide *decide, const struct decide_table *table, const char *column,
    const char *parent, int depth)
{
    const struct schema_column *own = schema_find_column(table->live, column);
    const struct decide_table *found = decide_find(decide, parent);

    if (!is_in_cycle(decide, table, parent) || (own != NULL && !own->not_null))
        return true;
    return found != table && depth < MAX_DEPTH && found->live != NULL &&
           has_grounded_key(decide, found, depth);
}

/*
 * A member of a key that refers into the table's own cycle is known level by level, from the rows
 * that refer to none: there must be such rows, here or in the parent.
 */
static bool
is_grounded(
    const struct decide *decide, const struct decide_table *table, const char *column, int depth)
{
    const struct rules_ids *rule = &rules_column(table->rules, column)->ids;

    for (size_t i = 0; i < table->live->n_references; i++) {
        const struct schema_reference *reference = &table->live->references[i];

        if (is_member(&reference->columns, column) &&
            !grounds(decide, table, column, reference->parent, depth))
            return false;
    }
    for (size_t i = 0; i < rule->n_cases; i++)
        if (!grounds(decide, table, column, rule->cases[i].target, depth))
            return false;
    return rule->role_line == 0 || rule->role == RULES_ROLE_CASES ||
           (rule->role != RULES_ROLE_ARRAY && grounds(decide, table, column, rule->target, depth));
}

/* By a sequence: the number says when a row was made, not what it is. */
static bool
is_usable(
    const struct decide *decide, const struct decide_table *table, const struct schema_key *key)
{
    for (size_t i = 0; i < key->columns.n; i++) {
        const char *name = key->columns.names[i];
        const struct schema_column *column = schema_find_column(table->live, name);

        if (column == NULL || decide_made_column(decide, table, name) != NULL ||
            !is_member(&table->columns, name) || !is_grounded(decide, table, name, 0))
            return false;
    }
    return true;
}

static size_t
count_references(const struct decide_table *table, const struct schema_names *key)
{
    size_t n = 0;

    for (size_t i = 0; i < key->n; i++)
        n += decide_made_is_reference(table, key->names[i]);
    return n;
}

/* References aside: what refers to nothing is the root of a tree, which its name identifies. */
static size_t
count_nullable(const struct decide_table *table, const struct schema_names *key)
{
    size_t n = 0;

    for (size_t i = 0; i < key->n; i++)
        n += !schema_find_column(table->live, key->names[i])->not_null &&
             !decide_made_is_reference(table, key->names[i]);
    return n;
}

/*
 * Fewer nullable columns first: a row with a null in its key is identified by less. Then
 * constraints before indexes, fewer columns, fewer references, the name.
 */
static bool
is_better(const struct decide_table *table, const struct schema_key *a, const struct schema_key *b)
{
    size_t left, right;

    left = count_nullable(table, &a->columns);
    right = count_nullable(table, &b->columns);
    if (left != right)
        return left < right;
    if (a->kind != b->kind)
        return a->kind < b->kind;
    if (a->columns.n != b->columns.n)
        return a->columns.n < b->columns.n;
    left = count_references(table, &a->columns);
    right = count_references(table, &b->columns);
    if (left != right)
        return left < right;
    return strcmp(a->name, b->name) < 0;
}

/* The best unique key that does not hold the column `without` (may be NULL), or NULL. */
static const struct schema_key *
best_key(const struct decide *decide, const struct decide_table *table, const char *without)
{
    const struct schema_key *best = NULL;

    for (size_t i = 0; i < table->live->n_keys; i++) {
        const struct schema_key *key = &table->live->keys[i];

        if (key->kind == SCHEMA_KEY_PRIMARY ||
            (without != NULL && is_member(&key->columns, without)) ||
            !is_usable(decide, table, key))
            continue;
        if (best == NULL || is_better(table, key, best))
            best = key;
    }
    return best;
}

/* A key, other than the column, that identifies every row. */
static bool
has_plain_key(const struct decide *decide, const struct decide_table *table, const char *without)
{
    const struct schema_key *key = best_key(decide, table, without);

    return key != NULL && (key->nulls_not_distinct || count_nullable(table, &key->columns) == 0);
}

/* Ids that the application makes: cuid, nanoid, ulid, a uuid as text. No default tells them apart.
 */
static bool
is_text_id(const struct schema_column *column)
{
    return strcasecmp(column->name, "id") == 0 &&
           (strcmp(column->type, "text") == 0 || strncmp(column->type, "character", 9) == 0);
}

/* Frameworks take ids from sequences that the schema does not tie to the column. */
static bool
is_number_id(const struct schema_column *column)
{
    static const char *const ends[] = {"_id", "Id", "ID"};
    size_t length = strlen(column->name);

    if (!number_is_type(column->type))
        return false;
    if (strcasecmp(column->name, "id") == 0)
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (length > strlen(ends[i]) &&
            strcmp(column->name + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static bool
is_named_id(const struct decide *decide, const struct decide_table *table,
    const struct schema_column *column)
{
    return is_number_id(column) && !schema_is_made(column) &&
           decide_made_named_sequence(decide, table, column->name) != NULL;
}

/*
 * A primary key of one column that is made, not given: by a sequence, a uuid, or a plain integer,
 * or a text named id, beside another key, or an integer for which there is a sequence of its name.
 * By rule any column may be one. A reference is none: it is made elsewhere. Fills `named`.
 */
static const struct schema_column *
surrogate(const struct decide *decide, struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);
    const struct schema_column *column;

    if (primary == NULL || primary->columns.n != 1 || table->root != NULL)
        return NULL;
    column = schema_find_column(table->live, primary->columns.names[0]);
    if (column == NULL || !is_member(&table->columns, column->name) ||
        decide_made_is_reference(table, column->name))
        return NULL;
    if (has_rule(table, RULES_IDENTITY_KEY))
        return is_member(&table->rules->key, column->name) ? NULL : column;
    if (schema_is_made(column) || strcmp(column->type, "uuid") == 0)
        return column;
    if (is_text_id(column) && has_plain_key(decide, table, column->name))
        return column;
    if (number_is_type(column->type) &&
        (has_rule(table, RULES_IDENTITY_APPEND) || has_plain_key(decide, table, column->name)))
        return column;
    table->named = is_named_id(decide, table, column);
    return table->named ? column : NULL;
}

/* An id that is no primary key by itself, unless a rule says that it tells rows apart. */
static void
find_member(const struct decide *decide, struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    if (primary == NULL || (primary->columns.n == 1 && table->root == NULL))
        return;
    table->id = decide_made_member(decide, table);
    if (table->id != NULL && has_rule(table, RULES_IDENTITY_KEY) &&
        is_member(&table->rules->key, table->id->name))
        table->id = NULL;
    table->member = table->id;
}

/* That a rule takes a number for the key does not say that both databases gave it to the same rows.
 */
static const struct schema_column *
keyed(const struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);
    const struct schema_column *column;

    if (!has_rule(table, RULES_IDENTITY_KEY) || table->rules->key.n != 1 || primary == NULL ||
        primary->columns.n != 1 || !is_member(&table->rules->key, primary->columns.names[0]))
        return NULL;
    column = schema_find_column(table->live, primary->columns.names[0]);
    return number_is_type(column->type) && !decide_made_is_reference(table, column->name) ? column
                                                                                          : NULL;
}

void
decide_key_find(const struct decide *decide, struct decide_table *table)
{
    if (!decide_is_sampled(table))
        return;
    table->id = surrogate(decide, table);
    if (table->id == NULL)
        find_member(decide, table);
    if (table->skip != NULL && table->id != NULL && !number_is_type(table->id->type))
        table->id = table->member = NULL; /* whose ids are made once */
    table->keyed = keyed(table);
    table->key = best_key(decide, table, table->id != NULL ? table->id->name : NULL);
    if (has_rule(table, RULES_IDENTITY_KEY) && table->keyed == NULL)
        table->plain_key = &table->rules->key;
    else if (table->key != NULL)
        table->plain_key = &table->key->columns;
    if (table->plain_key != NULL && count_references(table, table->plain_key) > 0)
        table->plain_key = NULL;
}

/* ---- the choice */

static void
merge_by(struct decide_table *table, const struct schema_names *key, enum why_code why,
    const char *because)
{
    struct buf reason = {0};

    buf_add_string(&reason, "by ");
    for (size_t i = 0; i < key->n; i++) {
        buf_add_string(&reason, i > 0 ? ", " : "");
        ident_display(slice_string(key->names[i]), &reason);
    }
    buf_add_format(&reason, " (%s)", because);
    table->action = PLAN_MERGE;
    table->merge_key = key;
    table->key_why = why;
    table->key_reason = mem_string(buf_string(&reason));
    table->replaces_id = table->id != NULL && !is_member(key, table->id->name);
    buf_release(&reason);
}

static void
append(struct decide_table *table, enum why_code why, char *because)
{
    table->action = PLAN_APPEND;
    table->key_why = why;
    table->key_reason = because;
    table->replaces_id = table->id != NULL;
}

static bool
all_are_common(const struct decide_table *table, const struct schema_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        if (!is_member(&table->columns, names->names[i]))
            return false;
    return true;
}

static void
merge_by_unique(struct decide_table *table)
{
    char *because = mem_format("unique %s", table->key->name);

    merge_by(table, &table->key->columns, WHY_UNIQUE_KEY, because);
}

/* A second unique key refuses rows that have other primary keys over there. */
static const char *
primary_reason(const struct decide_table *table)
{
    return table->key == NULL || table->lineage != PLAN_LINEAGE_OTHER
               ? "primary key"
               : mem_format("primary key; %s is unique too, see the rule key", table->key->name);
}

/* Without a surrogate key, or where its ids mean the same. */
static void
merge_by_primary(struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    if (primary != NULL && all_are_common(table, &primary->columns))
        merge_by(table, &primary->columns, WHY_PRIMARY_KEY, primary_reason(table));
    else if (table->key != NULL)
        merge_by_unique(table);
    else
        append(table, WHY_NO_KEY, mem_string("no unique key: rows are compared as a whole"));
}

/*
 * Another lineage, and a primary key that holds made ids which are not replaced: merged by it, rows
 * would overwrite strangers.
 */
static bool
has_strange_ids(const struct decide *decide, const struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);

    if (table->lineage != PLAN_LINEAGE_OTHER || table->id != NULL || primary == NULL)
        return false;
    for (size_t i = 0; i < primary->columns.n; i++) {
        const char *name = primary->columns.names[i];

        if (decide_made_column(decide, table, name) != NULL &&
            !decide_made_is_reference(table, name))
            return true;
    }
    return false;
}

/*
 * A text may be a code that people gave, and made once in the world: it yields to another key only
 * where it is seen to mean something else, be it in one pair. New rows keep such ids, so after a
 * merge most pairs agree; the others must be found by the same key as before.
 */
static bool
text_ids_agree(const struct decide_table *table)
{
    if (table->lineage == PLAN_LINEAGE_OTHER || !is_text_id(table->id))
        return false;
    return table->lineage_why == WHY_RULE || table->evidence.key_agree == table->evidence.key_pairs;
}

/* As a whole all its rows are alike: what refers to them would go to any. */
static void
skip_nothing_but_ids(struct decide_table *table)
{
    table->skip_why = WHY_MADE_IDS;
    table->skip = mem_format("its rows hold nothing but ids, which mean something else here; "
                             "\"%s lineage same\" says that they do not",
        table->name);
}

/* By an id that is the whole primary key: then rows from before the fork are known by it. */
static bool
is_by_whole_id(const struct decide_table *table)
{
    return table->id != NULL && table->member == NULL && table->root == NULL &&
           is_member(table->merge_key, table->id->name);
}

static void
merge_before_fork(struct decide_table *table, const char *fork)
{
    struct buf reason = {0};

    table->same_up_to = decide_fork_start(&table->evidence);
    buf_add_string(&reason, "by ");
    ident_display(slice_string(table->id->name), &reason);
    buf_add_format(&reason, " up to %lld; rows of greater ids are rejected, for %s",
        (long long)table->same_up_to, fork);
    table->key_why = WHY_FORKED;
    table->key_reason = mem_string(buf_string(&reason));
    table->replaces_id = true;
    buf_release(&reason);
}

/* What refers to its rows, or to those of the whole table, might name those that are not merged:
 * strangers, here. */
static void
keep_fork_apart(const struct decide *decide, struct decide_table *table)
{
    char *fork = decide_fork_reason(decide, table);
    struct decide_table *root = table->root != NULL ? decide_find(decide, table->root) : NULL;

    if (fork == NULL)
        return;
    if (is_by_whole_id(table)) {
        merge_before_fork(table, fork);
    } else {
        table->skip_why = WHY_FORKED;
        table->skip = fork;
    }
    table->lineage = PLAN_LINEAGE_OTHER;
    if (root != NULL)
        root->lineage = PLAN_LINEAGE_OTHER;
}

void
decide_key_choose(const struct decide *decide, struct decide_table *table)
{
    char *rule = rules_reason(decide->rules, table->rules->identity_line);

    decide_made_settle(table);
    if (!has_rule(table, RULES_IDENTITY_APPEND) && !has_rule(table, RULES_IDENTITY_KEY) &&
        !has_rule(table, RULES_IDENTITY_MERGE) && has_strange_ids(decide, table)) {
        table->skip_why = WHY_MADE_IDS;
        table->skip = decide_made_doubt(table);
    } else if (has_rule(table, RULES_IDENTITY_APPEND)) {
        append(table, WHY_RULE, rule);
    } else if (has_rule(table, RULES_IDENTITY_KEY)) {
        merge_by(table, &table->rules->key, WHY_RULE, rule);
    } else if (table->id == NULL || has_rule(table, RULES_IDENTITY_MERGE) ||
               text_ids_agree(table)) {
        merge_by_primary(table);
        if (table->member != NULL && !has_rule(table, RULES_IDENTITY_MERGE))
            keep_fork_apart(decide, table);
    } else if (table->moved) {
        merge_by(table, &schema_primary_key(table->live)->columns, WHY_KEY_MOVED,
            decide_moved_reason(table));
        keep_fork_apart(decide, table);
    } else if (table->key != NULL) {
        merge_by_unique(table);
        keep_fork_apart(decide, table);
    } else if (table->lineage == PLAN_LINEAGE_OTHER && table->columns.n == 1) {
        skip_nothing_but_ids(table);
    } else if (table->lineage == PLAN_LINEAGE_OTHER) {
        append(table, WHY_ID_ONLY,
            mem_string("no key but the id, and ids mean something else: rows are "
                       "compared as a whole, new ones get fresh ids"));
    } else {
        merge_by_primary(table);
        keep_fork_apart(decide, table);
    }
}

/* The live table's key of exactly these columns, or NULL. */
static const struct schema_key *
same_key(const struct decide_table *table, const struct schema_names *columns)
{
    for (size_t i = 0; i < table->live->n_keys; i++) {
        const struct schema_key *key = &table->live->keys[i];
        size_t n = 0;

        for (size_t j = 0; j < key->columns.n; j++)
            n += is_member(columns, key->columns.names[j]);
        if (n == columns->n && n == key->columns.n && key->nulls_not_distinct)
            return key;
    }
    return NULL;
}

enum plan_nulls
decide_key_nulls(const struct decide_table *table)
{
    bool nullable = false;

    if (table->action != PLAN_MERGE)
        return PLAN_NULLS_NONE;
    for (size_t i = 0; i < table->merge_key->n; i++)
        nullable |= !schema_find_column(table->live, table->merge_key->names[i])->not_null;
    if (!nullable)
        return PLAN_NULLS_NONE;
    return same_key(table, table->merge_key) != NULL ? PLAN_NULLS_EQUAL : PLAN_NULLS_DISTINCT;
}
