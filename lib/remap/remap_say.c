/* The part of remap.h that says, at a table's end, which rows were found in other ways than by
 * their keys alone. */
#include "ident.h"
#include "msg.h"
#include "remap.h"

static void
display_key(const struct layout *layout, struct buf *key)
{
    for (size_t i = 0; i < layout->key.n; i++) {
        buf_add_string(key, i > 0 ? ", " : "");
        ident_display(slice_string(layout->columns[layout->key.at[i]]->name), key);
    }
}

/* No later merge of the backup brings these rows. */
static void
warn_of_duplicates(const struct remap_block *block)
{
    const struct plan_table *table = block->layout.table;
    bool one = block->duplicates == 1;
    struct buf key = {0};

    if (block->duplicates == 0)
        return;
    display_key(&block->layout, &key);
    msg_warning("%s: %llu row%s of the backup %s the key (%s) of another one, which is merged "
                "instead%s%s%s%s%s",
        table->name, (unsigned long long)block->duplicates, one ? "" : "s", one ? "has" : "have",
        buf_string(&key), block->layout.id != LAYOUT_NONE ? "; what refers to " : "",
        block->layout.id == LAYOUT_NONE ? ""
        : one                           ? "it goes to that one"
                                        : "them goes to that one",
        table->duplicates == PLAN_DUPLICATES_FIRST ? "; rules: " : "",
        table->duplicates == PLAN_DUPLICATES_FIRST ? table->name : "",
        table->duplicates == PLAN_DUPLICATES_FIRST ? " duplicates newest(COLUMN), or reject" : "");
    buf_release(&key);
}

/* It is written like any other row that differs. */
static void
say_found(const struct remap_block *block)
{
    const struct rekeyed *rekeyed = &block->rekeyed;
    bool one = rekeyed->found == 1;
    struct buf key = {0};

    if (rekeyed->found == 0)
        return;
    display_key(&block->layout, &key);
    msg_info("%s: %llu row%s found by %s, for no live row has %s key (%s): %.*s",
        block->layout.table->name, (unsigned long long)rekeyed->found, one ? " was" : "s were",
        one ? "its id" : "their ids", one ? "its" : "their", buf_string(&key),
        (int)rekeyed->found_named.length, rekeyed->found_named.data);
    buf_release(&key);
}

/* One row may have become two. */
static void
warn_of_rekeyed(const struct remap_block *block)
{
    const struct layout *layout = &block->layout;
    struct buf ids = {0}, key = {0};
    uint64_t n = rekeyed_count(&block->rekeyed, &ids);

    display_key(layout, &key);
    if (n > 0)
        msg_warning("%s: %llu new %s with another key (%s): %s; where the key was changed on one "
                    "side, one row becomes two, and what refers to it in the backup refers to the "
                    "new one; with equal keys in both databases it stays one",
            layout->table->name, (unsigned long long)n,
            n == 1 ? "row has the id of an older live row" : "rows have ids of older live rows",
            buf_string(&key), buf_string(&ids));
    buf_release(&ids);
    buf_release(&key);
}

void
remap_say(const struct remap_block *block)
{
    say_found(block);
    warn_of_rekeyed(block);
    warn_of_duplicates(block);
}
