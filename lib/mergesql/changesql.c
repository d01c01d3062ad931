#include "changesql.h"

#include "ident.h"
#include "mergesql.h"

static void
add_name(const char *name, struct buf *out)
{
    ident_quote(slice_string(name), out);
}

void
changesql_name(size_t number, struct buf *out)
{
    buf_add_format(out, "pg_temp.pgbraid_changes_%zu", number);
}

void
changesql_create(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_format(out,
        "CREATE TEMP TABLE pgbraid_changes_%zu ON COMMIT DROP AS SELECT "
        "0::pg_catalog.int8 AS " CHANGESQL_NUMBER ", ",
        number);
    mergesql_all_columns(layout, "t.", out);
    buf_add_string(out, " FROM ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t WITH NO DATA");
}

void
changesql_copy(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "COPY ");
    changesql_name(number, out);
    buf_add_string(out, " (" CHANGESQL_NUMBER ", ");
    mergesql_all_columns(layout, "", out);
    buf_add_string(out, ") FROM STDIN");
}

void
changesql_insert_values(
    const struct layout *layout, size_t number, const char *row, struct buf *out)
{
    struct buf name = {0};

    changesql_name(number, &name);
    mergesql_insert_values(layout, buf_string(&name), CHANGESQL_NUMBER, row, out);
    buf_release(&name);
}

void
changesql_copy_row(const struct layout *layout, size_t number, uint64_t row, struct buf *out)
{
    buf_add_string(out, "COPY (SELECT ");
    mergesql_all_columns(layout, "s.", out);
    buf_add_string(out, " FROM ");
    changesql_name(number, out);
    buf_add_format(
        out, " s WHERE s." CHANGESQL_NUMBER " = %llu) TO STDOUT", (unsigned long long)row);
}

/* The row was found by it: it is equal, though texts such as those of citext may differ. */
static bool
is_found_by(const struct layout *layout, size_t position)
{
    return layout_is_among(&layout->target, position) ||
           (layout->table->same_ids == PLAN_SAME_NONE && layout_is_among(&layout->key, position));
}

bool
changesql_sets(const struct layout *layout, size_t position)
{
    return !is_found_by(layout, position) &&
           layout->columns[position]->conflict != PLAN_CONFLICT_KEEP;
}

bool
changesql_sets_column(const struct layout *layout, const char *column)
{
    size_t position = layout_position(layout, column);

    return position != LAYOUT_NONE && changesql_sets(layout, position);
}

bool
changesql_writes_all(const struct layout *layout)
{
    bool all = true;

    for (size_t i = 0; i < layout->n; i++)
        all &= is_found_by(layout, i) || layout->columns[i]->conflict == PLAN_CONFLICT_UPDATE;
    return all;
}

static const struct changesql_from from_changes = {CHANGESQL_FROM_CHANGES, "t"};
static const struct changesql_from from_parameters = {CHANGESQL_FROM_PARAMETERS, "t"};

/*
 * The value that the backup means. A float that is the live one at the digits that every server
 * keeps (manual, "Floating-Point Types"; a cast to numeric rounds to them) is the live one: pg_dump
 * wrote it with --extra-float-digits=0, or the server was older than 12.
 */
static void
add_value(const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    const char *type = layout->columns[position]->type, *name = layout->columns[position]->name;

    if (strcmp(type, "double precision") != 0 && strcmp(type, "real") != 0) {
        changesql_source(layout, from, position, out);
        return;
    }
    buf_add_string(out, "CASE WHEN ");
    changesql_live(from, name, out);
    buf_add_string(out, " IN ('Infinity', '-Infinity') THEN ");
    changesql_source(layout, from, position, out);
    buf_add_string(out, " WHEN ");
    changesql_source(layout, from, position, out);
    buf_add_string(out, " = ");
    changesql_live(from, name, out);
    buf_add_format(out, "::pg_catalog.numeric::%s THEN ", type);
    changesql_live(from, name, out);
    buf_add_string(out, " ELSE ");
    changesql_source(layout, from, position, out);
    buf_add_string(out, " END");
}

static void
add_distinct(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    bool text = changesql_compares_as_text(layout->columns[position]->type);

    changesql_live(from, layout->columns[position]->name, out);
    buf_add_string(out, text ? "::pg_catalog.text IS DISTINCT FROM " : " IS DISTINCT FROM ");
    add_value(layout, from, position, out);
    if (text)
        buf_add_string(out, "::pg_catalog.text");
}

/* `(a differs OR b differs)` over all columns by which the row was not found; "false" when there
 * are none. */
static void
add_differs(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    const char *joint = "(";

    for (size_t i = 0; i < layout->n; i++) {
        if (is_found_by(layout, i))
            continue;
        buf_add_string(out, joint);
        add_distinct(layout, from, i, out);
        joint = " OR ";
    }
    buf_add_string(out, joint[0] == '(' ? "false" : ")");
}

/* True for rows that are newer in the backup; a row without that column is never newer. */
static void
add_newer(
    const struct layout *layout, struct changesql_from from, const char *newest, struct buf *out)
{
    size_t position = layout_position(layout, newest);

    if (position == LAYOUT_NONE) {
        buf_add_string(out, "false");
        return;
    }
    buf_add_char(out, '(');
    changesql_source(layout, from, position, out);
    buf_add_string(out, " > ");
    changesql_live(from, newest, out);
    buf_add_string(out, " OR (");
    changesql_live(from, newest, out);
    buf_add_string(out, " IS NULL AND ");
    changesql_source(layout, from, position, out);
    buf_add_string(out, " IS NOT NULL))");
}

/* True when the column is to be written. */
static void
add_writes(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    const struct plan_column *column = layout->columns[position];

    if (column->conflict == PLAN_CONFLICT_FILL) {
        buf_add_char(out, '(');
        changesql_live(from, column->name, out);
        buf_add_string(out, " IS NULL AND ");
        changesql_source(layout, from, position, out);
        buf_add_string(out, " IS NOT NULL)");
        return;
    }
    add_distinct(layout, from, position, out);
    if (column->conflict == PLAN_CONFLICT_NEWEST) {
        buf_add_string(out, " AND ");
        add_newer(layout, from, column->newest, out);
    }
}

/* True when any column is to be written. */
static void
add_would_write(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    const char *joint = "(";

    for (size_t i = 0; i < layout->n; i++) {
        if (!changesql_sets(layout, i))
            continue;
        buf_add_string(out, joint);
        add_writes(layout, from, i, out);
        joint = " OR ";
    }
    buf_add_string(out, joint[0] == '(' ? "false" : ")");
}

/* The value that the column has afterwards. */
static void
add_result(
    const struct layout *layout, struct changesql_from from, size_t position, struct buf *out)
{
    const struct plan_column *column = layout->columns[position];

    if (!changesql_sets(layout, position)) {
        changesql_live(from, column->name, out);
    } else if (column->conflict == PLAN_CONFLICT_FILL) {
        buf_add_string(out, "COALESCE(");
        changesql_live(from, column->name, out);
        buf_add_string(out, ", ");
        changesql_source(layout, from, position, out);
        buf_add_char(out, ')');
    } else if (column->conflict == PLAN_CONFLICT_NEWEST) {
        buf_add_string(out, "CASE WHEN ");
        add_newer(layout, from, column->newest, out);
        buf_add_string(out, " THEN ");
        add_value(layout, from, position, out);
        buf_add_string(out, " ELSE ");
        changesql_live(from, column->name, out);
        buf_add_string(out, " END");
    } else {
        add_value(layout, from, position, out);
    }
}

/* ` FROM changes s JOIN table t ON match`. */
static void
add_join(const struct layout *layout, size_t number, struct changesql_from from, struct buf *out)
{
    buf_add_string(out, " FROM ");
    changesql_name(number, out);
    buf_add_string(out, " s JOIN ");
    mergesql_rows(layout->table, out);
    buf_add_format(out, " %s ON ", from.live);
    changesql_match(layout, from, out);
}

void
changesql_live_rows(const struct layout *layout, size_t number, struct buf *out)
{
    add_join(layout, number, from_changes, out);
}

void
changesql_is_target(const struct layout *layout, struct buf *out)
{
    changesql_match(layout, from_changes, out);
}

void
changesql_count_differing(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*)");
    add_join(layout, number, from_changes, out);
    buf_add_string(out, " WHERE ");
    add_differs(layout, from_changes, out);
}

void
changesql_count_gone(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    changesql_name(number, out);
    buf_add_string(out, " s WHERE NOT EXISTS (SELECT FROM ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t WHERE ");
    changesql_match(layout, from_changes, out);
    buf_add_char(out, ')');
}

void
changesql_unwritten(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out,
        "SELECT s." CHANGESQL_NUMBER ", pg_catalog.concat_ws(' ', t.tableoid, t.ctid, t.xmin)");
    add_join(layout, number, from_changes, out);
    buf_add_string(out, " WHERE ");
    add_would_write(layout, from_changes, out);
    buf_add_string(out, " ORDER BY 1");
}

/* ---- the UPDATE */

void
changesql_moves_name(size_t number, struct buf *out)
{
    buf_add_format(out, "pg_temp.pgbraid_moves_%zu", number);
}

static bool
add_assignments(const struct layout *layout, struct changesql_from from, struct buf *out)
{
    const char *joint = " t SET ";

    for (size_t i = 0; i < layout->n; i++) {
        if (!changesql_sets(layout, i))
            continue;
        buf_add_string(out, joint);
        add_name(layout->columns[i]->name, out);
        buf_add_string(out, " = ");
        add_result(layout, from, i, out);
        joint = ", ";
    }
    return joint[0] == ',';
}

static void
add_names(const char *prefix, const struct schema_names *columns, struct buf *out)
{
    for (size_t i = 0; i < columns->n; i++) {
        buf_add_format(out, ", %s.", prefix);
        add_name(columns->names[i], out);
    }
}

/* The values before, also of rows that were vacated since. */
static void
add_images(const struct schema_names *columns, struct buf *out)
{
    for (size_t i = 0; i < columns->n; i++) {
        buf_add_string(out, ", CASE WHEN m.n IS NULL THEN b.");
        add_name(columns->names[i], out);
        buf_add_format(out, " ELSE m.b%zu END", i);
    }
}

static void
add_returning(const struct layout *layout, const struct changesql_update *how, struct buf *out)
{
    buf_add_string(out, " RETURNING s." CHANGESQL_NUMBER);
    if (how->returning != CHANGESQL_IMAGES)
        return;
    buf_add_string(out, ", ");
    mergesql_columns(layout, &layout->target, "t.", out);
    if (how->moved)
        add_images(how->columns, out);
    else
        add_names("b", how->columns, out);
    add_names("t", how->columns, out);
}

/*
 * An UPDATE does not return the values before (up to version 17), so these come from the same table
 * joined once more. Where somebody changes the row at that moment the server goes on with its new
 * version, but not so for b (manual, "Read Committed Isolation Level"): the condition on xmin
 * leaves such a row out, for whoever calls to try again. It stands in a COALESCE so that the server
 * joins by the key: by ctid it would hash the whole table.
 */
bool
changesql_update(
    const struct layout *layout, size_t number, const struct changesql_update *how, struct buf *out)
{
    bool images = how->returning == CHANGESQL_IMAGES, sets;
    struct changesql_from from = {CHANGESQL_FROM_CHANGES, images ? "b" : "t"};

    buf_add_string(out, "UPDATE ");
    mergesql_rows(layout->table, out);
    sets = add_assignments(layout, from, out);
    if (images) {
        add_join(layout, number, from, out);
        if (how->moved) {
            buf_add_string(out, " LEFT JOIN ");
            changesql_moves_name(number, out);
            buf_add_string(out, " m ON m.n = s." CHANGESQL_NUMBER);
        }
        buf_add_string(out, " WHERE COALESCE(t.ctid = b.ctid AND t.xmin = b.xmin");
        if (layout->table->partitioned)
            buf_add_string(out, " AND t.tableoid = b.tableoid");
        buf_add_string(out, ", false) AND ");
    } else {
        buf_add_string(out, " FROM ");
        changesql_name(number, out);
        buf_add_string(out, " s WHERE ");
    }
    changesql_match(layout, from_changes, out);
    buf_add_string(out, how->moved ? " AND (" : " AND ");
    add_would_write(layout, from, out);
    if (how->moved) { /* one that was set aside may stand where it is to be */
        buf_add_string(out, " OR s." CHANGESQL_NUMBER " IN (SELECT w.n FROM ");
        changesql_moves_name(number, out);
        buf_add_string(out, " w))");
    }
    if (how->last > 0)
        buf_add_format(out, " AND s." CHANGESQL_NUMBER " BETWEEN %llu AND %llu",
            (unsigned long long)how->first, (unsigned long long)how->last);
    if (how->number != NULL)
        buf_add_format(out, " AND s." CHANGESQL_NUMBER " = %s", how->number);
    if (how->returning != CHANGESQL_NOTHING)
        add_returning(layout, how, out);
    return sets;
}

/* ---- without the temporary table */

static void
add_compare_from(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, " FROM ");
    mergesql_unnest(layout->n, out);
    buf_add_string(out, " JOIN ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t ON ");
    changesql_match(layout, from_parameters, out);
}

void
changesql_compare_befores(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "SELECT u.n AS " CHANGESQL_NUMBER ", t.*");
    add_compare_from(layout, out);
}

void
changesql_compare(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FILTER (WHERE ");
    add_differs(layout, from_parameters, out);
    buf_add_string(out, "), pg_catalog.count(*) FILTER (WHERE ");
    add_would_write(layout, from_parameters, out);
    buf_add_char(out, ')');
    add_compare_from(layout, out);
}

void
changesql_compare_images(
    const struct layout *layout, const struct schema_names *columns, uint64_t n, struct buf *out)
{
    buf_add_string(out, "SELECT u.n, ");
    mergesql_columns(layout, &layout->target, "t.", out);
    add_names("t", columns, out);
    for (size_t i = 0; i < columns->n; i++) {
        size_t position = layout_position(layout, columns->names[i]);

        buf_add_string(out, ", ");
        if (position == LAYOUT_NONE)
            changesql_live(from_parameters, columns->names[i], out);
        else
            add_result(layout, from_parameters, position, out);
    }
    add_compare_from(layout, out);
    buf_add_string(out, " WHERE ");
    add_would_write(layout, from_parameters, out);
    buf_add_format(out, " ORDER BY u.n LIMIT %llu", (unsigned long long)n);
}

/* Names that no table has, in SQL form. */
#define LIVE_ROW "\"pgbraid live row\""
#define LIVE_TABLE "\"pgbraid live table\""

static void
add_results(const struct layout *layout, struct changesql_from from,
    const struct schema_names *kept, struct buf *out)
{
    buf_add_string(out, ", t.ctid AS " LIVE_ROW);
    if (layout->table->partitioned)
        buf_add_string(out, ", t.tableoid AS " LIVE_TABLE);
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_string(out, ", ");
        add_result(layout, from, i, out);
        buf_add_string(out, " AS ");
        add_name(layout->columns[i]->name, out);
    }
    add_names("t", kept, out);
}

void
changesql_results(
    const struct layout *layout, size_t number, const struct schema_names *kept, struct buf *out)
{
    buf_add_string(out, "SELECT s." CHANGESQL_NUMBER);
    add_results(layout, from_changes, kept, out);
    add_join(layout, number, from_changes, out);
    buf_add_string(out, " WHERE ");
    add_would_write(layout, from_changes, out);
}

void
changesql_compare_results(
    const struct layout *layout, const struct schema_names *kept, struct buf *out)
{
    buf_add_string(out, "SELECT u.n AS " CHANGESQL_NUMBER);
    add_results(layout, from_parameters, kept, out);
    add_compare_from(layout, out);
    buf_add_string(out, " WHERE ");
    add_would_write(layout, from_parameters, out);
}

/* Two partitions may each have a row in the same place. */
void
changesql_is_live_row(const struct layout *layout, const char *row, struct buf *out)
{
    buf_add_format(out, "%s.ctid = r." LIVE_ROW, row);
    if (layout->table->partitioned)
        buf_add_format(out, " AND %s.tableoid = r." LIVE_TABLE, row);
}
