/*
 * Unique keys that are places, such as the rank in a list: where rows of equal ids are the same
 * rows, and their keys are found with others, it is the keys that moved. By such a key one row
 * would be taken for another.
 */
#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

bool
decide_moved_wanted(const struct decide_table *table)
{
    return table->key != NULL && table->id != NULL && table->member == NULL &&
           table->keyed == NULL && table->skip == NULL &&
           (table->rules->identity_line == 0 || table->rules->identity != RULES_IDENTITY_KEY) &&
           (table->rules->lineage_line == 0 || table->rules->lineage != PLAN_LINEAGE_OTHER);
}

/* Two of three, and more than chance would have; strangers are alike by chance alone. */
static bool
ids_are_the_same(const struct decide_evidence *beside)
{
    int64_t pairs = beside->content_pairs - beside->content_chance;
    int64_t agree = beside->content_agree - beside->content_chance;

    return beside->content_chance * 2 <= beside->content_pairs && pairs >= DECIDE_ENOUGH &&
           agree * 3 >= pairs * 2;
}

/* Several numbers and references, such as (list, rank): they say where a row stands. One number
 * alone may be a name. */
static bool
is_place(const struct decide_table *table)
{
    bool number = false;

    for (size_t i = 0; i < table->key->columns.n; i++) {
        const struct schema_column *column =
            schema_find_column(table->live, table->key->columns.names[i]);

        if (decide_made_is_reference(table, column->name))
            continue;
        if (!number_is_type(column->type))
            return false;
        number = true;
    }
    return number && table->key->columns.n > 1;
}

/* The rows of a place have other ids, and none of them is the same: where it was handed on to a new
 * row a merge has rejected that, and the next one must decide as it did. */
static bool
was_handed_on(const struct decide_table *table)
{
    const struct decide_evidence *beside = &table->beside;

    return is_place(table) && beside->key_pairs > beside->key_agree && beside->key_kept == 0;
}

/*
 * Of places one row that moved is enough: where a merge has put all others in their places the next
 * one must decide as it did. But names are handed on by people, and where ids parted the key keeps
 * strangers apart.
 */
static bool
has_moved(const struct decide_table *table)
{
    const struct decide_evidence *beside = &table->beside;
    bool parted = decide_fork_length(beside) > 0;
    int64_t enough;

    if (!decide_moved_wanted(table) || !ids_are_the_same(beside) ||
        (!is_place(table) && table->same_by.n > 0))
        return false;
    enough = is_place(table) && !parted ? 1 : DECIDE_ENOUGH;
    return (beside->key_moved >= enough && beside->key_kept * 2 <= beside->key_moved) ||
           (!parted && was_handed_on(table));
}

/* Of a table of which no key was found, as where all were changed: what its rows hold. */
static void
take_content(struct decide_evidence *own, const struct decide_evidence *beside)
{
    own->content_pairs = beside->content_pairs;
    own->content_agree = beside->content_agree;
    own->content_chance = beside->content_chance;
}

/* Pairs whose keys were exchanged or handed on say nothing about ids, where rows of equal ids are
 * the same by what else they hold. */
static void
leave_out_handed_on(struct decide_table *table)
{
    struct decide_evidence *own = &table->evidence;
    int64_t others = own->key_pairs - own->key_agree, handed = table->beside.key_moved;

    if (!decide_moved_wanted(table) || !ids_are_the_same(&table->beside))
        return;
    others -= handed < others ? handed : others;
    own->key_pairs = own->key_agree + others;
    own->key_later = own->key_later < others ? own->key_later : others;
}

void
decide_moved(struct decide *decide)
{
    for (size_t i = 0; i < decide->n_tables; i++) {
        struct decide_table *table = &decide->tables[i];
        struct decide_evidence *own = &table->evidence;

        if (own->key_pairs == 0 && own->content_pairs == 0 && decide_moved_wanted(table) &&
            table->beside.content_pairs >= DECIDE_ENOUGH)
            take_content(own, &table->beside);
        if (!has_moved(table)) {
            leave_out_handed_on(table);
            continue;
        }
        table->moved = true;
        *own = table->beside;
        own->key_pairs = own->key_agree = 0; /* say where the keys are, not what ids mean */
    }
}

static void
add_key(const struct decide_table *table, struct buf *text)
{
    const struct schema_names *key = &table->key->columns;

    for (size_t i = 0; i < key->n; i++) {
        buf_add_string(text, i > 0 ? ", " : "");
        ident_display(slice_string(key->names[i]), text);
    }
}

char *
decide_moved_reason(const struct decide_table *table)
{
    const struct decide_evidence *beside = &table->beside;
    struct buf text = {0};
    char *reason;

    buf_add_string(&text, "primary key: its unique key (");
    add_key(table, &text);
    buf_add_format(&text,
        ") moved: %lld of %lld sampled pairs have the same id, %lld of %lld rows of equal ids are "
        "alike otherwise; the rule \"%s key ",
        (long long)beside->key_agree, (long long)beside->key_pairs,
        (long long)beside->content_agree, (long long)beside->content_pairs, table->name);
    add_key(table, &text);
    buf_add_string(&text, "\" says that it tells rows apart");
    reason = mem_string(buf_string(&text));
    buf_release(&text);
    return reason;
}
