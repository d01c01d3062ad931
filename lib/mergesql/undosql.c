#include "undosql.h"

#include "ident.h"
#include "mergesql.h"

static void
add_name(const char *name, struct buf *out)
{
    ident_quote(slice_string(name), out);
}

static void
add_temp(const struct undosql_block *block, struct buf *out)
{
    buf_add_format(out, "pg_temp.pgbraid_undo_%zu", block->number);
}

/* `, t."a" AS c0, t."b" AS c1`. */
static void
add_aliased(const struct schema_names *names, const char *alias, struct buf *out)
{
    for (size_t i = 0; i < names->n; i++) {
        buf_add_string(out, ", t.");
        add_name(names->names[i], out);
        buf_add_format(out, " AS %s%zu", alias, i);
    }
}

void
undosql_create(const struct undosql_block *block, struct buf *out)
{
    buf_add_format(out,
        "CREATE TEMP TABLE pgbraid_undo_%zu ON COMMIT DROP AS SELECT NULL::pg_catalog.text AS "
        "kept, "
        "NULL::pg_catalog.text AS who",
        block->number);
    if (block->kind == UNDOSQL_INSERTED) {
        add_aliased(&block->columns, "c", out);
    } else {
        add_aliased(&block->key, "k", out);
        add_aliased(&block->columns, "b", out);
        add_aliased(&block->columns, "a", out);
    }
    buf_add_string(out, " FROM ");
    mergesql_rows(&block->table, out);
    buf_add_string(out, " t WITH NO DATA");
}

static void
add_list(size_t n, const char *prefix, const char **joint, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_add_format(out, "%s%s%zu", *joint, prefix, i);
        *joint = ", ";
    }
}

void
undosql_copy(const struct undosql_block *block, struct buf *out)
{
    const char *joint = " (";

    buf_add_string(out, "COPY ");
    add_temp(block, out);
    if (block->kind == UNDOSQL_INSERTED) {
        add_list(block->columns.n, "c", &joint, out);
    } else {
        add_list(block->key.n, "k", &joint, out);
        add_list(block->columns.n, "b", &joint, out);
        add_list(block->columns.n, "a", &joint, out);
    }
    buf_add_string(out, ") FROM STDIN");
}

/* xmin has the lower 32 bits of a number: the distance to the first one is taken modulo 2^32. */
void
undosql_ours(int64_t first, int64_t last, const char *others, struct buf *out)
{
    buf_add_format(out,
        "((t.xmin::pg_catalog.text::pg_catalog.int8 - %lld + 4294967296) %% 4294967296 <= %lld",
        (long long)(first & 0xffffffff), (long long)(last - first));
    if (others != NULL && others[0] != '\0')
        buf_add_format(out,
            " AND t.xmin::pg_catalog.text <> ALL (pg_catalog.string_to_array('%s', ','))", others);
    buf_add_char(out, ')');
}

static size_t
position_of(const struct schema_names *names, const char *name)
{
    size_t i = 0;

    while (i < names->n && strcmp(names->names[i], name) != 0)
        i++;
    return i;
}

/* `u.k0`, or the c of the key's column; `relation` is another name for u. */
static void
add_key(const struct undosql_block *block, size_t i, const char *relation, struct buf *out)
{
    if (block->kind == UNDOSQL_UPDATED)
        buf_add_format(out, "%s.k%zu", relation, i);
    else
        buf_add_format(out, "%s.c%zu", relation, position_of(&block->columns, block->key.names[i]));
}

/* The live row `live` is that of `relation`. */
static void
add_match(
    const struct undosql_block *block, const char *live, const char *relation, struct buf *out)
{
    buf_add_string(out, block->key.n == 0 ? "false" : "");
    for (size_t i = 0; i < block->key.n; i++) {
        buf_add_format(out, "%s%s.", i > 0 ? " AND " : "", live);
        add_name(block->key.names[i], out);
        buf_add_string(out, " = ");
        add_key(block, i, relation, out);
    }
}

/* `ROW(t."a", ...)::text`: of a table without columns too. */
static void
add_live_text(const struct schema_names *columns, struct buf *out)
{
    buf_add_string(out, "ROW(");
    for (size_t i = 0; i < columns->n; i++) {
        buf_add_string(out, i > 0 ? ", t." : "t.");
        add_name(columns->names[i], out);
    }
    buf_add_string(out, ")::pg_catalog.text");
}

static void
add_text(size_t n, const char *prefix, struct buf *out)
{
    const char *joint = "ROW(";

    buf_add_string(out, n == 0 ? "ROW(" : "");
    add_list(n, prefix, &joint, out);
    buf_add_string(out, ")::pg_catalog.text");
}

static void
add_unchanged(const struct undosql_block *block, struct buf *out)
{
    buf_add_char(out, '(');
    add_live_text(&block->columns, out);
    buf_add_string(out, " = ");
    add_text(block->columns.n, "u.c", out);
    if (!block->whole)
        buf_add_format(out, " AND %s", block->ours);
    buf_add_char(out, ')');
}

void
undosql_lock(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "SELECT FROM ");
    mergesql_rows(&block->table, out);
    buf_add_string(out, " t JOIN ");
    add_temp(block, out);
    buf_add_string(out, " u ON ");
    add_match(block, "t", "u", out);
    buf_add_string(out, " FOR UPDATE OF t");
}

/* ---- inserted rows */

static void
add_mark(const struct undosql_block *block, const char *reason, const char *who, struct buf *out)
{
    buf_add_string(out, "UPDATE ");
    add_temp(block, out);
    buf_add_format(out, " u SET kept = '%s', who = %s FROM ", reason, who);
    mergesql_rows(&block->table, out);
    buf_add_string(out, " t WHERE u.kept IS NULL AND ");
    add_match(block, "t", "u", out);
}

void
undosql_mark_changed(const struct undosql_block *block, struct buf *out)
{
    add_mark(block, "changed", "NULL", out);
    buf_add_string(out, " AND NOT ");
    add_unchanged(block, out);
}

void
undosql_mark_referred(
    const struct undosql_block *block, const struct undosql_referrer *referrer, struct buf *out)
{
    add_mark(block, "referred", referrer->who, out);
    buf_add_format(out, " AND EXISTS (SELECT FROM %s c WHERE %s", referrer->child, referrer->join);
    for (size_t i = 0; i < 2; i++) {
        if (referrer->deleted[i] == NULL)
            continue;
        buf_add_string(out, " AND NOT EXISTS (SELECT FROM ");
        add_temp(referrer->deleted[i], out);
        buf_add_string(out, " x WHERE x.kept IS NULL AND ");
        add_match(referrer->deleted[i], "c", "x", out);
        buf_add_char(out, ')');
    }
    buf_add_char(out, ')');
}

/* `table t`, `joint` and the rows of u that are not kept. */
static void
add_doomed(const struct undosql_block *block, const char *joint, struct buf *out)
{
    mergesql_rows(&block->table, out);
    buf_add_format(out, " t%s", joint);
    add_temp(block, out);
    buf_add_string(out, " u WHERE u.kept IS NULL AND ");
    add_match(block, "t", "u", out);
}

void
undosql_delete(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "DELETE FROM ");
    add_doomed(block, " USING ", out);
}

void
undosql_count_undeleted(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    add_doomed(block, ", ", out);
}

/* ` WHERE` a row has no key, as all rows of a table without one. */
static void
add_null_key(const struct undosql_block *block, struct buf *out)
{
    for (size_t i = 0; i < block->key.n; i++) {
        buf_add_string(out, i == 0 ? " WHERE " : " OR ");
        add_key(block, i, "u", out);
        buf_add_string(out, " IS NULL");
    }
}

/* The live table is not read where every row has its key: the condition is asked once. */
static void
add_if_null_keys(const struct undosql_block *block, struct buf *out)
{
    if (block->key.n == 0)
        return;
    buf_add_string(out, " AND EXISTS (SELECT FROM ");
    add_temp(block, out);
    buf_add_string(out, " u");
    add_null_key(block, out);
    buf_add_char(out, ')');
}

/* What equals a row of the merge and was written by it is one of its rows, whichever of several. */
static void
add_doomed_keyless(const struct undosql_block *block, struct buf *out)
{
    mergesql_rows(&block->table, out);
    buf_add_format(out, " t WHERE %s", block->ours);
    if (block->columns.n == 0)
        return;
    add_if_null_keys(block, out);
    buf_add_string(out, " AND ");
    add_live_text(&block->columns, out);
    buf_add_string(out, " IN (SELECT ");
    add_text(block->columns.n, "u.c", out);
    buf_add_string(out, " FROM ");
    add_temp(block, out);
    buf_add_string(out, " u");
    add_null_key(block, out);
    buf_add_char(out, ')');
}

void
undosql_delete_keyless(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "DELETE FROM ");
    add_doomed_keyless(block, out);
}

void
undosql_count_undeleted_keyless(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    add_doomed_keyless(block, out);
}

/* `"a" || '=' || u.k0::text || ', ' ...`: a row as a message names it. */
static void
add_description(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "pg_catalog.concat_ws(', ', NULL");
    for (size_t i = 0; i < block->key.n; i++) {
        buf_add_string(out, ", ");
        add_key(block, i, "u", out);
    }
    buf_add_char(out, ')');
}

void
undosql_kept(const struct undosql_block *block, const char *reason, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    add_description(block, out);
    buf_add_string(out, ", pg_catalog.count(*) OVER (), u.who FROM ");
    add_temp(block, out);
    buf_add_format(out, " u WHERE u.kept = '%s' ORDER BY 1 LIMIT 3", reason);
}

/* ---- updated rows */

enum state { AFTER, BEFORE };

static void
add_state(const struct undosql_block *block, enum state state, struct buf *out)
{
    add_live_text(&block->columns, out);
    buf_add_string(out, " = ");
    add_text(block->columns.n, state == AFTER ? "u.a" : "u.b", out);
}

static void
add_changed(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "t.tableoid IS NOT NULL AND NOT ");
    add_state(block, AFTER, out);
    buf_add_string(out, " AND NOT ");
    add_state(block, BEFORE, out);
}

static void
add_from(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, " FROM ");
    add_temp(block, out);
    buf_add_string(out, " u LEFT JOIN ");
    mergesql_rows(&block->table, out);
    buf_add_string(out, " t ON ");
    add_match(block, "t", "u", out);
}

void
undosql_list(const struct undosql_block *block, enum undosql_which which, struct buf *out)
{
    buf_add_string(out, "SELECT ");
    add_description(block, out);
    buf_add_string(out, ", pg_catalog.count(*) OVER ()");
    add_from(block, out);
    buf_add_string(out, " WHERE ");
    if (which == UNDOSQL_GONE)
        buf_add_string(out, "t.tableoid IS NULL");
    else
        add_changed(block, out);
    buf_add_string(out, " ORDER BY 1 LIMIT 3");
}

/* The live row t of u is to be put back. */
static void
add_is_restored(const struct undosql_block *block, enum undosql_where where, struct buf *out)
{
    buf_add_string(out, " AND u.kept IS DISTINCT FROM 'taken' AND NOT ");
    add_state(block, BEFORE, out);
    if (where == UNDOSQL_EVERYWHERE)
        return;
    buf_add_string(out, " AND ");
    add_state(block, AFTER, out);
}

/* The column's value while the rows move, as parksql_value(). */
static void
add_parked(const struct undosql_block *block, const struct parksql_column *column, size_t position,
    struct buf *out)
{
    struct buf values = {0};

    buf_add_string(&values, "SELECT ");
    add_name(column->name, &values);
    buf_add_string(&values, " FROM ");
    mergesql_rows(&block->table, &values);
    buf_add_format(&values, " UNION ALL SELECT b%zu FROM ", position);
    add_temp(block, &values);
    buf_add_string(out, "CASE WHEN u.kept = 'moved' THEN ");
    parksql_value(column, "u.n", buf_string(&values), out);
    buf_add_format(out, " ELSE u.b%zu END", position);
    buf_release(&values);
}

static void
add_before(const struct undosql_block *block, size_t position, struct buf *out)
{
    for (size_t i = 0; i < block->n_parked; i++)
        if (strcmp(block->parked[i].name, block->columns.names[position]) == 0) {
            add_parked(block, &block->parked[i], position, out);
            return;
        }
    buf_add_format(out, "u.b%zu", position);
}

void
undosql_restore(const struct undosql_block *block, enum undosql_where where, struct buf *out)
{
    buf_add_string(out, "UPDATE ");
    mergesql_rows(&block->table, out);
    for (size_t i = 0; i < block->columns.n; i++) {
        buf_add_string(out, i == 0 ? " t SET " : ", ");
        add_name(block->columns.names[i], out);
        buf_add_string(out, " = ");
        add_before(block, i, out);
    }
    buf_add_string(out, " FROM ");
    add_temp(block, out);
    buf_add_string(out, " u WHERE ");
    add_match(block, "t", "u", out);
    add_is_restored(block, where, out);
}

void
undosql_count_to_restore(
    const struct undosql_block *block, enum undosql_where where, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    mergesql_rows(&block->table, out);
    buf_add_string(out, " t, ");
    add_temp(block, out);
    buf_add_string(out, " u WHERE ");
    add_match(block, "t", "u", out);
    add_is_restored(block, where, out);
}

/* ---- where unique values move */

void
undosql_number(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "ALTER TABLE ");
    add_temp(block, out);
    buf_add_string(out, " ADD n bigserial");
}

void
undosql_mark_moved(const struct undosql_block *block, enum undosql_where where,
    const struct schema_names *members, struct buf *out)
{
    const char *joint = " AND (";

    add_mark(block, "moved", "NULL", out);
    add_is_restored(block, where, out);
    for (size_t i = 0; i < members->n; i++) {
        buf_add_format(out, "%st.", joint);
        add_name(members->names[i], out);
        buf_add_format(out, "::pg_catalog.text IS DISTINCT FROM u.b%zu::pg_catalog.text",
            position_of(&block->columns, members->names[i]));
        joint = " OR ";
    }
    buf_add_string(out, joint[1] == 'O' ? ")" : "");
}

/* The row as it would be put back. */
static void
add_old_row(const struct undosql_block *block, const struct schema_names *columns, struct buf *out)
{
    for (size_t i = 0; i < columns->n; i++) {
        size_t position = position_of(&block->columns, columns->names[i]);

        buf_add_string(out, i == 0 ? "(SELECT " : ", ");
        if (position < block->columns.n) {
            buf_add_format(out, "u.b%zu", position);
        } else {
            buf_add_string(out, "t.");
            add_name(columns->names[i], out);
        }
        buf_add_string(out, " AS ");
        add_name(columns->names[i], out);
    }
    buf_add_string(out, ") r");
}

/* Inside of EXISTS, t is the row that has the value, and u what is known of that one. */
void
undosql_mark_taken(const struct undosql_block *block, enum undosql_where where,
    const struct undosql_index *index, struct buf *out)
{
    add_mark(block, "taken", index->name, out);
    add_is_restored(block, where, out);
    buf_add_string(out, " AND EXISTS (SELECT FROM ");
    add_old_row(block, index->columns, out);
    buf_add_string(out, " JOIN ");
    mergesql_rows(&block->table, out);
    buf_add_format(out, " t ON %s WHERE NOT EXISTS (SELECT FROM ", index->condition);
    add_temp(block, out);
    buf_add_string(out, " u WHERE ");
    add_match(block, "t", "u", out);
    add_is_restored(block, where, out);
    buf_add_char(out, ')');
    if (index->deleted != NULL) {
        buf_add_string(out, " AND NOT EXISTS (SELECT FROM ");
        add_temp(index->deleted, out);
        buf_add_string(out, " x WHERE x.kept IS NULL AND ");
        add_match(index->deleted, "t", "x", out);
        buf_add_char(out, ')');
    }
    buf_add_char(out, ')');
}

void
undosql_restore_free(const struct undosql_block *block, enum undosql_where where,
    const struct undosql_index *indexes, size_t n, struct buf *out)
{
    undosql_restore(block, where, out);
    for (size_t i = 0; i < n; i++) {
        buf_add_string(out, " AND NOT EXISTS (SELECT FROM ");
        add_old_row(block, indexes[i].columns, out);
        buf_add_string(out, " JOIN ");
        mergesql_rows(&block->table, out);
        buf_add_format(out, " t ON %s WHERE NOT (", indexes[i].condition);
        add_match(block, "t", "u", out);
        buf_add_string(out, "))");
    }
}

void
undosql_restore_moved(const struct undosql_block *block, struct buf *out)
{
    buf_add_string(out, "UPDATE ");
    mergesql_rows(&block->table, out);
    for (size_t i = 0; i < block->n_parked; i++) {
        buf_add_string(out, i == 0 ? " t SET " : ", ");
        add_name(block->parked[i].name, out);
        buf_add_format(out, " = u.b%zu", position_of(&block->columns, block->parked[i].name));
    }
    buf_add_string(out, " FROM ");
    add_temp(block, out);
    buf_add_string(out, " u WHERE u.kept = 'moved' AND ");
    add_match(block, "t", "u", out);
}

void
undosql_count_restored(const struct undosql_block *block, const char *condition, struct buf *out)
{
    buf_add_string(out, "SELECT pg_catalog.count(*) FROM ");
    mergesql_rows(&block->table, out);
    buf_add_string(out, " s JOIN ");
    add_temp(block, out);
    buf_add_string(out, " u ON ");
    add_match(block, "s", "u", out);
    buf_add_format(out, " WHERE %s", condition);
}
