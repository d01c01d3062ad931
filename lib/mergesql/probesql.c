#include "probesql.h"

#include "ident.h"
#include "mergesql.h"

static void
add_value(const struct probesql_equality *equality, size_t i, struct buf *out)
{
    buf_add_format(out, "u.c%zu::%s", i, equality->type);
}

/* The server's own hash of a record is equal where its values are (PostgreSQL 14). */
static void
add_class(const struct probesql_equality *equalities, size_t n, enum probesql_class class,
    struct buf *out)
{
    buf_add_string(out, class == PROBESQL_HASH ? "pg_catalog.hash_record_extended(ROW(" : "ROW(");
    for (size_t i = 0; i < n; i++) {
        buf_add_string(out, i > 0 ? ", " : "");
        add_value(&equalities[i], i, out);
    }
    buf_add_string(out, class == PROBESQL_HASH ? "), 0)" : ")::pg_catalog.text");
}

static void
add_live_columns(const struct layout *layout, struct buf *out)
{
    buf_add_string(out, ", t.tableoid IS NOT NULL, ");
    if (layout->id != LAYOUT_NONE) {
        buf_add_string(out, "t.");
        ident_quote(slice_string(layout->columns[layout->id]->name), out);
        buf_add_string(out, "::pg_catalog.text, ");
    } else {
        buf_add_string(out, "NULL, ");
    }
    mergesql_columns(layout, &layout->key, "t.", out);
}

/* A null is equal to none, unless the key says that it is a value. */
static void
add_join(const struct layout *layout, const struct probesql_equality *equalities, struct buf *out)
{
    for (size_t i = 0; i < layout->key.n; i++) {
        struct slice name = slice_string(layout->columns[layout->key.at[i]]->name);

        buf_add_string(out, i > 0 ? " AND (t." : "(t.");
        ident_quote(name, out);
        buf_add_string(out, " OPERATOR(");
        ident_quote(slice_string(equalities[i].schema), out);
        buf_add_string(out, ".=) ");
        add_value(&equalities[i], i, out);
        if (layout->table->nulls == PLAN_NULLS_EQUAL) {
            buf_add_string(out, " OR t.");
            ident_quote(name, out);
            buf_add_format(out, " IS NULL AND u.c%zu IS NULL", i);
        }
        buf_add_char(out, ')');
    }
}

void
probesql_keys(const struct layout *layout, const struct probesql_equality *equalities,
    enum probesql_class class, struct buf *out)
{
    buf_add_string(out, "SELECT u.n, ");
    add_class(equalities, layout->key.n, class, out);
    add_live_columns(layout, out);
    buf_add_string(out, " FROM ");
    mergesql_unnest(layout->key.n, out);
    buf_add_string(out, " LEFT JOIN ");
    mergesql_rows(layout->table, out);
    buf_add_string(out, " t ON ");
    add_join(layout, equalities, out);
    buf_add_string(out, " ORDER BY u.n");
}
