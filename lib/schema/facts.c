#include "facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"

static const char *const kinds[] = {"table", "partitioned", "view", "matview", "foreign", NULL};
static const char *const identities[] = {"no", "always", "default", NULL};
static const char *const key_kinds[] = {"primary", "unique", "index", NULL};
static const char *const forms[] = {"copy", "insert", NULL};

/* ---- writing */

static void
add(struct buf *out, const char *value)
{
    buf_add_char(out, '\t');
    if (value == NULL)
        buf_add_slice(out, COPYROW_NULL);
    else
        copyrow_escape(slice_string(value), out);
}

static void
add_truth(struct buf *out, bool value)
{
    buf_add_string(out, value ? "\tyes" : "\tno");
}

static void
add_list(struct buf *out, const struct schema_names *names)
{
    struct buf list = {0};

    ident_list_format((const char *const *)names->names, names->n, &list);
    add(out, buf_string(&list));
    buf_release(&list);
}

static void
add_names(struct buf *out, const struct schema_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        add(out, names->names[i]);
}

static void
format_column(const struct schema_table *table, const struct schema_column *column, struct buf *out)
{
    buf_add_string(out, "column");
    add(out, table->name);
    add(out, column->name);
    add(out, column->type);
    add_truth(out, column->not_null);
    add(out, column->default_value);
    add(out, identities[column->identity]);
    add_truth(out, column->generated);
    add(out, column->sequence);
    buf_add_char(out, '\n');
}

static void
format_key(const struct schema_table *table, const struct schema_key *key, struct buf *out)
{
    buf_add_string(out, "key");
    add(out, table->name);
    add(out, key->name);
    add(out, key_kinds[key->kind]);
    add_list(out, &key->columns);
    add_truth(out, key->nulls_not_distinct);
    add_truth(out, key->deferrable);
    buf_add_char(out, '\n');
}

static void
format_reference(
    const struct schema_table *table, const struct schema_reference *reference, struct buf *out)
{
    buf_add_string(out, "reference");
    add(out, table->name);
    add(out, reference->name);
    add_list(out, &reference->columns);
    add(out, reference->parent);
    add_list(out, &reference->parent_columns);
    add_truth(out, reference->deferrable);
    buf_add_char(out, '\n');
}

static void
format_partition(
    const char *kind, const struct schema_table *table, const char *value, struct buf *out)
{
    if (value == NULL)
        return;
    buf_add_string(out, kind);
    add(out, table->name);
    add(out, value);
    buf_add_char(out, '\n');
}

static void
format_table(const struct schema_table *table, struct buf *out)
{
    if (table->n_columns == 0 && table->data.columns.n > 0)
        return; /* known from its data only: the data record says all there is */
    buf_add_string(out, "table");
    add(out, table->name);
    add(out, kinds[table->kind]);
    add_names(out, &table->parents);
    buf_add_char(out, '\n');
    format_partition("partition-key", table, table->partition_key, out);
    format_partition("partition-bound", table, table->partition_bound, out);
    for (size_t i = 0; i < table->n_columns; i++)
        format_column(table, &table->columns[i], out);
    for (size_t i = 0; i < table->n_keys; i++)
        format_key(table, &table->keys[i], out);
    for (size_t i = 0; i < table->n_references; i++)
        format_reference(table, &table->references[i], out);
    for (size_t i = 0; i < table->n_checks; i++) {
        buf_add_string(out, "check");
        add(out, table->name);
        add(out, table->checks[i].name);
        add(out, table->checks[i].expression);
        buf_add_char(out, '\n');
    }
}

static void
format_others(const struct schema *schema, struct buf *out)
{
    for (size_t i = 0; i < schema->n_enums; i++) {
        buf_add_string(out, "enum");
        add(out, schema->enums[i].name);
        add_names(out, &schema->enums[i].labels);
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < schema->n_domains; i++) {
        buf_add_string(out, "domain");
        add(out, schema->domains[i].name);
        add(out, schema->domains[i].base);
        add_truth(out, schema->domains[i].not_null);
        buf_add_char(out, '\n');
    }
    for (size_t i = 0; i < schema->n_sequences; i++) {
        const struct schema_sequence *sequence = &schema->sequences[i];

        buf_add_string(out, "sequence");
        add(out, sequence->name);
        buf_add_format(out, "\t%lld", (long long)sequence->last_value);
        add_truth(out, sequence->is_called);
        add(out, sequence->owner);
        buf_add_char(out, '\n');
    }
}

static int
by_position(const void *a, const void *b)
{
    const struct schema_table *const *left = a, *const *right = b;

    return ((*left)->data.position > (*right)->data.position) -
           ((*left)->data.position < (*right)->data.position);
}

static void
format_data(const struct schema *schema, struct buf *out)
{
    const struct schema_table **tables = mem_alloc((schema->n_tables + 1) * sizeof *tables);
    size_t n = 0;

    for (size_t i = 0; i < schema->n_tables; i++)
        if (schema->tables[i].data.present)
            tables[n++] = &schema->tables[i];
    qsort(tables, n, sizeof *tables, by_position);
    for (size_t i = 0; i < n; i++) {
        const struct schema_data *data = &tables[i]->data;

        buf_add_string(out, "data");
        add(out, tables[i]->name);
        add(out, forms[data->form]);
        buf_add_format(out, "\t%lld\t%llu", (long long)data->rows, (unsigned long long)data->bytes);
        add_names(out, &data->columns);
        buf_add_char(out, '\n');
    }
    free(tables);
}

static void
format_damage(const struct schema *schema, struct buf *out)
{
    for (size_t i = 0; i < schema->n_tables; i++) {
        if (schema->tables[i].damage == NULL)
            continue;
        buf_add_string(out, "damaged");
        add(out, schema->tables[i].name);
        add(out, schema->tables[i].damage);
        buf_add_char(out, '\n');
    }
}

void
facts_format(const struct schema *schema, struct buf *out)
{
    for (size_t i = 0; i < schema->n_tables; i++)
        format_table(&schema->tables[i], out);
    format_others(schema, out);
    format_data(schema, out);
    format_damage(schema, out);
}

/* ---- reading */

/* One record on its way in: its fields, unescaped, NULL where they are \N. */
struct record {
    struct schema *schema;
    char **fields;
    size_t n;
    char *reason; /* NULL while all is well */
};

/* Notes the first thing that is wrong; `value` is shown with it, or NULL. */
static void
complain(struct record *record, const char *what, const char *value)
{
    if (record->reason != NULL)
        return;
    if (value != NULL)
        record->reason = mem_format("%s record: %s \"%s\"", record->fields[0], what, value);
    else
        record->reason = mem_format("%s record: %s", record->fields[0], what);
}

static const char *
text(struct record *record, size_t i)
{
    if (record->fields[i] == NULL) {
        complain(record, "a field that must have a value has none", NULL);
        return "";
    }
    return record->fields[i];
}

static char *
maybe(struct record *record, size_t i)
{
    return record->fields[i] == NULL ? NULL : mem_string(record->fields[i]);
}

static int
word(struct record *record, size_t i, const char *const *words)
{
    const char *value = text(record, i);

    for (int at = 0; words[at] != NULL; at++)
        if (strcmp(words[at], value) == 0)
            return at;
    complain(record, "unknown word", value);
    return 0;
}

static bool
truth(struct record *record, size_t i)
{
    static const char *const words[] = {"no", "yes", NULL};

    return word(record, i, words) == 1;
}

static int64_t
number(struct record *record, size_t i)
{
    const char *value = text(record, i);
    char *end;
    long long result;

    errno = 0;
    result = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0)
        complain(record, "not a number:", value);
    return result;
}

static struct schema_names
list(struct record *record, size_t i)
{
    struct schema_names names = {0};
    const char *value = text(record, i);

    if (!ident_list_parse(slice_string(value), &names.names, &names.n))
        complain(record, "not a list of columns:", value);
    return names;
}

static void
rest(struct record *record, size_t from, struct schema_names *names)
{
    for (size_t i = from; i < record->n; i++)
        schema_add_name(names, text(record, i));
}

static struct schema_table *
table(struct record *record)
{
    return schema_add_table(record->schema, text(record, 1));
}

static void
parse_table(struct record *record)
{
    struct schema_table *made = table(record);

    made->kind = (enum schema_kind)word(record, 2, kinds);
    rest(record, 3, &made->parents);
}

static void
parse_partition_key(struct record *record)
{
    table(record)->partition_key = mem_string(text(record, 2));
}

static void
parse_partition_bound(struct record *record)
{
    table(record)->partition_bound = mem_string(text(record, 2));
}

static void
parse_column(struct record *record)
{
    struct schema_column *made = schema_add_column(table(record), text(record, 2));

    made->type = mem_string(text(record, 3));
    made->not_null = truth(record, 4);
    made->default_value = maybe(record, 5);
    made->identity = (enum schema_identity)word(record, 6, identities);
    made->generated = truth(record, 7);
    made->sequence = maybe(record, 8);
}

static void
parse_key(struct record *record)
{
    struct schema_key *made = schema_add_key(table(record), text(record, 2));

    made->kind = (enum schema_key_kind)word(record, 3, key_kinds);
    made->columns = list(record, 4);
    made->nulls_not_distinct = truth(record, 5);
    made->deferrable = truth(record, 6);
}

static void
parse_reference(struct record *record)
{
    struct schema_reference *made = schema_add_reference(table(record), text(record, 2));

    made->columns = list(record, 3);
    made->parent = mem_string(text(record, 4));
    made->parent_columns = list(record, 5);
    made->deferrable = truth(record, 6);
}

static void
parse_check(struct record *record)
{
    schema_add_check(table(record), text(record, 2))->expression = mem_string(text(record, 3));
}

static void
parse_enum(struct record *record)
{
    rest(record, 2, &schema_add_enum(record->schema, text(record, 1))->labels);
}

static void
parse_domain(struct record *record)
{
    struct schema_domain *made = schema_add_domain(record->schema, text(record, 1));

    made->base = mem_string(text(record, 2));
    made->not_null = truth(record, 3);
}

static void
parse_sequence(struct record *record)
{
    struct schema_sequence *made = schema_add_sequence(record->schema, text(record, 1));

    made->last_value = number(record, 2);
    made->is_called = truth(record, 3);
    made->owner = maybe(record, 4);
}

static void
parse_data(struct record *record)
{
    struct schema_data *made = &table(record)->data;

    made->position = 0;
    for (size_t i = 0; i < record->schema->n_tables; i++)
        made->position += record->schema->tables[i].data.present;
    made->present = true;
    made->form = (enum schema_form)word(record, 2, forms);
    made->rows = number(record, 3);
    made->bytes = (uint64_t)number(record, 4);
    rest(record, 5, &made->columns);
}

static void
parse_damage(struct record *record)
{
    table(record)->damage = mem_string(text(record, 2));
}

static const struct parser {
    const char *name;
    size_t min_fields;
    void (*parse)(struct record *record);
} parsers[] = {
    {"table", 3, parse_table},
    {"partition-key", 3, parse_partition_key},
    {"partition-bound", 3, parse_partition_bound},
    {"column", 9, parse_column},
    {"key", 7, parse_key},
    {"reference", 7, parse_reference},
    {"check", 4, parse_check},
    {"enum", 2, parse_enum},
    {"domain", 4, parse_domain},
    {"sequence", 5, parse_sequence},
    {"data", 5, parse_data},
    {"damaged", 3, parse_damage},
};

static void
dispatch(struct record *record)
{
    for (size_t i = 0; i < sizeof parsers / sizeof parsers[0]; i++) {
        if (strcmp(parsers[i].name, record->fields[0]) != 0)
            continue;
        if (record->n < parsers[i].min_fields)
            complain(record, "too few fields", NULL);
        else
            parsers[i].parse(record);
        return;
    }
}

/* Unescapes the fields into record->fields; the first one is never NULL. */
static void
split(struct record *record, struct slice line)
{
    struct slice *fields;
    struct buf value = {0};

    record->n = copyrow_split(line, NULL, 0);
    fields = mem_alloc(record->n * sizeof *fields);
    record->fields = mem_alloc(record->n * sizeof *record->fields);
    copyrow_split(line, fields, record->n);
    for (size_t i = 0; i < record->n; i++) {
        if (i > 0 && copyrow_is_null(fields[i]))
            continue;
        buf_clear(&value);
        if (!copyrow_unescape(fields[i], &value) && i > 0)
            complain(record, "a field ends in a backslash", NULL);
        record->fields[i] = mem_copy(value.data, value.length);
    }
    buf_release(&value);
    free(fields);
}

bool
facts_parse(struct schema *schema, struct slice line, char **reason)
{
    struct record record = {.schema = schema};

    split(&record, line);
    if (record.reason == NULL)
        dispatch(&record);
    for (size_t i = 0; i < record.n; i++)
        free(record.fields[i]);
    free(record.fields);
    *reason = record.reason;
    return record.reason == NULL;
}
