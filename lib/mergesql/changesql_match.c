/* The part of changesql about which live row is the one of a changed row. */
#include "changesql.h"
#include "ident.h"
#include "mergesql.h"

static void
add_name(const char *name, struct buf *out)
{
    ident_quote(slice_string(name), out);
}

/*
 * Types without an equality operator of their own are compared by their text (manual, "json Types":
 * json has none; xml and the geometric types neither, or one that means something else). So are
 * types outside pg_catalog: with an empty search_path the operators of an extension's are not
 * found.
 */
bool
changesql_compares_as_text(const char *type)
{
    static const char *const types[] = {"json", "xml", "point", "box", "polygon", "path", "circle",
        "line", "lseg", "txid_snapshot", "pg_snapshot"};
    size_t length = strcspn(type, "[(");

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i]) == length && strncmp(types[i], type, length) == 0)
            return true;
    return memchr(type, '.', length) != NULL;
}

void
changesql_source(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    if (from.source == CHANGESQL_FROM_PARAMETERS) {
        buf_add_format(out, "u.c%zu::", position);
        mergesql_type(layout->columns[position]->type, out);
        return;
    }
    buf_add_string(out, "s.");
    add_name(layout->columns[position]->name, out);
}

void
changesql_live(const struct changesql_from from, const char *name, struct buf *out)
{
    buf_add_format(out, "%s.", from.live);
    add_name(name, out);
}

/*
 * Equal, or both null. A join cannot hash that, so the texts are compared before, which are equal
 * too: idmap-builder has put the live row's text of its key into the row.
 */
static void
add_null_safe_match(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    const char *name = layout->columns[position]->name;

    buf_add_string(out, "COALESCE(");
    changesql_live(from, name, out);
    buf_add_string(out, "::pg_catalog.text, '') = COALESCE((");
    changesql_source(layout, from, position, out);
    buf_add_string(out, ")::pg_catalog.text, '') AND (");
    changesql_live(from, name, out);
    buf_add_string(out, " IS NULL) = ((");
    changesql_source(layout, from, position, out);
    buf_add_string(out, ") IS NULL)");
}

/* t has still the value by which the row was found. */
static void
add_same_value(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    bool text = changesql_compares_as_text(layout->columns[position]->type);

    changesql_live(from, layout->columns[position]->name, out);
    buf_add_string(
        out, text ? "::pg_catalog.text IS NOT DISTINCT FROM " : " IS NOT DISTINCT FROM ");
    changesql_source(layout, from, position, out);
    buf_add_string(out, text ? "::pg_catalog.text" : "");
    if (strchr(layout->columns[position]->type, '.') == NULL)
        return;
    buf_add_string(out, " OR ROW(");
    changesql_live(from, layout->columns[position]->name, out);
    buf_add_string(out, ")::pg_catalog.record = ROW(");
    changesql_source(layout, from, position, out);
    buf_add_string(out, ")::pg_catalog.record");
}

/* A row whose key has nulls was found by its content or its id (identity.h). */
static void
add_is_loose(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    buf_add_string(out, "false");
    for (size_t i = 0; layout->table->nulls != PLAN_NULLS_EQUAL && i < layout->key.n; i++) {
        buf_add_string(out, " OR ");
        changesql_source(layout, from, layout->key.at[i], out);
        buf_add_string(out, " IS NULL");
    }
}

static bool
has_other_key(const struct layout *layout)
{
    bool has = false;

    for (size_t i = 0; i < layout->key.n; i++)
        has |= !layout_is_among(&layout->target, layout->key.at[i]);
    return has;
}

/*
 * Of a row that is written by its id, but was found by its key: another session may have given that
 * live row another key since, and the values are not meant for it then. (ON UPDATE of a foreign key
 * may as well, for the merge itself.) Types of extensions are compared as records, for which their
 * operators need no search_path. A CASE, so that the server still joins by the id.
 */
static void
add_key_match(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    buf_add_string(out, " AND CASE WHEN ");
    add_is_loose(layout, from, out);
    buf_add_string(out, " OR (true");
    for (size_t i = 0; i < layout->key.n; i++) {
        buf_add_string(out, " AND (");
        add_same_value(layout, from, layout->key.at[i], out);
        buf_add_char(out, ')');
    }
    buf_add_string(out, ") THEN true ELSE NOT COALESCE(");
    mergesql_is_anothers(from.live, out);
    buf_add_string(out, ", false) END");
}

void
changesql_match(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    bool null_safe = layout->table->nulls == PLAN_NULLS_EQUAL && layout->id == LAYOUT_NONE;

    for (size_t i = 0; i < layout->target.n; i++) {
        buf_add_string(out, i > 0 ? " AND " : "");
        if (null_safe) {
            add_null_safe_match(layout, from, layout->target.at[i], out);
            continue;
        }
        changesql_live(from, layout->columns[layout->target.at[i]]->name, out);
        buf_add_string(out, " = ");
        changesql_source(layout, from, layout->target.at[i], out);
    }
    if (layout->found_by_key && has_other_key(layout) &&
        layout->table->same_ids == PLAN_SAME_NONE && from.source == CHANGESQL_FROM_CHANGES)
        add_key_match(layout, from, out);
}
