/*
 * Forks: both databases descend from one origin, but gave the same ids to rows of their own since
 * they parted. Merged by their ids, the backup's rows would overwrite strangers.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

/* The pairs that say something, by their ids: alike ones, and behind the last of these strangers.
 */
struct fork {
    int64_t alike, unlike;
    int64_t last;   /* the greatest id of an alike pair before the strangers */
    int64_t length; /* unlike pairs with greater ids */
    int64_t chance; /* alike pairs with greater ids */
};

#define CHANCE_OF 8 /* of so many rows behind a fork one may be alike by chance */

static bool
is_behind(const struct fork *fork, const struct decide_pair *pair)
{
    return pair->likeness == DECIDE_UNLIKE && (fork->alike == 0 || pair->id > fork->last);
}

/* The logarithm of n over k. */
static double
log_ways(int64_t n, int64_t k)
{
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* That by chance so many pairs stand last, as changed rows might, with no more alike ones among
 * them: hypergeometric. */
static double
likelihood(const struct fork *fork)
{
    int64_t last = fork->length + fork->chance;
    double sum = 0;

    for (int64_t k = 0; k <= fork->chance; k++)
        if (last - k <= fork->unlike)
            sum += exp(log_ways(fork->alike, k) + log_ways(fork->unlike, last - k) -
                       log_ways(fork->alike + fork->unlike, last));
    return sum;
}

static bool
is_seen(const struct fork *fork)
{
    return fork->length >= DECIDE_ENOUGH && fork->alike - fork->chance >= DECIDE_ENOUGH &&
           likelihood(fork) < DECIDE_UNLIKELY;
}

static int
by_id(const void *a, const void *b)
{
    const struct decide_pair *left = a, *right = b;

    return (left->id > right->id) - (left->id < right->id);
}

/* The pairs that say something, in the order of their ids. */
static struct decide_pair *
telling_pairs(const struct decide_evidence *evidence, struct fork *fork)
{
    struct decide_pair *pairs = mem_alloc((evidence->n_pairs + 1) * sizeof *pairs);
    size_t n = 0;

    for (size_t i = 0; i < evidence->n_pairs; i++) {
        const struct decide_pair *pair = &evidence->pairs[i];

        if (pair->likeness == DECIDE_VAGUE)
            continue;
        fork->alike += pair->likeness == DECIDE_ALIKE;
        fork->unlike += pair->likeness == DECIDE_UNLIKE;
        pairs[n++] = *pair;
    }
    qsort(pairs, n, sizeof *pairs, by_id);
    return pairs;
}

/* The position of the last alike pair before `end`, -1: there is none. */
static int64_t
last_alike(const struct decide_pair *pairs, int64_t end)
{
    while (--end >= 0 && pairs[end].likeness != DECIDE_ALIKE)
        ;
    return end;
}

/*
 * Strangers may be alike by chance, seldom: where many stand before the last alike pair as well, it
 * is one of them.
 */
static struct fork
find_fork(const struct decide_evidence *evidence)
{
    struct fork fork = {0};
    struct decide_pair *pairs = telling_pairs(evidence, &fork);
    int64_t n = fork.alike + fork.unlike, at = last_alike(pairs, n), before;

    fork.last = at >= 0 ? pairs[at].id : 0;
    fork.length = n - 1 - at;
    while (at > 0 && (before = last_alike(pairs, at)) >= 0) {
        struct fork longer = fork;

        longer.last = pairs[before].id;
        longer.length += at - before - 1;
        longer.chance++;
        if (at - before - 1 < DECIDE_ENOUGH || !is_seen(&longer) ||
            longer.chance * CHANCE_OF > longer.length + longer.chance)
            break;
        fork = longer;
        at = before;
    }
    free(pairs);
    return fork;
}

int64_t
decide_fork_length(const struct decide_evidence *evidence)
{
    struct fork fork = find_fork(evidence);

    return is_seen(&fork) ? fork.length : 0;
}

int64_t
decide_fork_start(const struct decide_evidence *evidence)
{
    return find_fork(evidence).last;
}

bool
decide_has_parted(const struct decide_evidence *evidence)
{
    return evidence->key_taken > 0 || evidence->key_agree < evidence->key_pairs ||
           decide_fork_length(evidence) > 0;
}

static int
by_hash(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/*
 * True when rows behind the fork may have the same primary key: some row of the backup agrees with
 * some live one in the columns beside the id, be it that of another pair. So tenants do, or days;
 * moments do not.
 */
static bool
may_clash(const struct decide_evidence *evidence, const struct fork *fork)
{
    size_t room = evidence->n_pairs + 1, n = 0;
    uint64_t *backup = mem_alloc(room * sizeof *backup), *live = mem_alloc(room * sizeof *live);
    bool clash = false;

    for (size_t i = 0; i < evidence->n_pairs; i++) {
        if (!is_behind(fork, &evidence->pairs[i]))
            continue;
        backup[n] = evidence->pairs[i].backup;
        live[n++] = evidence->pairs[i].live;
    }
    qsort(backup, n, sizeof *backup, by_hash);
    qsort(live, n, sizeof *live, by_hash);
    for (size_t i = 0, k = 0; !clash && i < n && k < n;) {
        clash = backup[i] == live[k];
        if (backup[i] < live[k])
            i++;
        else
            k++;
    }
    free(backup);
    free(live);
    return clash;
}

/* Then the columns beside the id are compared as they stand, and that says nothing. */
static bool
has_strange_member(const struct decide *decide, const struct decide_table *table)
{
    for (size_t i = 0; i < table->merge_key->n; i++)
        if (decide_ids_mean_others(decide, table, table->merge_key->names[i]))
            return true;
    return false;
}

/* That of a partition is the whole table's. */
static const struct decide_evidence *
evidence_of(const struct decide *decide, const struct decide_table *table)
{
    const struct decide_table *root = table->root != NULL ? decide_find(decide, table->root) : NULL;

    return root != NULL ? &root->evidence : &table->evidence;
}

static const struct schema_column *
id_of(const struct decide_table *table)
{
    if (table->keyed != NULL)
        return table->keyed;
    return table->id != NULL ? table->id : table->member;
}

/* The backup's row would be taken for the live one of its id. */
static bool
is_by_id(const struct decide_table *table)
{
    const struct schema_column *id = id_of(table);

    return id != NULL && table->action == PLAN_MERGE && schema_has_name(table->merge_key, id->name);
}

/* So would those of which the key is null, in a table that is merged by its key. */
static bool
has_loose(const struct decide_table *table)
{
    return table->evidence.loose && table->action == PLAN_MERGE && table->id != NULL &&
           table->lineage != PLAN_LINEAGE_OTHER && !is_by_id(table);
}

static bool
keeps_live(enum plan_conflict conflict)
{
    return conflict == PLAN_CONFLICT_KEEP || conflict == PLAN_CONFLICT_FILL;
}

/* A rule for this very table lets the live rows win, which is an answer to a fork; one for all
 * tables was not written with its rows in mind. */
static bool
is_to_keep(const struct decide *decide, const struct decide_table *table)
{
    unsigned long line = table->rules->conflict_line;

    return keeps_live(table->rules->conflict) && line != decide->rules->all.conflict_line;
}

/* The table that a rule names: one for the whole table counts for its partitions. */
static const char *
ruled(const struct decide_table *table)
{
    return table->root != NULL ? table->root : table->name;
}

static void
add_key_rule(const struct decide_table *table, struct buf *text)
{
    const struct schema_names *key = &table->key->columns;

    buf_add_format(text, " \"%s key", ruled(table));
    for (size_t i = 0; i < key->n; i++) {
        buf_add_string(text, i > 0 ? ", " : " ");
        ident_display(slice_string(key->names[i]), text);
    }
    buf_add_string(text, "\" tells them apart by that key,");
}

/* `"TABLE key COLUMN" finds rows by ...`: what a rule could go by, be it for people to name. */
static void
add_teller(const struct decide_table *table, struct buf *text)
{
    const char *column = table->root == NULL ? table->evidence.tells_apart : NULL;

    buf_add_format(text, " \"%s key ", ruled(table));
    if (column == NULL) {
        buf_add_string(text, "COLUMN, ...\" says what tells them apart,");
        return;
    }
    ident_display(slice_string(column), text);
    buf_add_string(text, "\" finds them by what tells the sampled ones apart,");
}

/* Rows that the table refers to may have other ids: the same row refers to another one then. */
static bool
refers_to_others(const struct decide *decide, const struct decide_table *table)
{
    for (size_t i = 0; i < table->live->n_references; i++) {
        const struct decide_table *parent = decide_find(decide, table->live->references[i].parent);

        if (parent != NULL && parent != table &&
            (parent->lineage == PLAN_LINEAGE_OTHER || decide_has_parted(&parent->evidence)))
            return true;
    }
    return false;
}

/* Only numbers count up: a uuid stands anywhere. */
char *
decide_fork_reason(const struct decide *decide, const struct decide_table *table)
{
    const struct decide_evidence *evidence = evidence_of(decide, table);
    struct fork fork = find_fork(evidence);
    struct buf text = {0};

    if ((!is_by_id(table) && !has_loose(table)) || is_to_keep(decide, table) ||
        !number_is_type(id_of(table)->type) ||
        (evidence->by_references && refers_to_others(decide, table)) ||
        !(is_seen(&fork) || (table->moved && fork.length > 0)) ||
        (!may_clash(evidence, &fork) && !has_strange_member(decide, table)))
        return NULL;
    buf_add_format(&text,
        "its ids parted after a common start: %lld of the %zu sampled rows %sthat are in both "
        "databases, those with the greatest ids, are quite other rows than the live ones of their "
        "ids;",
        (long long)fork.length, evidence->n_pairs, has_loose(table) ? "without a key " : "");
    if (table->key != NULL && !has_loose(table))
        add_key_rule(table, &text);
    else
        add_teller(table, &text);
    buf_add_format(&text,
        " \"%s append\" keeps both, and as two what was changed since, \"%s merge\" lets the "
        "backup win",
        ruled(table), ruled(table));
    return mem_string(buf_string(&text));
}

/* ---- what is merged all the same, and said */

/* Rows that hold the same are told apart by nothing: one of the backup may be taken for any. */
static char *
doubt_of_repeats(const struct decide_table *table)
{
    if (table->evidence.content_repeats == 0 || !table->targeted)
        return NULL;
    return mem_format("%s: %lld of its sampled rows hold the same as others but for their ids, and "
                      "cannot be told apart: what refers to one of them may come to name another, "
                      "also one that was there before; \"%s key COLUMN, ...\" says what tells them "
                      "apart, \"%s append\" that it does not matter",
        table->name, (long long)table->evidence.content_repeats, table->name, table->name);
}

/* Rows behind a fork are others; of the rest those that differ were mostly changed since. */
static size_t
count_changed(const struct decide_evidence *evidence)
{
    struct fork fork = find_fork(evidence);
    size_t changed = 0;

    for (size_t i = 0; i < evidence->n_pairs; i++)
        changed +=
            evidence->pairs[i].differs && (!is_seen(&fork) || evidence->pairs[i].id <= fork.last);
    return changed;
}

static char *
doubt_of_doubles(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;
    size_t changed = count_changed(own);
    struct buf text = {0};

    if (table->id == NULL || table->lineage == PLAN_LINEAGE_OTHER || changed == 0)
        return NULL;
    buf_add_format(&text,
        "%s: %zu of %zu sampled rows differ from the live row of their id, and by \"append\" come "
        "beside it, once: they were changed since, and would be there twice, or are others;",
        table->name, changed, own->n_pairs);
    add_teller(table, &text);
    buf_add_format(&text, " \"%s merge\" updates the live row of the id", ruled(table));
    return mem_string(buf_string(&text));
}

/* Of several columns of the key the others may keep them apart. */
static bool
is_stranger(const struct decide_table *table, const struct decide_pair *pair)
{
    return pair->likeness == DECIDE_UNLIKE &&
           (table->merge_key->n == 1 || pair->backup == pair->live);
}

static size_t
count_strangers(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;
    size_t strangers = 0;

    for (size_t i = 0; i < own->n_pairs; i++)
        strangers += is_stranger(table, &own->pairs[i]);
    return strangers;
}

static char *
doubt_of_strangers(const struct decide_table *table)
{
    size_t strangers = count_strangers(table);

    if (strangers == 0)
        return NULL;
    if (table->evidence.by_references)
        return mem_format("%s: %zu of %zu sampled rows refer to other ids than the live rows of "
                          "their ids do, and hold nothing else: where these are no other ids of "
                          "the same rows, they were changed, or would overwrite strangers; where "
                          "both databases added rows of their own, the rule \"%s append\" keeps "
                          "both",
            table->name, strangers, table->evidence.n_pairs, ruled(table));
    return mem_format("%s: %zu of %zu sampled rows have the id of a live row that is quite another "
                      "one, and would overwrite it; where both databases added rows of their own, "
                      "the rule \"%s append\" keeps both",
        table->name, strangers, table->evidence.n_pairs, ruled(table));
}

static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Nobody looked whether that is safe. Another unique key may tell strangers apart that look alike.
 */
static char *
doubt_of_rule(const struct decide *decide, const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;
    int64_t strangers = greater((int64_t)count_strangers(table), own->key_taken);
    int64_t pairs = greater((int64_t)own->n_pairs, own->key_agree + own->key_taken);
    struct buf id = {0};
    char *text;

    if (strangers == 0)
        return NULL;
    ident_display(slice_string(id_of(table)->name), &id);
    text = mem_format("%s: merged by %s as %s says, though %lld of %lld sampled rows with equal "
                      "ids are unlike: live rows will be overwritten",
        table->name, buf_string(&id), rules_reason(decide->rules, table->rules->identity_line),
        (long long)strangers, (long long)pairs);
    buf_release(&id);
    return text;
}

/* No live row is lost, but rows of the backup are. */
static char *
doubt_of_kept(const struct decide_table *table)
{
    size_t strangers = count_strangers(table);

    if (strangers == 0)
        return NULL;
    return mem_format(
        "%s: %zu of %zu sampled rows have the id of a live row that is quite another "
        "one, and is kept: such rows of the backup are not merged, and what refers to "
        "them comes to the live rows; where both databases added rows of their own, "
        "the rule \"%s append\" keeps both",
        table->name, strangers, table->evidence.n_pairs, ruled(table));
}

/* The partitions of a table have one fork, which is said once. */
static bool
is_first(const struct decide *decide, const struct decide_table *table)
{
    for (const struct decide_table *other = decide->tables; other < table; other++)
        if (table->root != NULL && other->root != NULL && other->skip == NULL &&
            strcmp(other->root, table->root) == 0)
            return false;
    return true;
}

/* Nothing is overwritten, but whoever looks for a row by its id alone finds two. */
static char *
doubt_of_twins(const struct decide *decide, const struct decide_table *table)
{
    const struct decide_evidence *evidence = evidence_of(decide, table);

    if (decide_fork_length(evidence) == 0 || !is_first(decide, table))
        return NULL;
    return mem_format(
        "%s: its ids parted after a common start: %lld of the %zu sampled rows that are in both "
        "databases, those with the greatest ids, are other rows than the live ones of their ids, "
        "and differ from them in the rest of the primary key; both are kept, with the same id, "
        "which the rule \"%s append\" replaces",
        ruled(table), (long long)decide_fork_length(evidence), evidence->n_pairs, ruled(table));
}

static bool
is_by_natural_key(const struct decide_table *table)
{
    return table->action == PLAN_MERGE && table->key_why == WHY_UNIQUE_KEY && table->id != NULL &&
           table->lineage != PLAN_LINEAGE_OTHER;
}

static char *
key_text(const struct decide_table *table)
{
    struct buf text = {0};

    ident_list_format((const char *const *)table->key->columns.names, table->key->columns.n, &text);
    return (char *)buf_string(&text);
}

/* Order numbers and the like: both databases have counted on. */
static char *
doubt_of_counted(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence, *beside = &table->beside;
    int64_t length = decide_fork_length(beside);

    if (length == 0 || own->key_taken > 0 || own->key_agree < own->key_pairs)
        return NULL;
    return mem_format(
        "%s: %lld of %zu sampled rows, those with the greatest ids, have the key %s of "
        "a live row that is quite another one, and would overwrite it: both "
        "databases seem to have counted on; \"%s key COLUMN, ...\" says what tells "
        "them apart",
        table->name, (long long)length, beside->n_pairs, key_text(table), ruled(table));
}

/* As by a backup whose addresses were made anonymous. */
static char *
doubt_of_changed_keys(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;

    if (own->key_pairs > 0 || own->key_taken < DECIDE_ENOUGH || table->same_by.n > 0 ||
        own->content_agree * 2 <= own->content_pairs)
        return NULL;
    return mem_format(
        "%s: no live row has the key %s of one of %lld sampled rows, but %lld of %lld "
        "are like the live row of their id: where the keys were changed each "
        "becomes two rows, and what refers to it in the backup refers to the new "
        "one; \"%s merge\" takes the ids",
        table->name, key_text(table), (long long)own->key_taken, (long long)own->content_agree,
        (long long)own->content_pairs, ruled(table));
}

char *
decide_table_doubt(const struct decide *decide, const struct plan_table *planned)
{
    const struct decide_table *table = decide_find(decide, planned->name);
    char *doubt = NULL;

    if (table == NULL || planned->action == PLAN_SKIP || plan_ends_behind(planned))
        return NULL;
    if (table->keyed != NULL)
        return !is_by_id(table)                ? NULL
               : keeps_live(planned->conflict) ? doubt_of_kept(table)
                                               : doubt_of_rule(decide, table);
    if (table->rules->identity_line != 0)
        return planned->action == PLAN_APPEND ? doubt_of_doubles(table) : NULL;
    if (planned->action == PLAN_APPEND && table->id != NULL)
        return doubt_of_repeats(table);
    if (is_by_natural_key(table) && !keeps_live(planned->conflict)) {
        doubt = doubt_of_counted(table);
        doubt = doubt != NULL ? doubt : doubt_of_changed_keys(table);
    }
    if (doubt != NULL || (!is_by_id(table) && !has_loose(table)))
        return doubt;
    if (keeps_live(planned->conflict))
        return doubt_of_kept(table);
    doubt = doubt_of_strangers(table);
    return doubt != NULL ? doubt : doubt_of_twins(decide, table);
}
