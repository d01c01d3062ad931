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

void
mergesql_type(const char *type, struct buf *out)
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
mergesql_rows(const struct plan_table *table, struct buf *out)
{
    buf_add_string(out, table->partitioned ? "" : "ONLY ");
    mergesql_table(table, out);
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

void
mergesql_all_columns(const struct layout *layout, const char *prefix, struct buf *out)
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
    buf_add_string(out, " FROM ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t");
    if (id == MERGESQL_WITH_ID) {
        buf_add_string(out, " ORDER BY t.");
        add_name(layout->columns[layout->id]->name, out);
    }
    buf_add_string(out, ") TO STDOUT");
}

/* COPY of a table reads itself alone, as ONLY, and costs a tenth less than that of a query; but
 * none of a partitioned one. */
void
mergesql_copy_out_rows(const struct layout *layout, struct buf *out)
{
    bool plain = layout->n > 0 && !layout->table->partitioned;

    buf_add_string(out, plain ? "COPY " : layout->n > 0 ? "COPY (SELECT " : "COPY (SELECT");
    if (plain) {
        mergesql_table(layout->table, out);
        buf_add_string(out, " (");
        mergesql_all_columns(layout, "", out);
    } else {
        mergesql_all_columns(layout, "t.", out);
        buf_add_string(out, " FROM ");
        mergesql_rows(layout->table, out);
        buf_add_string(out, " t");
    }
    buf_add_string(out, ") TO STDOUT");
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

/* `t."a" = u.c0::type AND ...` for the positions. */
static void
add_join(const struct layout *layout, const struct layout_positions *positions, struct buf *out)
{
    for (size_t i = 0; i < positions->n; i++) {
        const struct plan_column *column = layout->columns[positions->at[i]];

        buf_add_string(out, i > 0 ? " AND t." : "t.");
        add_name(column->name, out);
        buf_add_format(out, " = u.c%zu::", i);
        mergesql_type(column->type, out);
    }
}

void
mergesql_probe_rows(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    mergesql_all_columns(layout, "t.", out);
    buf_add_string(out, " FROM ");
    mergesql_unnest(layout->target.n, out);
    buf_add_string(out, " JOIN ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t ON ");
    add_join(layout, &layout->target, out);
}

void
mergesql_canonical(
    const struct layout *layout, const struct layout_positions *positions, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    for (size_t i = 0; i < positions->n; i++) {
        buf_add_format(out, "%su.c%zu::", i > 0 ? ", " : "", i);
        mergesql_type(layout->columns[positions->at[i]]->type, out);
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
        mergesql_type(layout->columns[i]->type, out);
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
        mergesql_all_columns(layout, "", out);
        buf_add_char(out, ')');
    }
    buf_add_string(out, " FROM STDIN");
}

void
mergesql_insert_values(const struct layout *layout, const char *relation, const char *number,
    const char *row, struct buf *out)
{
    size_t at = number != NULL ? 1 : 0;

    buf_add_format(out, "INSERT INTO %s (%s%s", relation, number != NULL ? number : "",
        number != NULL && layout->n > 0 ? ", " : "");
    mergesql_all_columns(layout, "", out);
    buf_add_string(out, ") OVERRIDING SYSTEM VALUE VALUES (");
    if (number != NULL)
        buf_add_format(out, "%s.c1::pg_catalog.int8", row);
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_format(out, "%s%s.c%zu::", at + i > 0 ? ", " : "", row, at + i + 1);
        mergesql_type(layout->columns[i]->type, out);
    }
    buf_add_char(out, ')');
}

#define MOST 90 /* arguments of a call (FUNC_MAX_ARGS is 100) */

void
mergesql_read_values(const struct layout *layout, const char *row, struct buf *out)
{
    buf_add_string(out, "0");
    for (size_t i = 0; i < layout->n; i++) {
        buf_add_format(
            out, "%s%s.c%zu::", i % MOST == 0 ? " + pg_catalog.num_nulls(" : ", ", row, i + 1);
        mergesql_type(layout->columns[i]->type, out);
        if (i % MOST == MOST - 1 || i + 1 == layout->n)
            buf_add_char(out, ')');
    }
}

/* ---- new rows of a cycle */

void
mergesql_stage_bare_name(size_t number, struct buf *out)
{
    buf_add_format(out, "pgbraid_stage_%zu", number);
}

void
mergesql_stage_name(size_t number, struct buf *out)
{
    buf_add_string(out, "pg_temp.");
    mergesql_stage_bare_name(number, out);
}

void
mergesql_create_stage(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "CREATE TEMP TABLE ");
    mergesql_stage_bare_name(number, out);
    buf_add_string(out, " (LIKE ");
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
    mergesql_all_columns(layout, "", out);
    buf_add_string(out, ") FROM STDIN");
}

void
mergesql_insert_stage(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "INSERT INTO ");
    mergesql_table(layout->table, out);
    buf_add_string(out, " (");
    mergesql_all_columns(layout, "", out);
    buf_add_string(out, ") OVERRIDING SYSTEM VALUE SELECT ");
    mergesql_all_columns(layout, "", out);
    buf_add_string(out, " FROM ");
    mergesql_stage_name(number, out);
}

/*
 * Ours are still in progress, and so are its subtransactions. xmin has only 32 bits: it is the
 * number near ours. (Of a row that is too old to be known the status is null.)
 */
void
mergesql_is_anothers(const char *row, struct buf *out)
{
    buf_add_format(out,
        "pg_catalog.txid_status(pg_catalog.txid_current() + ((%s.xmin::pg_catalog.text::"
        "pg_catalog.int8 - pg_catalog.txid_current() + 2147483648) & 4294967295) - 2147483648) = "
        "'committed'",
        row);
}

bool
mergesql_has_sequence(const struct plan_column *column)
{
    return column->target != NULL &&
           (column->action == PLAN_COLUMN_ID || column->action == PLAN_COLUMN_SET);
}

void
mergesql_rows_of(const struct plan_table *table, enum mergesql_extent extent, struct buf *out)
{
    if (extent == MERGESQL_WHOLE && table->map != NULL) {
        add_relation(table->map, out);
        return;
    }
    mergesql_rows(table, out);
}

void
mergesql_sequence_cover(
    const struct plan_column *column, int64_t number, int64_t furthest, struct buf *out)
{
    int64_t from = number < INT64_MIN + furthest ? INT64_MIN : number - furthest;

    buf_add_format(out, "SELECT pg_catalog.setval(s.tableoid::pg_catalog.regclass, %lld) FROM ",
        (long long)number);
    add_relation(column->target, out);
    buf_add_format(out,
        " s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.tableoid WHERE q.seqincrement > 0 AND "
        "%lld <= q.seqmax AND (%lld > s.last_value OR (%lld = s.last_value AND NOT s.is_called))"
        " AND s.last_value >= %lld",
        (long long)number, (long long)number, (long long)number, (long long)from);
}

/*
 * nextval() would give last_value itself while is_called is false (manual, "Sequence Functions"). A
 * sequence that counts down has its latest id at the bottom; ids beyond its bounds are not its own.
 */
void
mergesql_sequence_up(const struct plan_table *table, const struct plan_column *column,
    enum mergesql_extent extent, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.setval(s.tableoid::pg_catalog.regclass, m.top) FROM ");
    add_relation(column->target, out);
    buf_add_string(out, " s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.tableoid, "
                        "LATERAL (SELECT CASE WHEN q.seqincrement > 0 THEN pg_catalog.max(t.");
    add_name(column->name, out);
    buf_add_string(out, ") ELSE pg_catalog.min(t.");
    add_name(column->name, out);
    buf_add_string(out, ") END::pg_catalog.int8 AS top FROM ");
    mergesql_rows_of(table, extent, out);
    buf_add_string(out, " t) m WHERE m.top BETWEEN q.seqmin AND q.seqmax AND (CASE WHEN "
                        "q.seqincrement > 0 THEN m.top > s.last_value ELSE m.top < s.last_value "
                        "END OR (m.top = s.last_value AND NOT s.is_called))");
}
