#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"
#include "number.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

/* Which table has which oid, sorted by oid. Positions, since pointers change while tables are
 * added. */
struct oid {
    uint64_t oid;
    size_t table;
};

struct catalog {
    struct schema *schema;
    struct oid *oids;
    size_t n;
};

static const char *
text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

static char *
copy(const PGresult *result, int row, int column)
{
    const char *value = text(result, row, column);

    return value != NULL ? mem_string(value) : NULL;
}

static bool
truth(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}

/* Display form of the relation or type named by two columns; NULL when they are null. */
static char *
qualified(const PGresult *result, int row, int column)
{
    const char *schema = text(result, row, column);

    return schema != NULL ? ident_qualified(schema, PQgetvalue(result, row, column + 1)) : NULL;
}

static int
by_oid(const void *a, const void *b)
{
    const struct oid *left = a, *right = b;

    return (left->oid > right->oid) - (left->oid < right->oid);
}

/* The table whose oid stands in the first column; NULL when it is not one of ours. */
static struct schema_table *
table_of(const struct catalog *catalog, const PGresult *result, int row)
{
    struct oid wanted = {.oid = strtoull(PQgetvalue(result, row, 0), NULL, 10)};
    const struct oid *found = bsearch(&wanted, catalog->oids, catalog->n, sizeof wanted, by_oid);

    return found != NULL ? &catalog->schema->tables[found->table] : NULL;
}

static enum schema_kind
kind_of(char relkind)
{
    switch (relkind) {
    case 'p':
        return SCHEMA_PARTITIONED;
    case 'v':
        return SCHEMA_VIEW;
    case 'm':
        return SCHEMA_MATVIEW;
    case 'f':
        return SCHEMA_FOREIGN;
    default:
        return SCHEMA_TABLE;
    }
}

static void
load_tables(struct catalog *catalog, const PGresult *result)
{
    catalog->n = (size_t)PQntuples(result);
    catalog->oids = mem_alloc((catalog->n + 1) * sizeof *catalog->oids);
    for (int row = 0; row < PQntuples(result); row++) {
        char *name = qualified(result, row, 1);
        struct schema_table *table = schema_add_table(catalog->schema, name);

        table->kind = kind_of(PQgetvalue(result, row, 3)[0]);
        table->partition_key = copy(result, row, 4);
        catalog->oids[row].oid = strtoull(PQgetvalue(result, row, 0), NULL, 10);
        catalog->oids[row].table = (size_t)(table - catalog->schema->tables);
        free(name);
    }
    qsort(catalog->oids, catalog->n, sizeof *catalog->oids, by_oid);
}

static void
load_parent(struct schema_table *table, const PGresult *result, int row)
{
    char *name = qualified(result, row, 1);

    schema_add_name(&table->parents, name);
    table->partition_bound = copy(result, row, 3);
    free(name);
}

static void
load_column(struct schema_table *table, const PGresult *result, int row)
{
    struct schema_column *column = schema_add_column(table, PQgetvalue(result, row, 1));
    char identity = PQgetvalue(result, row, 5)[0];

    column->type = copy(result, row, 2);
    column->not_null = truth(result, row, 3);
    column->default_value = copy(result, row, 4);
    if (identity != '\0')
        column->identity = identity == 'a' ? SCHEMA_IDENTITY_ALWAYS : SCHEMA_IDENTITY_DEFAULT;
    column->generated = truth(result, row, 6);
    column->sequence = qualified(result, row, 7);
}

static void
load_key(struct schema_table *table, const PGresult *result, int row)
{
    struct schema_key *key = schema_add_key(table, PQgetvalue(result, row, 1));
    const char *kind = PQgetvalue(result, row, 2);

    key->kind = strcmp(kind, "primary") == 0  ? SCHEMA_KEY_PRIMARY
                : strcmp(kind, "unique") == 0 ? SCHEMA_KEY_UNIQUE
                                              : SCHEMA_KEY_INDEX;
    key->nulls_not_distinct = truth(result, row, 3);
    key->deferrable = truth(result, row, 4);
    schema_add_name(&key->columns, PQgetvalue(result, row, 5));
}

static void
load_reference(struct schema_table *table, const PGresult *result, int row)
{
    struct schema_reference *reference = schema_add_reference(table, PQgetvalue(result, row, 1));

    if (reference->parent == NULL)
        reference->parent = qualified(result, row, 3);
    reference->deferrable = truth(result, row, 6);
    schema_add_name(&reference->columns, PQgetvalue(result, row, 2));
    schema_add_name(&reference->parent_columns, PQgetvalue(result, row, 5));
}

static void
load_check(struct schema_table *table, const PGresult *result, int row)
{
    schema_add_check(table, PQgetvalue(result, row, 1))->expression = copy(result, row, 2);
}

/* Runs a query whose first column is a table's oid. */
static void
load_each(const struct catalog *catalog, PGconn *connection, const char *sql,
    void (*load)(struct schema_table *table, const PGresult *result, int row))
{
    PGresult *result = server_query(connection, sql);

    for (int row = 0; row < PQntuples(result); row++) {
        struct schema_table *table = table_of(catalog, result, row);

        if (table != NULL)
            load(table, result, row);
    }
    PQclear(result);
}

static void
load_enums(struct schema *schema, const PGresult *result)
{
    for (int row = 0; row < PQntuples(result); row++) {
        char *name = qualified(result, row, 0);

        schema_add_name(&schema_add_enum(schema, name)->labels, PQgetvalue(result, row, 2));
        free(name);
    }
}

static void
load_domains(struct schema *schema, const PGresult *result)
{
    for (int row = 0; row < PQntuples(result); row++) {
        char *name = qualified(result, row, 0);
        struct schema_domain *domain = schema_add_domain(schema, name);

        domain->base = copy(result, row, 2);
        domain->not_null = truth(result, row, 3);
        free(name);
    }
}

/* "table.column" in display form; NULL when no column owns the sequence. */
static char *
owner_of(const PGresult *result, int row)
{
    char *table = qualified(result, row, 4);
    struct buf owner = {0};

    if (table == NULL)
        return NULL;
    buf_add_format(&owner, "%s.", table);
    ident_display(slice_string(PQgetvalue(result, row, 6)), &owner);
    buf_string(&owner);
    free(table);
    return owner.data;
}

static void
load_sequences(struct schema *schema, const PGresult *result)
{
    for (int row = 0; row < PQntuples(result); row++) {
        char *name = qualified(result, row, 0);
        struct schema_sequence *sequence = schema_add_sequence(schema, name);

        number_parse(slice_string(PQgetvalue(result, row, 2)), &sequence->last_value);
        sequence->is_called = truth(result, row, 3);
        sequence->owner = owner_of(result, row);
        free(name);
    }
}

static void
load_whole(struct schema *schema, PGconn *connection, const char *sql,
    void (*load)(struct schema *schema, const PGresult *result))
{
    PGresult *result = server_query(connection, sql);

    load(schema, result);
    PQclear(result);
}

void
catalog_load(PGconn *connection, struct schema *schema)
{
    struct catalog catalog = {.schema = schema};
    PGresult *tables = server_query(connection, sql_catalog_tables);

    load_tables(&catalog, tables);
    PQclear(tables);
    load_each(&catalog, connection, sql_catalog_parents, load_parent);
    load_each(&catalog, connection, sql_catalog_columns, load_column);
    load_each(&catalog, connection, sql_catalog_keys, load_key);
    load_each(&catalog, connection, sql_catalog_references, load_reference);
    load_each(&catalog, connection, sql_catalog_checks, load_check);
    load_whole(schema, connection, sql_catalog_enums, load_enums);
    load_whole(schema, connection, sql_catalog_domains, load_domains);
    load_whole(schema, connection, sql_catalog_sequences, load_sequences);
    free(catalog.oids);
}

/* ---- privileges */

static void
add_relation(struct textarray *array, const char *display)
{
    struct buf name = {0}, field = {0};

    if (display != NULL && ident_display_to_sql(display, &name)) {
        copyrow_escape(buf_slice(&name), &field);
        textarray_add_field(array, buf_slice(&field));
    }
    buf_release(&name);
    buf_release(&field);
}

static void
collect(const struct plan_table *table, struct textarray arrays[3])
{
    add_relation(&arrays[0], table->name);
    if (table->action == PLAN_MERGE)
        add_relation(&arrays[2], table->name);
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct plan_column *column = &table->columns[i];

        if (column->action == PLAN_COLUMN_ID || column->action == PLAN_COLUMN_SET)
            add_relation(&arrays[1], column->target);
    }
}

char *
catalog_missing_privileges(PGconn *connection, const struct plan *plan)
{
    struct textarray arrays[3] = {0};
    const char *values[3];
    struct buf grants = {0};
    PGresult *result;

    for (size_t i = 0; i < plan->n_tables; i++)
        if (plan->tables[i].action != PLAN_SKIP)
            collect(&plan->tables[i], arrays);
    for (size_t i = 0; i < 3; i++)
        values[i] = textarray_literal(&arrays[i]);
    result = server_query_params(connection, sql_catalog_privileges, 3, values);
    for (int row = 0; row < PQntuples(result); row++)
        buf_add_format(&grants, "%s    %s", row > 0 ? "\n" : "", PQgetvalue(result, row, 0));
    PQclear(result);
    for (size_t i = 0; i < 3; i++)
        textarray_release(&arrays[i]);
    if (grants.length == 0)
        return NULL;
    buf_string(&grants);
    return grants.data;
}
