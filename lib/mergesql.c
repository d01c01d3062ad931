#include "mergesql.h"

#include "ident.h"
#include "msg.h"

static void
add_name(const char *name, struct buf *out)
{
    ident_quote(slice_string(name), out);
}

/* A relation in display form, from the plan, as SQL. */
static void
add_relation(const char *display, struct buf *out)
{
    if (!ident_display_to_sql(display, out))
        msg_fatal(STATUS_INPUT, "the plan has \"%s\" where a relation's name belongs", display);
}

/*
 * A type to cast to. An explicit cast to character(n), character varying(n) or bit(n) cuts what is
 * too long, silently (manual, "Character Types"), and the rest would be taken for another row's:
 * those lose their length.
 */
static void
add_type(const char *type, struct buf *out)
{
    const char *length = strchr(type, '('), *behind = length != NULL ? strchr(length, ')') : NULL;

    if (behind == NULL || (strncmp(type, "character", 9) != 0 && strncmp(type, "bit", 3) != 0)) {
        buf_add_string(out, type);
        return;
    }
    if (strncmp(type, "character(", 10) == 0)
        buf_add_string(out, "pg_catalog.bpchar"); /* "character" alone is character(1) */
    else if (strncmp(type, "bit(", 4) == 0)
        buf_add_string(out, "bit varying");
    else
        buf_add(out, type, (size_t)(length - type));
    buf_add_string(out, behind + 1);
}

void
mergesql_table(const struct plan_table *table, struct buf *out)
{
    add_relation(table->name, out);
}

void
mergesql_columns(const struct layout *layout, const struct layout_positions *positions,
    const char *prefix, struct buf *out)
{
    for (size_t i = 0; i < positions->n; i++) {
        if (i > 0)
            buf_add_string(out, ", ");
        buf_add_string(out, prefix);
        add_name(layout->columns[positions->at[i]]->name, out);
    }
}

static void
all_columns(const struct layout *layout, const char *prefix, struct buf *out)
{
    for (size_t i = 0; i < layout->n; i++) {
        if (i > 0)
            buf_add_string(out, ", ");
        buf_add_string(out, prefix);
        add_name(layout->columns[i]->name, out);
    }
}

void
mergesql_copy_out(const struct layout *layout, const struct layout_positions *positions,
    enum mergesql_id id, struct buf *out)
{
    buf_add_string(out, "COPY (SELECT ");
    mergesql_columns(layout, positions, "t.", out);
    if (id == MERGESQL_WITH_ID) {
        buf_add_string(out, positions->n > 0 ? ", t." : "t.");
        add_name(layout->columns[layout->id]->name, out);
    }
    buf_add_string(out, " FROM ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t");
    if (id == MERGESQL_WITH_ID) {
        buf_add_string(out, " ORDER BY t.");
        add_name(layout->columns[layout->id]->name, out);
    }
    buf_add_string(out, ") TO STDOUT");
}

void
mergesql_copy_out_rows(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "COPY (SELECT ");
    all_columns(layout, "t.", out);
    buf_add_string(out, " FROM ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t) TO STDOUT");
}

void
mergesql_unnest(size_t n_columns, struct buf *out)
{
    buf_add_string(out, "unnest("); /* of several arrays: syntax, not a name */
    for (size_t i = 0; i < n_columns; i++)
        buf_add_format(out, "%s$%zu::pg_catalog.text[]", i > 0 ? ", " : "", i + 1);
    buf_add_string(out, ") WITH ORDINALITY u(");
    for (size_t i = 0; i < n_columns; i++)
        buf_add_format(out, "c%zu, ", i);
    buf_add_string(out, "n)");
}

void
mergesql_join(
    const struct layout *layout, const struct layout_positions *positions, struct buf *out)
{
    for (size_t i = 0; i < positions->n; i++) {
        const struct plan_column *column = layout->columns[positions->at[i]];

        buf_add_string(out, i > 0 ? " AND t." : "t.");
        add_name(column->name, out);
        buf_add_format(out, " = u.c%zu::", i);
        add_type(column->type, out);
    }
}

void
mergesql_probe_rows(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    all_columns(layout, "t.", out);
    buf_add_string(out, " FROM ");
    mergesql_unnest(layout->target.n, out);
    buf_add_string(out, " JOIN ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t ON ");
    mergesql_join(layout, &layout->target, out);
}

void
mergesql_canonical(
    const struct layout *layout, const struct layout_positions *positions, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    for (size_t i = 0; i < positions->n; i++) {
        buf_add_format(out, "%su.c%zu::", i > 0 ? ", " : "", i);
        add_type(layout->columns[positions->at[i]]->type, out);
        buf_add_string(out, "::pg_catalog.text");
    }
    buf_add_string(out, " FROM ");
    mergesql_unnest(positions->n, out);
    buf_add_string(out, " ORDER BY u.n");
}

void
mergesql_cast_rows(const struct layout *layout, const char *ordinal, struct buf *out)
{
    buf_add_string(out, "SELECT u.n AS ");
    add_name(ordinal, out);
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_format(out, ", u.c%zu::", i);
        add_type(layout->columns[i]->type, out);
        buf_add_string(out, " AS ");
        add_name(layout->columns[i]->name, out);
    }
    buf_add_string(out, " FROM ");
    mergesql_unnest(layout->n, out);
}

void
mergesql_copy_in(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "COPY ");
    mergesql_table(layout->table, out);
    if (layout->n > 0) { /* a table may have no columns, a list may not */
        buf_add_string(out, " (");
        all_columns(layout, "", out);
        buf_add_char(out, ')');
    }
    buf_add_string(out, " FROM STDIN");
}

/* ---- changed rows */

void
mergesql_changes_name(size_t number, struct buf *out)
{
    buf_add_format(out, "pg_temp.pgbraid_changes_%zu", number);
}

void
mergesql_create_changes(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_format(out,
        "CREATE TEMP TABLE pgbraid_changes_%zu ON COMMIT DROP AS SELECT "
        "0::pg_catalog.int8 AS pgbraid_n, ",
        number);
    all_columns(layout, "t.", out);
    buf_add_string(out, " FROM ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t WITH NO DATA");
}

void
mergesql_copy_changes(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "COPY ");
    mergesql_changes_name(number, out);
    buf_add_string(out, " (pgbraid_n, ");
    all_columns(layout, "", out);
    buf_add_string(out, ") FROM STDIN");
}

/*
 * Types without an equality operator of their own are compared by their text (manual, "json Types":
 * json has none; xml and the geometric types neither, or one that means something else). So are
 * types outside pg_catalog: with an empty search_path the operators of an extension's are not
 * found.
 */
static bool
compare_as_text(const char *type)
{
    static const char *const types[] = {"json", "xml", "point", "box", "polygon", "path", "circle",
        "line", "lseg", "txid_snapshot", "pg_snapshot"};
    size_t length = strcspn(type, "[(");

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i]) == length && strncmp(types[i], type, length) == 0)
            return true;
    return memchr(type, '.', length) != NULL;
}

static bool
is_target(const struct layout *layout, size_t position)
{
    for (size_t i = 0; i < layout->target.n; i++)
        if (layout->target.at[i] == position)
            return true;
    return false;
}

static bool
is_key(const struct layout *layout, size_t position)
{
    for (size_t i = 0; i < layout->key.n; i++)
        if (layout->key.at[i] == position)
            return true;
    return false;
}

/* The key and the id are never in SET, nor what a rule keeps. */
static bool
is_settable(const struct layout *layout, size_t position)
{
    return !is_target(layout, position) && !is_key(layout, position) &&
           layout->columns[position]->conflict != PLAN_CONFLICT_KEEP;
}

/* How a column of the changed rows is written: s."a", or u.c3::type in a dry run. */
enum source { FROM_CHANGES, FROM_PARAMETERS };

static void
add_source(const struct layout *layout, enum source source, size_t position, struct buf *out)
{
    if (source == FROM_PARAMETERS) {
        buf_add_format(out, "u.c%zu::", position);
        add_type(layout->columns[position]->type, out);
        return;
    }
    buf_add_string(out, "s.");
    add_name(layout->columns[position]->name, out);
}

/*
 * Equal, or both null. A join cannot hash that, so the texts are compared before, which are equal
 * too: idmap-builder has put the live row's text of its key into the row.
 */
static void
add_null_safe_match(
    const struct layout *layout, enum source source, size_t position, struct buf *out)
{
    const char *name = layout->columns[position]->name;

    buf_add_string(out, "COALESCE(t.");
    add_name(name, out);
    buf_add_string(out, "::pg_catalog.text, '') = COALESCE((");
    add_source(layout, source, position, out);
    buf_add_string(out, ")::pg_catalog.text, '') AND (t.");
    add_name(name, out);
    buf_add_string(out, " IS NULL) = ((");
    add_source(layout, source, position, out);
    buf_add_string(out, ") IS NULL)");
}

static void
add_target_match(const struct layout *layout, enum source source, struct buf *out)
{
    bool null_safe = layout->table->nulls == PLAN_NULLS_EQUAL && layout->id == LAYOUT_NONE;

    for (size_t i = 0; i < layout->target.n; i++) {
        buf_add_string(out, i > 0 ? " AND " : "");
        if (null_safe) {
            add_null_safe_match(layout, source, layout->target.at[i], out);
            continue;
        }
        buf_add_string(out, "t.");
        add_name(layout->columns[layout->target.at[i]]->name, out);
        buf_add_string(out, " = ");
        add_source(layout, source, layout->target.at[i], out);
    }
}

static void
add_distinct(const struct layout *layout, enum source source, size_t position, struct buf *out)
{
    bool text = compare_as_text(layout->columns[position]->type);

    buf_add_string(out, "t.");
    add_name(layout->columns[position]->name, out);
    buf_add_string(out, text ? "::pg_catalog.text IS DISTINCT FROM " : " IS DISTINCT FROM ");
    add_source(layout, source, position, out);
    if (text)
        buf_add_string(out, "::pg_catalog.text");
}

/* `(a differs OR b differs)` over all columns that are not the target; "false" when there are none.
 */
static void
add_differs(const struct layout *layout, enum source source, struct buf *out)
{
    const char *joint = "(";

    for (size_t i = 0; i < layout->n; i++) {
        if (is_target(layout, i))
            continue;
        buf_add_string(out, joint);
        add_distinct(layout, source, i, out);
        joint = " OR ";
    }
    buf_add_string(out, joint[0] == '(' ? "false" : ")");
}

/* As add_differs(), over the columns that an update would set by the policy. */
static void
add_would_write(const struct layout *layout, enum source source, struct buf *out)
{
    enum plan_conflict conflict = layout->table->conflict;
    const char *joint = "(";

    for (size_t i = 0; conflict != PLAN_CONFLICT_KEEP && i < layout->n; i++) {
        if (!is_settable(layout, i))
            continue;
        buf_add_string(out, joint);
        if (conflict == PLAN_CONFLICT_FILL) {
            buf_add_string(out, "(t.");
            add_name(layout->columns[i]->name, out);
            buf_add_string(out, " IS NULL AND ");
            add_source(layout, source, i, out);
            buf_add_string(out, " IS NOT NULL)");
        } else {
            add_distinct(layout, source, i, out);
        }
        joint = " OR ";
    }
    buf_add_string(out, joint[0] == '(' ? "false" : ")");
    if (conflict != PLAN_CONFLICT_NEWEST)
        return;
    for (size_t i = 0; i < layout->n; i++) {
        if (strcmp(layout->columns[i]->name, layout->table->newest) != 0)
            continue;
        buf_add_string(out, " AND (");
        add_source(layout, source, i, out);
        buf_add_string(out, " > t.");
        add_name(layout->table->newest, out);
        buf_add_string(out, " OR (t.");
        add_name(layout->table->newest, out);
        buf_add_string(out, " IS NULL AND ");
        add_source(layout, source, i, out);
        buf_add_string(out, " IS NOT NULL))");
    }
}

void
mergesql_count_differing(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    mergesql_changes_name(number, out);
    buf_add_string(out, " s JOIN ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t ON ");
    add_target_match(layout, FROM_CHANGES, out);
    buf_add_string(out, " WHERE ");
    add_differs(layout, FROM_CHANGES, out);
}

void
mergesql_count_gone(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    mergesql_changes_name(number, out);
    buf_add_string(out, " s WHERE NOT EXISTS (SELECT FROM ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t WHERE ");
    add_target_match(layout, FROM_CHANGES, out);
    buf_add_char(out, ')');
}

static void
add_assignment(const struct layout *layout, size_t position, struct buf *out)
{
    bool fill = layout->table->conflict == PLAN_CONFLICT_FILL;

    add_name(layout->columns[position]->name, out);
    buf_add_string(out, " = ");
    if (fill) {
        buf_add_string(out, "COALESCE(t.");
        add_name(layout->columns[position]->name, out);
        buf_add_string(out, ", ");
    }
    add_source(layout, FROM_CHANGES, position, out);
    if (fill)
        buf_add_char(out, ')');
}

bool
mergesql_update(const struct layout *layout, size_t number, struct buf *out)
{
    const char *joint = " t SET ";

    if (layout->table->conflict == PLAN_CONFLICT_KEEP)
        return false;
    buf_add_string(out, "UPDATE ONLY ");
    mergesql_table(layout->table, out);
    for (size_t i = 0; i < layout->n; i++) {
        if (!is_settable(layout, i))
            continue;
        buf_add_string(out, joint);
        add_assignment(layout, i, out);
        joint = ", ";
    }
    buf_add_string(out, " FROM ");
    mergesql_changes_name(number, out);
    buf_add_string(out, " s WHERE ");
    add_target_match(layout, FROM_CHANGES, out);
    buf_add_string(out, " AND ");
    add_would_write(layout, FROM_CHANGES, out);
    return joint[0] == ',';
}

bool
mergesql_sets(const struct layout *layout, const char *column)
{
    for (size_t i = 0; i < layout->n; i++)
        if (strcmp(layout->columns[i]->name, column) == 0)
            return is_settable(layout, i);
    return false;
}

void
mergesql_compare(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FILTER (WHERE ");
    add_differs(layout, FROM_PARAMETERS, out);
    buf_add_string(out, "), pg_catalog.count(*) FILTER (WHERE ");
    add_would_write(layout, FROM_PARAMETERS, out);
    buf_add_string(out, ") FROM ");
    mergesql_unnest(layout->n, out);
    buf_add_string(out, " JOIN ONLY ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " t ON ");
    add_target_match(layout, FROM_PARAMETERS, out);
}

/* ---- new rows of a cycle */

void
mergesql_stage_name(size_t number, struct buf *out)
{
    buf_add_format(out, "pg_temp.pgbraid_stage_%zu", number);
}

void
mergesql_create_stage(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_format(out, "CREATE TEMP TABLE pgbraid_stage_%zu (LIKE ", number);
    mergesql_table(layout->table, out);
    buf_add_string(out, " INCLUDING CONSTRAINTS INCLUDING DEFAULTS"
                        " INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP");
}

void
mergesql_copy_stage(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "COPY ");
    mergesql_stage_name(number, out);
    buf_add_string(out, " (");
    all_columns(layout, "", out);
    buf_add_string(out, ") FROM STDIN");
}

void
mergesql_insert_stage(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "INSERT INTO ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " (");
    all_columns(layout, "", out);
    buf_add_string(out, ") OVERRIDING SYSTEM VALUE SELECT ");
    all_columns(layout, "", out);
    buf_add_string(out, " FROM ");
    mergesql_stage_name(number, out);
}

bool
mergesql_has_sequence(const struct plan_column *column)
{
    return column->target != NULL &&
           (column->action == PLAN_COLUMN_ID || column->action == PLAN_COLUMN_SET);
}

/* nextval() would give last_value itself while is_called is false (manual, "Sequence Functions").
 */
void
mergesql_sequence_up(
    const struct plan_table *table, const struct plan_column *column, struct buf *out)
{
    struct buf name = {0};

    add_relation(column->target, &name);
    buf_add_string(out, "SELECT pg_catalog.setval(s.tableoid::pg_catalog.regclass, m.top) FROM ");
    buf_add_slice(out, buf_slice(&name));
    buf_add_string(out, " s, (SELECT pg_catalog.max(t.");
    add_name(column->name, out);
    buf_add_string(out, ")::pg_catalog.int8 AS top FROM ONLY ");
    mergesql_table(table, out);
    buf_add_string(out, " t) m WHERE m.top > s.last_value"
                        " OR (m.top = s.last_value AND NOT s.is_called)");
    buf_release(&name);
}
