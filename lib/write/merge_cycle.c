#include "merge_cycle.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "merge_foresee.h"

#define PART_ROWS 4096 /* asked about at once */

struct row {
    struct slice line; /* with its newline */
    enum { WAITING, IN, OUT } state;
    const struct orphans_key *early; /* it refers to a row that waits; or NULL */
};

struct member { /* a table of the group */
    struct merge_table *table;
    struct merge_foresee *foresee;
    struct row *rows;
    size_t n;
    uint64_t *needs;  /* each row's: of each foreign key, what must be there; 0: nothing */
    uint64_t *gives;  /* of each key by which others refer to it; 0: nothing */
    uint64_t *hashes; /* of its unique values, as rivals_hash() */
    bool counted;     /* what its waiting rows give */
};

struct cycle {
    struct member *members;
    size_t n;
    bool looked; /* needs and gives are known */
};

/* ---- the rows */

static void
split_rows(struct member *member)
{
    struct slice rest = buf_slice(&member->foresee->held_new);
    size_t n = copyrow_count(rest);

    member->rows = mem_alloc((n + 1) * sizeof *member->rows);
    while (rest.length > 0) {
        struct slice row = copyrow_next(&rest);

        member->rows[member->n++] =
            (struct row){.line = slice_make(row.data, row.length + 1), .state = WAITING};
    }
}

static void
cycle_init(struct cycle *cycle, struct merge_table *const *group, size_t n)
{
    *cycle = (struct cycle){.members = mem_alloc(n * sizeof *cycle->members), .n = n};
    for (size_t i = 0; i < n; i++) {
        struct member *member = &cycle->members[i];

        *member = (struct member){.table = group[i], .foresee = group[i]->foresee};
        split_rows(member);
    }
}

static void
cycle_release(struct cycle *cycle)
{
    for (size_t i = 0; i < cycle->n; i++) {
        struct member *member = &cycle->members[i];

        for (size_t k = 0; k < member->foresee->parentkeys.n; k++) {
            struct parentkey *key = member->foresee->parentkeys.own[k].key;

            key->settling = false;
            pairmap_release(&key->waiting);
        }
        free(member->rows);
        free(member->needs);
        free(member->gives);
        free(member->hashes);
    }
    free(cycle->members);
}

/* ---- what a row needs, and what it gives */

/* The hashes in the lines of an answer, `step` columns apart. */
static void
read_hashes(const PGresult *result, size_t keys, uint64_t *hashes)
{
    for (int row = 0; row < PQntuples(result); row++)
        for (size_t k = 0; k < keys; k++) /* a null's text is empty */
            hashes[(size_t)row * keys + k] =
                (uint64_t)strtoll(PQgetvalue(result, row, (int)k + 1), NULL, 10);
}

static void
read_needs(struct member *member, const PGresult *result, size_t from)
{
    const struct orphans *orphans = &member->foresee->orphans;

    for (int at = 0; at < PQntuples(result); at++)
        for (size_t k = 0; k < orphans->n; k++) {
            struct slice line = member->rows[from + (size_t)at].line;
            uint64_t hash;

            if (orphans_is_missing(orphans, result, at, k, &hash) &&
                (orphans->own[k].parent->settling ||
                    orphans_is_expected(orphans, k, slice_make(line.data, line.length - 1))))
                member->needs[(from + (size_t)at) * orphans->n + k] = hash;
        }
}

static bool
look_at_part(struct member *member, size_t from, size_t to)
{
    const char *start = member->rows[from].line.data;
    struct slice last = member->rows[to - 1].line;
    struct slice rows = slice_make(start, (size_t)(last.data + last.length - start));
    struct parentkeys_table *keys = &member->foresee->parentkeys;
    PGresult *needs = NULL, *gives = NULL;
    bool known = true;

    if (member->foresee->orphans.n > 0) {
        needs = orphans_ask(&member->foresee->orphans, rows, LIVEROW_NEW);
        read_needs(member, needs, from);
        known &= needs != NULL;
    }
    if (keys->n > 0) {
        gives = parentkeys_ask(keys, rows);
        read_hashes(gives, keys->n, member->gives + from * keys->n);
        known &= gives != NULL;
    }
    PQclear(needs);
    PQclear(gives);
    return known;
}

static bool
look_at(struct member *member)
{
    size_t keys = member->foresee->parentkeys.n, foreign = member->foresee->orphans.n;

    member->needs = mem_alloc((member->n * foreign + 1) * sizeof *member->needs);
    member->gives = mem_alloc((member->n * keys + 1) * sizeof *member->gives);
    for (size_t from = 0; from < member->n; from += PART_ROWS) {
        size_t to = from + PART_ROWS < member->n ? from + PART_ROWS : member->n;

        if (!look_at_part(member, from, to))
            return false;
    }
    return true;
}

static void
count_gives(struct member *member, size_t row, int change)
{
    const struct parentkeys_table *keys = &member->foresee->parentkeys;
    bool added;

    for (size_t k = 0; k < keys->n; k++) {
        uint64_t hash = member->gives[row * keys->n + k];

        if (hash != 0)
            *pairmap_add(&keys->own[k].key->waiting, hash, &added) += (uint64_t)change;
    }
}

static void
cycle_look(struct cycle *cycle)
{
    bool known = true;

    for (size_t i = 0; i < cycle->n; i++) {
        struct parentkeys_table *keys = &cycle->members[i].foresee->parentkeys;

        parentkeys_table_ask(keys);
        for (size_t k = 0; k < keys->n; k++)
            keys->own[k].key->settling = true;
    }
    for (size_t i = 0; i < cycle->n; i++)
        known &= look_at(&cycle->members[i]);
    cycle->looked = known;
    for (size_t i = 0; known && i < cycle->n; i++) {
        cycle->members[i].counted = true;
        for (size_t row = 0; row < cycle->members[i].n; row++)
            count_gives(&cycle->members[i], row, 1);
    }
}

/* ---- what becomes of a row */

static void
refuse(struct member *member, size_t row, const struct server_error *error)
{
    struct slice line = member->rows[row].line;

    if (member->counted)
        count_gives(member, row, -1);
    member->rows[row].state = OUT;
    member->table->validate.accepted--;
    merge_table_refused_new(member->table, slice_make(line.data, line.length - 1), error);
}

static void
refuse_orphan(struct member *member, size_t row, const struct orphans_key *key)
{
    struct server_error error = {.sqlstate = "23503", .message = orphans_reason(key)};

    refuse(member, row, &error);
    server_error_release(&error);
}

static bool
is_there(const struct pairmap *counts, uint64_t hash)
{
    const uint64_t *count = pairmap_find(counts, hash);

    return count != NULL && *count > 0;
}

static bool
gives_itself(const struct member *member, size_t row, const struct parentkey *key, uint64_t hash)
{
    const struct parentkeys_table *keys = &member->foresee->parentkeys;

    for (size_t k = 0; k < keys->n; k++)
        if (keys->own[k].key == key && member->gives[row * keys->n + k] == hash)
            return true;
    return false;
}

/* Whether what a row needs may be one that waits, or itself, or has to be there. */
enum with { WITH_WAITING, WITH_ITSELF, WITH_NONE };

/* The foreign key by which the row refers to nothing, or NULL. */
static const struct orphans_key *
missing(const struct member *member, size_t row, enum with with)
{
    const struct orphans *orphans = &member->foresee->orphans;

    for (size_t k = 0; k < orphans->n; k++) {
        const struct orphans_key *key = &orphans->own[k];
        uint64_t hash = member->needs[row * orphans->n + k];

        if (hash == 0 || is_there(&key->parent->brought, hash) ||
            (with == WITH_WAITING && is_there(&key->parent->waiting, hash)) ||
            (with == WITH_ITSELF && gives_itself(member, row, key->parent, hash)))
            continue;
        return key;
    }
    return NULL;
}

/* As stage's reject_all_orphans(). */
static void
refuse_orphans(struct cycle *cycle)
{
    bool found = true;

    while (found) {
        found = false;
        for (size_t i = 0; i < cycle->n; i++)
            for (size_t row = 0; row < cycle->members[i].n; row++) {
                struct member *member = &cycle->members[i];
                const struct orphans_key *key =
                    member->rows[row].state == WAITING ? missing(member, row, WITH_WAITING) : NULL;

                if (key != NULL)
                    refuse_orphan(member, row, key);
                found |= key != NULL;
            }
    }
}

/* ---- rows that clash */

static void
note_clash(void *context, struct slice row, const struct server_error *error)
{
    (void)row;
    (void)error;
    *(bool *)context = true;
}

/* The rows that wait, together. */
static void
add_waiting(const struct member *member, struct buf *rows)
{
    for (size_t row = 0; row < member->n; row++)
        if (member->rows[row].state == WAITING)
            buf_add_slice(rows, member->rows[row].line);
}

static void
hash_rows(struct member *member)
{
    struct rivals *rivals = &member->foresee->rivals;
    size_t keys = rivals_keys(rivals);

    member->hashes = mem_alloc((member->n * keys + 1) * sizeof *member->hashes);
    for (size_t from = 0; keys > 0 && from < member->n; from += PART_ROWS) {
        size_t n = member->n - from < PART_ROWS ? member->n - from : PART_ROWS;
        struct slice first = member->rows[from].line, last = member->rows[from + n - 1].line;

        rivals_hash(rivals, slice_make(first.data, (size_t)(last.data + last.length - first.data)),
            n, member->hashes + from * keys);
    }
}

static bool
some_are_rivals(struct member *member)
{
    struct rivals *rivals = &member->foresee->rivals;
    size_t keys = rivals_keys(rivals);
    bool found = false;

    hash_rows(member);
    for (size_t row = 0; row < member->n && !found; row++) {
        if (member->rows[row].state != WAITING)
            continue;
        found = rivals_clash(rivals, member->hashes + row * keys) >= 0;
        rivals_take(rivals, member->hashes + row * keys);
    }
    rivals_forget(rivals);
    return found;
}

static bool
some_overlap(struct member *member)
{
    struct overlaps overlaps;
    struct buf rows = {0}, kept = {0};
    bool found = false;

    overlaps_init(
        &overlaps, member->table->merge->reader, &member->table->layout, note_clash, &found);
    add_waiting(member, &rows);
    overlaps_reject(&overlaps, buf_slice(&rows), &kept);
    member->foresee->overlaps.blind |= overlaps.blind;
    overlaps_release(&overlaps);
    buf_release(&rows);
    buf_release(&kept);
    return found;
}

static bool
some_clash(struct cycle *cycle)
{
    bool found = false;

    for (size_t i = 0; i < cycle->n; i++) {
        found |= some_are_rivals(&cycle->members[i]);
        found |= some_overlap(&cycle->members[i]);
    }
    return found;
}

/* ---- one by one, as stage_each does */

enum last_pass { NOT_LAST, LAST };

static void
go_in(struct member *member, size_t row)
{
    const struct parentkeys_table *keys = &member->foresee->parentkeys;
    bool added;

    member->rows[row].state = IN;
    for (size_t k = 0; k < keys->n; k++)
        if (member->gives[row * keys->n + k] != 0)
            ++*pairmap_add(&keys->own[k].key->brought, member->gives[row * keys->n + k], &added);
    rivals_take(
        &member->foresee->rivals, member->hashes + row * rivals_keys(&member->foresee->rivals));
}

struct one { /* row of a member */
    struct member *member;
    size_t row;
};

static void
refuse_one(void *context, struct slice line, const struct server_error *error)
{
    struct one *one = context;

    (void)line;
    refuse(one->member, one->row, error);
}

/* The other rows of the table that are in keep it out. */
static bool
overlaps_others(struct member *member, size_t row)
{
    struct overlaps *overlaps = &member->foresee->overlaps;
    struct one one = {member, row};
    struct buf kept = {0};

    overlaps->rejected = refuse_one;
    overlaps->context = &one;
    overlaps_reject(overlaps, member->rows[row].line, &kept);
    buf_release(&kept);
    return member->rows[row].state == OUT;
}

/* Returns whether it went in. */
static bool
try_row(struct member *member, size_t row, enum last_pass last)
{
    struct rivals *rivals = &member->foresee->rivals;
    struct one one = {member, row};
    int clash = rivals_clash(rivals, member->hashes + row * rivals_keys(rivals));
    const struct orphans_key *key;

    if (clash >= 0) {
        rivals_refuse(rivals, clash, member->rows[row].line, refuse_one, &one);
        return false;
    }
    key = missing(member, row, WITH_ITSELF);
    if (key != NULL && last == LAST)
        refuse_orphan(member, row, key);
    if (key != NULL || overlaps_others(member, row))
        return false;
    go_in(member, row);
    return true;
}

static bool
run_pass(struct member *member, bool silent, enum last_pass last)
{
    bool moved = false;

    for (size_t row = 0; row < member->n; row++)
        member->rows[row].early =
            silent && member->rows[row].state == WAITING ? missing(member, row, WITH_NONE) : NULL;
    for (size_t row = 0; row < member->n; row++)
        if (member->rows[row].state == WAITING && member->rows[row].early == NULL)
            moved |= try_row(member, row, last);
    for (size_t row = 0; last == LAST && row < member->n; row++)
        if (member->rows[row].state == WAITING && member->rows[row].early != NULL)
            refuse_orphan(member, row, member->rows[row].early);
    return moved;
}

static void
try_each(struct cycle *cycle)
{
    bool silent = false, moved;

    for (size_t i = 0; i < cycle->n; i++)
        silent |= merge_table_inserts_silently(cycle->members[i].table);
    do {
        moved = false;
        for (size_t i = 0; i < cycle->n; i++)
            moved |= run_pass(&cycle->members[i], silent, NOT_LAST);
    } while (moved);
    for (size_t i = 0; i < cycle->n; i++)
        run_pass(&cycle->members[i], silent, LAST);
}

/* What the rows bring is not known, so neither is what is missing. */
static void
give_up(struct parentkeys_table *keys)
{
    for (size_t k = 0; k < keys->n; k++)
        keys->own[k].key->unknown |= keys->own[k].key->unsure;
}

/* All at once. */
static void
go_in_together(struct cycle *cycle)
{
    for (size_t i = 0; i < cycle->n; i++) {
        struct member *member = &cycle->members[i];
        struct buf rows = {0};

        if (cycle->looked) {
            for (size_t row = 0; row < member->n; row++)
                if (member->rows[row].state == WAITING)
                    go_in(member, row);
        } else {
            add_waiting(member, &rows);
            parentkeys_bring(&member->foresee->parentkeys, buf_slice(&rows), LIVEROW_NEW);
            give_up(&member->foresee->parentkeys);
        }
        buf_release(&rows);
    }
}

/* True when something of the group was refused, or refers to what may be missing. */
static bool
is_doubtful(const struct cycle *cycle)
{
    bool doubtful = false;

    for (size_t i = 0; i < cycle->n; i++) {
        const struct orphans *orphans = &cycle->members[i].foresee->orphans;

        doubtful |= orphans->doubtful;
        for (size_t k = 0; k < orphans->n; k++)
            doubtful |= orphans->own[k].parent->lost.count > 0 || orphans->own[k].parent->unsure;
    }
    return doubtful;
}

void
merge_cycle_settle(struct merge_table *const *group, size_t n)
{
    struct cycle cycle;
    bool clash;

    cycle_init(&cycle, group, n);
    if (is_doubtful(&cycle))
        cycle_look(&cycle);
    if (cycle.looked)
        refuse_orphans(&cycle);
    clash = some_clash(&cycle);
    if (clash && !cycle.looked)
        cycle_look(&cycle);
    if (clash && cycle.looked)
        try_each(&cycle);
    else
        go_in_together(&cycle);
    cycle_release(&cycle);
}
