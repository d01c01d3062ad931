/* Lineage: whether two databases mean the same row by the same id. */
#include <string.h>

#include "decide.h"
#include "mem.h"

static const char *
name_of(enum plan_lineage lineage)
{
    static const char *const names[] = {"unknown", "same", "other"};

    return names[lineage];
}

/* Nine of ten agree: same. One of ten at most: other. Between: other, since ids cannot be relied
 * on. */
static enum plan_lineage
verdict(int64_t pairs, int64_t agree)
{
    if (pairs == 0)
        return PLAN_LINEAGE_UNKNOWN;
    return agree * 10 >= pairs * 9 ? PLAN_LINEAGE_SAME : PLAN_LINEAGE_OTHER;
}

static const char *
contradiction(int64_t pairs, int64_t agree)
{
    return agree * 10 < pairs * 9 && agree * 10 > pairs
               ? " (contradictory: look at it, and say by rule: TABLE lineage same, or other)"
               : "";
}

bool
decide_looks_forked(const struct decide_evidence *evidence)
{
    return evidence->key_agree * 10 > evidence->key_pairs &&
           evidence->key_later == evidence->key_pairs - evidence->key_agree;
}

/*
 * True when the ids parted after a common start: some agree, and in all other pairs the live id is
 * the later one. So it is where both databases added rows since they parted and were merged: the
 * backup's rows whose id was taken got fresh ones, and merging the backup again must come to the
 * same verdict. Where ids mean nothing, as many would be the earlier ones, and n agree in one of n!
 * cases; few pairs may be so by chance.
 */
static bool
has_forked(const struct decide_evidence *evidence)
{
    int64_t agree = evidence->key_agree, others = evidence->key_pairs - agree;
    double chance = 1; /* that so many agree, and that all the others are later */

    if (!decide_looks_forked(evidence))
        return false;
    for (int64_t i = 1; i <= agree && chance >= DECIDE_UNLIKELY; i++)
        chance /= (double)i;
    for (int64_t i = 0; i < others && chance >= DECIDE_UNLIKELY; i++)
        chance /= 2;
    return chance < DECIDE_UNLIKELY;
}

static enum plan_lineage
verdict_by_key(const struct decide_evidence *evidence)
{
    if (has_forked(evidence))
        return PLAN_LINEAGE_SAME;
    return verdict(evidence->key_pairs, evidence->key_agree);
}

static char *
pairs_text(const struct decide_evidence *evidence, const char *remark)
{
    return mem_format("%lld of %lld sampled pairs agree%s", (long long)evidence->key_agree,
        (long long)evidence->key_pairs, remark);
}

static char *
by_key(const struct decide_evidence *evidence, enum plan_lineage lineage)
{
    const char *remark = contradiction(evidence->key_pairs, evidence->key_agree);

    if (remark[0] != '\0' && lineage == PLAN_LINEAGE_SAME)
        remark = ", and the others have later ids, as rows get whose id is taken";
    return pairs_text(evidence, remark);
}

/* What chance would have agree anyway says nothing, neither for nor against. */
static int64_t
beyond_chance(const struct decide_evidence *evidence, int64_t n)
{
    return n > evidence->content_chance ? n - evidence->content_chance : 0;
}

/* The pairs of the content that say something, and how many of them agree. */
static int64_t
content_pairs(const struct decide_evidence *evidence)
{
    return beyond_chance(evidence, evidence->content_pairs);
}

static int64_t
content_agree(const struct decide_evidence *evidence)
{
    return beyond_chance(evidence, evidence->content_agree);
}

static enum plan_lineage
verdict_by_content(const struct decide_evidence *evidence)
{
    return verdict(content_pairs(evidence), content_agree(evidence));
}

static bool
is_mostly_unlike(const struct decide_evidence *evidence)
{
    return content_pairs(evidence) >= DECIDE_ENOUGH &&
           content_agree(evidence) * 2 < content_pairs(evidence);
}

/* Most of its rows would be alike by chance, as where each holds the same date: then a few that
 * were changed look the same as strangers do. */
static bool
says_little(const struct decide_evidence *evidence)
{
    return evidence->content_chance * 2 > evidence->content_pairs;
}

/* Of a table where at least half is alike: rows changed since, unless other tables are strangers.
 */
static enum plan_lineage
by_content_alone(const struct decide_evidence *own, const struct plan *plan)
{
    return decide_fork_length(own) > 0 || verdict_by_content(own) == PLAN_LINEAGE_SAME
               ? PLAN_LINEAGE_SAME
               : plan->lineage;
}

static char *
by_content(const struct decide_evidence *evidence, enum plan_lineage lineage)
{
    const char *chance = evidence->content_chance > 0 ? mem_format(", by chance %lld would be",
                                                            (long long)evidence->content_chance)
                                                      : "";

    return mem_format("%lld of %lld sampled rows with equal ids are alike%s%s",
        (long long)evidence->content_agree, (long long)evidence->content_pairs, chance,
        lineage == PLAN_LINEAGE_SAME
            ? ""
            : contradiction(content_pairs(evidence), content_agree(evidence)));
}

/* A uuid is made once in the world: without evidence of its own, equal ones mean the same row. So
 * is a text: who makes ids so makes them unique. */
static bool
is_made_once(const struct decide_table *table)
{
    return table->id != NULL &&
           (strcmp(table->id->type, "uuid") == 0 || strcmp(table->id->type, "text") == 0 ||
               strncmp(table->id->type, "character", 9) == 0);
}

/*
 * Whether such an id decides. Where other tables' ids are seen to mean something else, so do texts
 * beside a key that could not be looked up, for it goes through references: by it rows are found
 * whatever their ids, by their ids they are not.
 */
static bool
decides_by_itself(const struct decide_table *table, const struct plan *plan)
{
    return is_made_once(table) && (strcmp(table->id->type, "uuid") == 0 || table->key == NULL ||
                                      plan->lineage != PLAN_LINEAGE_OTHER);
}

/* Of a table that is lost: whether the live primary key is a uuid. */
static bool
has_uuid_key(const struct decide_table *table)
{
    const struct schema_key *primary = schema_primary_key(table->live);
    const struct schema_column *column = NULL;

    if (primary != NULL && primary->columns.n == 1)
        column = schema_find_column(table->live, primary->columns.names[0]);
    return column != NULL && strcmp(column->type, "uuid") == 0;
}

/*
 * A table that is left out since its rows are not whole has no evidence of its own. What others say
 * may come from rows that were put into both databases: by it no row is given to a stranger.
 */
static bool
is_distrusted(const struct decide *decide, const struct decide_table *table)
{
    return decide_is_lost(decide, table) && !has_uuid_key(table);
}

/*
 * What the pairs of ids that are made once say about other tables. New rows keep such ids: after a
 * merge the rows that it brought agree. So where some pairs do not, only those count, which are the
 * same before and after it.
 */
static void
add_pairs(struct decide_evidence *sum, const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;

    if (is_made_once(table) && own->key_agree < own->key_pairs) {
        sum->key_pairs += own->key_pairs - own->key_agree;
    } else {
        sum->key_pairs += own->key_pairs;
        sum->key_agree += own->key_agree;
        sum->key_later += own->key_later;
    }
}

/*
 * Where most of a table is alike, rows behind a fork say nothing about what ids meant before it;
 * and samples look there the most.
 */
static void
add_content(struct decide_evidence *sum, const struct decide_evidence *own)
{
    int64_t unlike = own->content_pairs - own->content_agree, behind = decide_fork_length(own);

    if (is_mostly_unlike(own))
        behind = 0;
    sum->content_pairs += own->content_pairs - (behind < unlike ? behind : unlike);
    sum->content_agree += own->content_agree;
    sum->content_chance += own->content_chance;
}

/* What a rule skips, or says of its ids, or has other columns, speaks for itself alone. */
static bool
is_put_aside(const struct decide_table *table)
{
    return table->keyed != NULL || (table->skip != NULL && decide_is_sampled(table));
}

/* The tables that say much by what their rows hold; without them those that say little. */
static struct decide_evidence
pool(const struct decide *decide)
{
    struct decide_evidence sum = {0}, little = {0};

    for (size_t i = 0; i < decide->n_tables; i++) {
        const struct decide_evidence *own = &decide->tables[i].evidence;

        if (is_put_aside(&decide->tables[i]))
            continue;
        add_pairs(&sum, &decide->tables[i]);
        if (!is_made_once(&decide->tables[i]))
            add_content(says_little(own) ? &little : &sum, own);
    }
    if (content_pairs(&sum) < DECIDE_ENOUGH)
        add_content(&sum, &little);
    return sum;
}

/* A few pairs that agree, as those of seed rows do, are less than what many rows hold. */
static bool
keys_decide(const struct decide_evidence *sum)
{
    return sum->key_pairs >= DECIDE_ENOUGH || sum->key_agree < sum->key_pairs ||
           (sum->key_pairs > 0 && content_pairs(sum) < DECIDE_ENOUGH);
}

/*
 * Of a table's own pairs, which may be too few to tell a fork from chance: then all tables do, as
 * where most of them agree. Ids that are made once in the world agree after a merge.
 */
static enum plan_lineage
verdict_by_own_key(const struct decide_table *table, enum plan_lineage all)
{
    const struct decide_evidence *own = &table->evidence;

    if (all == PLAN_LINEAGE_SAME &&
        (decide_looks_forked(own) || (own->key_agree * 2 > own->key_pairs && !is_made_once(table))))
        return PLAN_LINEAGE_SAME;
    return verdict_by_key(own);
}

static bool
has_other_pairs(const struct decide_table *table)
{
    return table->evidence.key_pairs >= DECIDE_ENOUGH &&
           verdict_by_own_key(table, PLAN_LINEAGE_SAME) == PLAN_LINEAGE_OTHER;
}

/* Some tables say much, and none of them has other rows under the same ids. */
static bool
others_are_the_same(const struct decide *decide)
{
    int64_t pairs = 0;

    for (size_t i = 0; i < decide->n_tables; i++) {
        const struct decide_evidence *own = &decide->tables[i].evidence;

        if (is_put_aside(&decide->tables[i]))
            continue;
        if (has_other_pairs(&decide->tables[i]) || (is_mostly_unlike(own) && !says_little(own)))
            return false;
        pairs += own->key_pairs + (says_little(own) ? 0 : content_pairs(own));
    }
    return pairs >= DECIDE_ENOUGH;
}

/*
 * Whatever other tables say, where its rows are unlike: seed rows may agree where the rest has
 * nothing in common. But where it says little, and all others say the same, its rows were changed.
 */
static bool
is_of_strangers(
    const struct decide *decide, const struct decide_evidence *own, const struct plan *plan)
{
    if (!is_mostly_unlike(own) ||
        (plan->lineage == PLAN_LINEAGE_SAME && decide_fork_length(own) > 0))
        return false;
    return !says_little(own) || plan->lineage != PLAN_LINEAGE_SAME || !others_are_the_same(decide);
}

/* Its rows are alike, or nothing else says what ids mean. */
static bool
speaks_for_itself(const struct decide_table *table, const struct decide_evidence *sum)
{
    const struct decide_evidence *own = &table->evidence;

    return content_pairs(own) >= DECIDE_ENOUGH && !is_mostly_unlike(own) &&
           (!keys_decide(sum) ||
               (verdict_by_content(own) == PLAN_LINEAGE_SAME && !is_made_once(table)));
}

/* One row or two that agree may do so by chance: ids mostly count from one. */
static bool
is_little(const struct plan *plan, const struct decide_evidence *sum)
{
    int64_t pairs = keys_decide(sum) ? sum->key_pairs : content_pairs(sum);

    return plan->lineage == PLAN_LINEAGE_SAME && pairs < DECIDE_ENOUGH;
}

/*
 * Some pairs agree, and most rows of equal ids are alike beyond chance: so are those of one
 * lineage, of which a table was made anew, or in whose small tables both databases added the same
 * rows.
 */
static bool
content_outweighs(const struct decide_evidence *sum)
{
    return verdict_by_key(sum) == PLAN_LINEAGE_OTHER &&
           (sum->key_agree >= DECIDE_ENOUGH || sum->key_agree * 10 > sum->key_pairs) &&
           content_pairs(sum) >= DECIDE_ENOUGH && !is_mostly_unlike(sum);
}

static void
decide_whole(const struct rules *rules, struct plan *plan, const struct decide_evidence *sum)
{
    if (rules->all.lineage_line != 0) {
        plan->lineage = rules->all.lineage;
        plan->lineage_reason = rules_reason(rules, rules->all.lineage_line);
        return;
    }
    if (keys_decide(sum) && content_outweighs(sum)) {
        plan->lineage = PLAN_LINEAGE_SAME;
        plan->lineage_reason =
            mem_format("%s, but %s", pairs_text(sum, ""), by_content(sum, PLAN_LINEAGE_SAME));
    } else if (keys_decide(sum)) {
        plan->lineage = verdict_by_key(sum);
        plan->lineage_reason = by_key(sum, plan->lineage);
    } else if (content_pairs(sum) > 0) {
        plan->lineage = verdict_by_content(sum);
        plan->lineage_reason = by_content(sum, plan->lineage);
    } else {
        plan->lineage = PLAN_LINEAGE_UNKNOWN;
        plan->lineage_reason = mem_string("no evidence: treated as same lineage");
    }
    if (is_little(plan, sum))
        plan->lineage_reason = mem_format("%s, which is little evidence", plan->lineage_reason);
}

/* Of a key by rule: why its pairs are missing. */
static const char *
by_shared_key(const struct decide_evidence *evidence)
{
    return evidence->key_shared > 0
               ? mem_format("; its key is no evidence: %lld of the sampled keys are those of "
                            "several rows",
                     (long long)evidence->key_shared)
               : "";
}

/*
 * Its rows are there, but mostly other ones have their ids: so it is where strangers were merged.
 * A table that was made anew has mostly ids of its own.
 */
static bool
is_crossed(const struct decide_evidence *own)
{
    return own->key_crossed * 2 > own->key_pairs - own->key_agree;
}

/* Whatever other tables say: seed rows may agree where the rest has nothing in common. */
static bool
has_none_of_its_keys(const struct decide_table *table)
{
    const struct decide_evidence *own = &table->evidence;

    return own->key_pairs < DECIDE_ENOUGH && own->key_agree == 0 &&
           own->key_taken >= DECIDE_ENOUGH && !is_made_once(table) &&
           (content_pairs(own) < DECIDE_ENOUGH || is_mostly_unlike(own));
}

static void
decide_one(const struct decide *decide, struct decide_table *table, const struct plan *plan,
    const struct decide_evidence *sum)
{
    const struct decide_evidence *own = &table->evidence;
    char *why;

    if (table->rules->lineage_line != 0) {
        table->lineage = table->rules->lineage;
        table->lineage_why = WHY_RULE;
        why = rules_reason(decide->rules, table->rules->lineage_line);
    } else if (is_distrusted(decide, table)) {
        table->lineage = PLAN_LINEAGE_OTHER;
        table->lineage_why = WHY_NO_EVIDENCE;
        why = mem_string("its rows are not whole in the backup");
    } else if (table->moved) {
        table->lineage = PLAN_LINEAGE_SAME;
        table->lineage_why = WHY_CONTENT;
        why = by_content(own, PLAN_LINEAGE_SAME);
    } else if (own->key_pairs >= DECIDE_ENOUGH) {
        table->lineage = verdict_by_own_key(table, plan->lineage);
        table->lineage_why = WHY_PAIRS;
        table->strange = table->lineage == PLAN_LINEAGE_OTHER && is_crossed(own);
        why = is_made_once(table) && contradiction(own->key_pairs, own->key_agree)[0] != '\0'
                  ? pairs_text(own, ", as after a merge, whose new rows keep such ids")
                  : by_key(own, table->lineage);
    } else if (has_none_of_its_keys(table)) {
        table->lineage = PLAN_LINEAGE_OTHER;
        table->lineage_why = WHY_PAIRS;
        table->strange = true;
        why = mem_format("of %lld sampled rows no live row has the key, and other rows the ids",
            (long long)own->key_taken);
    } else if (decides_by_itself(table, plan)) {
        table->lineage = PLAN_LINEAGE_SAME;
        table->lineage_why = WHY_UUID;
        why = mem_string("such an id means the same row everywhere");
    } else if (is_of_strangers(decide, own, plan)) {
        table->lineage = PLAN_LINEAGE_OTHER;
        table->lineage_why = WHY_CONTENT;
        table->strange = true;
        why = by_content(own, PLAN_LINEAGE_OTHER);
    } else if (speaks_for_itself(table, sum)) {
        table->lineage = by_content_alone(own, plan);
        table->lineage_why = WHY_CONTENT;
        why = by_content(own, table->lineage);
    } else {
        table->lineage = plan->lineage;
        table->lineage_why =
            plan->lineage == PLAN_LINEAGE_UNKNOWN ? WHY_NO_EVIDENCE : WHY_OTHER_TABLES;
        why = plan->lineage == PLAN_LINEAGE_UNKNOWN
                  ? mem_string("no evidence: treated as same")
                  : mem_format("as all tables together: %s", plan->lineage_reason);
    }
    table->lineage_reason =
        mem_format("%s lineage, %s%s", name_of(table->lineage), why, by_shared_key(own));
}

/* A table to which it refers, and whose rows are others: its name; or NULL. One that was made anew,
 * whose rows are found by their keys, says nothing about those that refer to it. */
static const char *
find_strangers(const struct decide *decide, const struct decide_table *table)
{
    for (size_t i = 0; table->live != NULL && i < table->live->n_references; i++) {
        const struct decide_table *parent = decide_find(decide, table->live->references[i].parent);

        if (parent != NULL && parent != table && parent->strange)
            return parent->name;
    }
    return NULL;
}

/* What holds too little to be judged by belongs to the rows that it refers to. */
static void
follow_parents(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[decide->order[i]];
        const char *strangers;

        if (table->lineage_why != WHY_OTHER_TABLES || table->lineage == PLAN_LINEAGE_OTHER ||
            is_made_once(table) || content_pairs(&table->evidence) >= DECIDE_ENOUGH ||
            (strangers = find_strangers(decide, table)) == NULL)
            continue;
        table->lineage = PLAN_LINEAGE_OTHER;
        table->strange = true;
        table->lineage_reason = mem_format("other lineage, as %s, to which it refers", strangers);
    }
}

void
decide_lineage(struct decide *decide, struct plan *plan)
{
    struct decide_evidence sum = pool(decide);

    decide_whole(decide->rules, plan, &sum);
    for (size_t i = 0; i < decide->n_tables; i++)
        decide_one(decide, &decide->tables[i], plan, &sum);
    follow_parents(decide);
}

char *
decide_lineage_doubt(const struct decide *decide, const struct plan *plan)
{
    struct decide_evidence sum = pool(decide);
    bool counts = false;

    for (size_t i = 0; i < decide->n_tables; i++)
        counts |=
            decide->tables[i].skip == NULL && decide->tables[i].lineage_why == WHY_OTHER_TABLES;
    if (!counts || !is_little(plan, &sum))
        return NULL;
    return mem_format("lineage same: %s; where ids mean something else here, rows would overwrite "
                      "strangers: the rule \"TABLE lineage other\" says so of a table, \"* lineage "
                      "other\" of all",
        plan->lineage_reason);
}

/* ---- the backup of another application */

static bool
has_same_row(const struct decide *decide)
{
    struct decide_evidence sum = pool(decide);

    return sum.key_agree > 0 || content_agree(&sum) > 0;
}

/* Applications of one framework have tables of the same names, such as users and migrations. */
char *
decide_backup_doubt(const struct decide *decide)
{
    size_t missing = 0, merged = 0, comparable = 0;

    for (size_t i = 0; i < decide->n_tables; i++) {
        const struct decide_table *table = &decide->tables[i];

        missing += table->skip != NULL && table->skip_why == WHY_NO_LIVE_TABLE;
        merged += table->skip == NULL;
        comparable += table->skip == NULL && table->id != NULL;
    }
    if (missing <= merged || comparable == 0 || decide->rules->all.lineage_line != 0 ||
        has_same_row(decide))
        return NULL;
    return mem_format("%zu of %zu tables of the backup are not in the live database, and no "
                      "sampled row of the others is the same there under its id: is it the right "
                      "backup, and the right database? \"* lineage other\" says that it is",
        missing, missing + merged);
}
