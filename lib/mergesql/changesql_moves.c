/* The part of changesql about unique values that move among the rows. */
#include "changesql.h"
#include "ident.h"
#include "mergesql.h"

static void
add_name(const char *name, struct buf *out)
{
    ident_quote(slice_string(name), out);
}

/* A query for all values that a column has, or will have. */
static void
add_values(const struct layout *layout, size_t number, const char *column, const char *stage,
    struct buf *out)
{
    buf_add_string(out, "SELECT ");
    add_name(column, out);
    buf_add_string(out, " FROM ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " UNION ALL SELECT ");
    add_name(column, out);
    buf_add_string(out, " FROM ");
    changesql_name(number, out);
    if (stage == NULL)
        return;
    buf_add_string(out, " UNION ALL SELECT ");
    add_name(column, out);
    buf_add_format(out, " FROM %s", stage);
}

static void
add_parked(const struct layout *layout, size_t number, const struct changesql_moves *moves,
    size_t i, struct buf *out)
{
    const struct parksql_column *column = &moves->columns[i];
    struct buf values = {0};

    add_values(layout, number, column->name, moves->stage, &values);
    buf_add_format(out, ", CASE WHEN w.bits & %llu <> 0 THEN ", 1ULL << i);
    parksql_value(column, "w.n", buf_string(&values), out);
    buf_add_string(out, " ELSE t.");
    add_name(column->name, out);
    buf_add_format(out, " END AS p%zu", i);
    buf_release(&values);
}

void
changesql_create_moves(const struct layout *layout, size_t number,
    const struct changesql_moves *moves, struct buf *out)
{
    buf_add_format(out, "CREATE TEMP TABLE pgbraid_moves_%zu ON COMMIT DROP AS SELECT w.n", number);
    for (size_t i = 0; moves->images != NULL && i < moves->images->n; i++) {
        buf_add_string(out, ", t.");
        add_name(moves->images->names[i], out);
        buf_add_format(out, " AS b%zu", i);
    }
    for (size_t i = 0; i < moves->n; i++)
        add_parked(layout, number, moves, i, out);
    changesql_live_rows(layout, number, out);
    buf_add_format(out,
        " JOIN unnest('%s'::pg_catalog.int8[], '%s'::pg_catalog.int8[]) w(n, bits) ON w.n = "
        "s." CHANGESQL_NUMBER,
        moves->numbers, moves->bits);
}

void
changesql_vacate(const struct layout *layout, size_t number, const struct changesql_moves *moves,
    struct buf *out)
{
    buf_add_string(out, "UPDATE ");
    mergesql_rows(layout->table, out);
    for (size_t i = 0; i < moves->n; i++) {
        buf_add_string(out, i == 0 ? " t SET " : ", ");
        add_name(moves->columns[i].name, out);
        buf_add_format(out, " = m.p%zu", i);
    }
    buf_add_string(out, " FROM ");
    changesql_moves_name(number, out);
    buf_add_string(out, " m JOIN ");
    changesql_name(number, out);
    buf_add_string(out, " s ON s." CHANGESQL_NUMBER " = m.n WHERE ");
    changesql_is_target(layout, out);
    buf_add_string(out, " RETURNING m.n");
}

void
changesql_befores(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, "SELECT s." CHANGESQL_NUMBER ", t.*");
    changesql_live_rows(layout, number, out);
}

/* NOT IN, for that can be hashed inside an expression, and the rows found by have no nulls. */
void
changesql_and_not_changed(const struct layout *layout, size_t number, struct buf *out)
{
    buf_add_string(out, " AND (");
    mergesql_columns(layout, &layout->target, "t.", out);
    buf_add_string(out, ") NOT IN (SELECT ");
    mergesql_columns(layout, &layout->target, "s.", out);
    buf_add_string(out, " FROM ");
    changesql_name(number, out);
    buf_add_string(out, " s)");
}

void
changesql_and_not_given(const struct layout *layout, size_t first, struct buf *out)
{
    const struct layout_positions *target = &layout->target;

    buf_add_string(out, " AND (");
    mergesql_columns(layout, target, "t.", out);
    buf_add_string(out, ") NOT IN (SELECT ");
    for (size_t i = 0; i < target->n; i++) {
        buf_add_format(out, "%sw.c%zu::", i > 0 ? ", " : "", i);
        mergesql_type(layout->columns[target->at[i]]->type, out);
    }
    buf_add_string(out, " FROM unnest(");
    for (size_t i = 0; i < target->n; i++)
        buf_add_format(out, "%s$%zu::pg_catalog.text[]", i > 0 ? ", " : "", first + i);
    buf_add_string(out, ") w(");
    for (size_t i = 0; i < target->n; i++)
        buf_add_format(out, "%sc%zu", i > 0 ? ", " : "", i);
    buf_add_string(out, "))");
}
