#include "plan.h"
#include "plan_options.h"
#include "plan_words.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "ident.h"
#include "mem.h"
#include "number.h"

/* One record on its way in: its fields, unescaped; NULL where there is none. */
struct record {
    struct plan *plan;
    char *values[PLAN_FIELDS];
    char *reason; /* the first thing that is wrong; NULL while all is well */
};

static void
complain(struct record *record, int field, const char *what, const char *value)
{
    if (record->reason != NULL)
        return;
    if (value != NULL)
        record->reason =
            mem_format("field %d (%s): %s \"%s\"", field + 1, plan_field_names[field], what, value);
    else
        record->reason = mem_format("field %d (%s): %s", field + 1, plan_field_names[field], what);
}

/* The value of a field that must have one; "" when it has none. */
static const char *
need(struct record *record, int field)
{
    if (record->values[field] != NULL)
        return record->values[field];
    complain(record, field, "a value is missing", NULL);
    return "";
}

static char *
maybe(struct record *record, int field)
{
    return record->values[field] == NULL ? NULL : mem_string(record->values[field]);
}

/* The position of `value` among the words. */
static int
word(struct record *record, int field, const char *value, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    complain(record, field, "unknown word", value);
    return 0;
}

/* Takes the reason that plan_options_parse_*() gave for the record's options, NULL for none. */
static void
take_options(struct record *record, char *reason)
{
    if (reason == NULL)
        return;
    if (record->reason == NULL)
        record->reason = mem_format(
            "field %d (%s): %s", PLAN_OPTIONS + 1, plan_field_names[PLAN_OPTIONS], reason);
    free(reason);
}

/* A relation must stand in its one display form, or it would never be found again. */
static const char *
relation(struct record *record, int field)
{
    const char *value = need(record, field);
    char *schema = NULL, *name = NULL, *display = NULL;

    if (ident_parse_qualified(slice_string(value), &schema, &name) && schema != NULL)
        display = ident_qualified(schema, name);
    if (display == NULL)
        complain(record, field, "not a table's name with its schema:", value);
    else if (strcmp(display, value) != 0)
        complain(record, field, "quotes only where they are needed, please:", value);
    free(schema);
    free(name);
    free(display);
    return value;
}

static void
parse_plan(struct record *record)
{
    if (record->plan->started)
        complain(record, PLAN_RECORD, "a second record", "plan");
    if (strcmp(need(record, PLAN_ACTION), PLAN_VERSION) != 0)
        complain(record, PLAN_ACTION,
            "this version of a plan is not known:", record->values[PLAN_ACTION]);
    record->plan->started = true;
}

static void
parse_lineage(struct record *record)
{
    record->plan->lineage =
        (enum plan_lineage)word(record, PLAN_ACTION, need(record, PLAN_ACTION), plan_lineages);
    record->plan->lineage_reason = maybe(record, PLAN_REASON);
}

static void
parse_table(struct record *record)
{
    const char *name = relation(record, PLAN_TABLE);
    struct plan_table *table;
    char *reason;

    if (plan_find_table(record->plan, name) != NULL)
        complain(record, PLAN_TABLE, "a second record of the table", name);
    table = plan_add_table(record->plan, name);
    table->action =
        (enum plan_action)word(record, PLAN_ACTION, need(record, PLAN_ACTION), plan_actions);
    if (record->values[PLAN_TARGET] != NULL &&
        !ident_list_parse(
            slice_string(record->values[PLAN_TARGET]), &table->key.names, &table->key.n))
        complain(record, PLAN_TARGET,
            "not a list of columns such as (a, b):", record->values[PLAN_TARGET]);
    plan_options_parse_table(table, record->values[PLAN_OPTIONS], &reason);
    take_options(record, reason);
    table->reason = maybe(record, PLAN_REASON);
}

/* `column` or `column.key.key`: bare names. */
static void
parse_names(struct record *record, struct schema_names *names)
{
    const char *value = need(record, PLAN_COLUMN);
    struct slice rest = slice_string(value);
    struct buf name = {0};
    bool good;

    while ((good = ident_parse(&rest, &name))) {
        schema_add_name(names, buf_string(&name));
        buf_clear(&name);
        if (rest.length == 0 || rest.data[0] != '.')
            break;
        rest = slice_make(rest.data + 1, rest.length - 1);
    }
    if (!good || rest.length > 0)
        complain(record, PLAN_COLUMN, "not a column's name:", value);
    buf_release(&name);
}

static void
free_names(struct schema_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->names[i]);
    free(names->names);
}

static struct plan_table *
parse_table_before(struct record *record)
{
    const char *name = need(record, PLAN_TABLE);
    struct plan_table *table = plan_find_table(record->plan, name);

    if (table == NULL)
        complain(record, PLAN_TABLE, "no record of the table stands before:", name);
    return table;
}

static enum plan_column_action
parse_action(struct record *record)
{
    return (enum plan_column_action)word(
        record, PLAN_ACTION, need(record, PLAN_ACTION), plan_column_actions);
}

/* A table, but for a reference whose table another column names. */
static void
parse_target(struct record *record, struct plan_column *column)
{
    const char *options = record->values[PLAN_OPTIONS];
    bool is_by = column->action == PLAN_COLUMN_REFERENCE && options != NULL &&
                 (strncmp(options, "by=", 3) == 0 || strstr(options, " by=") != NULL);

    if ((column->action == PLAN_COLUMN_REFERENCE && !is_by) || column->action == PLAN_COLUMN_ARRAY)
        relation(record, PLAN_TARGET);
    column->target = maybe(record, PLAN_TARGET);
}

static void
fill_column(struct record *record, struct plan_column *column)
{
    char *reason;

    column->action = parse_action(record);
    column->unresolved = PLAN_UNRESOLVED_REJECT;
    parse_target(record, column);
    column->type = maybe(record, PLAN_TYPE);
    plan_options_parse_column(column, record->values[PLAN_OPTIONS], &reason);
    take_options(record, reason);
    column->reason = maybe(record, PLAN_REASON);
}

static void
parse_column(struct record *record)
{
    struct plan_table *table = parse_table_before(record);
    struct schema_names names = {0};

    parse_names(record, &names);
    if (names.n != 1)
        complain(record, PLAN_COLUMN, "not a column's name:", record->values[PLAN_COLUMN]);
    else if (table != NULL && plan_find_column(table, names.names[0]) != NULL)
        complain(record, PLAN_COLUMN, "a second record of the column", names.names[0]);
    else if (table != NULL)
        fill_column(record, plan_add_column(table, names.names[0]));
    free_names(&names);
}

/* The column to which a case or path belongs, or NULL; the keys behind its name stay in *names. */
static struct plan_column *
parse_column_before(struct record *record, struct schema_names *names)
{
    struct plan_table *table = parse_table_before(record);
    struct plan_column *column = NULL;

    parse_names(record, names);
    if (table != NULL && names->n > 0)
        column = plan_find_column(table, names->names[0]);
    if (column == NULL)
        complain(record, PLAN_COLUMN,
            "no record of the column stands before:", record->values[PLAN_COLUMN]);
    return column;
}

static void
fill_case(struct record *record, struct plan_case *branch)
{
    char *reason;

    branch->action = parse_action(record);
    if (branch->action != PLAN_COLUMN_REFERENCE && branch->action != PLAN_COLUMN_SET)
        complain(
            record, PLAN_ACTION, "a case is reference or set, not", record->values[PLAN_ACTION]);
    relation(record, PLAN_TARGET);
    branch->target = maybe(record, PLAN_TARGET);
    plan_options_parse_case(branch, record->values[PLAN_OPTIONS], &reason);
    take_options(record, reason);
    if (branch->value == NULL)
        complain(record, PLAN_OPTIONS, "when=TEXT is missing", NULL);
    branch->reason = maybe(record, PLAN_REASON);
}

static void
parse_case(struct record *record)
{
    struct schema_names names = {0};
    struct plan_column *column = parse_column_before(record, &names);

    if (names.n > 1)
        complain(record, PLAN_COLUMN, "not a column's name:", record->values[PLAN_COLUMN]);
    if (column != NULL)
        fill_case(record, plan_add_case(column, NULL));
    free_names(&names);
}

static void
fill_path(struct record *record, struct plan_path *path, const struct schema_names *names)
{
    char *reason;

    for (size_t i = 1; i < names->n; i++)
        schema_add_name(&path->keys, names->names[i]);
    path->action = parse_action(record);
    if (path->action != PLAN_COLUMN_REFERENCE && path->action != PLAN_COLUMN_ARRAY)
        complain(
            record, PLAN_ACTION, "a path is reference or array, not", record->values[PLAN_ACTION]);
    relation(record, PLAN_TARGET);
    path->target = maybe(record, PLAN_TARGET);
    path->unresolved = PLAN_UNRESOLVED_REJECT;
    plan_options_parse_path(path, record->values[PLAN_OPTIONS], &reason);
    take_options(record, reason);
    path->reason = maybe(record, PLAN_REASON);
}

static void
parse_path(struct record *record)
{
    struct schema_names names = {0};
    struct plan_column *column = parse_column_before(record, &names);

    if (column != NULL)
        fill_path(record, plan_add_path(column), &names);
    free_names(&names);
}

static void
parse_end(struct record *record)
{
    record->plan->ended = true;
}

static void
dispatch(struct record *record)
{
    static const struct {
        const char *name;
        void (*parse)(struct record *record);
    } parsers[] = {{"plan", parse_plan}, {"lineage", parse_lineage}, {"table", parse_table},
        {"column", parse_column}, {"case", parse_case}, {"path", parse_path}, {"end", parse_end}};
    const char *name = need(record, PLAN_RECORD);

    if (record->plan->ended)
        complain(record, PLAN_RECORD, "something follows the end:", name);
    if (!record->plan->started && strcmp(name, "plan") != 0)
        complain(record, PLAN_RECORD, "a plan starts with a record \"plan\", not with", name);
    for (size_t i = 0; i < sizeof parsers / sizeof parsers[0]; i++) {
        if (strcmp(parsers[i].name, name) == 0) {
            parsers[i].parse(record);
            return;
        }
    }
    complain(record, PLAN_RECORD, "unknown record", name);
}

/* Editors like to drop what they take for white space: fields missing at the end are none. */
static void
split(struct record *record, struct slice line)
{
    struct slice fields[PLAN_FIELDS];
    size_t n = copyrow_split(line, fields, PLAN_FIELDS);
    struct buf value = {0};

    if (n > PLAN_FIELDS)
        record->reason = mem_format("%zu fields; a plan has %d", n, PLAN_FIELDS);
    for (size_t i = 0; i < n && i < PLAN_FIELDS; i++) {
        if (copyrow_is_null(fields[i]) || fields[i].length == 0 || slice_is(fields[i], "-"))
            continue;
        buf_clear(&value);
        if (!copyrow_unescape(fields[i], &value))
            complain(record, (int)i, "ends in a backslash", NULL);
        if (value.length > 0 && memchr(value.data, '\0', value.length) != NULL)
            complain(record, (int)i, "holds a zero byte", NULL);
        record->values[i] = mem_copy(value.data, value.length);
    }
    buf_release(&value);
}

bool
plan_parse(struct plan *plan, struct slice line, char **reason)
{
    struct record record = {.plan = plan};

    *reason = NULL;
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    if (line.length == 0 || line.data[0] == '#' || slice_starts(line, SLICE("record\t")))
        return true;
    split(&record, line);
    if (record.reason == NULL)
        dispatch(&record);
    for (size_t i = 0; i < PLAN_FIELDS; i++)
        free(record.values[i]);
    *reason = record.reason;
    return record.reason == NULL;
}
