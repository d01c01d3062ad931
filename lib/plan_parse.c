#include "plan.h"
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

static int64_t
number(struct record *record, const char *value)
{
    int64_t result = 0;

    if (!number_parse(slice_string(value), &result) || result < 0)
        complain(record, PLAN_OPTIONS, "not a number:", value);
    return result;
}

/*
 * Takes the next option, malloc'd, off *text: up to a blank that is neither quoted nor in
 * parentheses. False at the end.
 */
static bool
next_option(const char **text, char **option)
{
    const char *start = *text + strspn(*text, " "), *p = start;
    int depth = 0;
    bool quoted = false;

    for (; *p != '\0' && (quoted || depth > 0 || *p != ' '); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (*p == '(') - (*p == ')');
    }
    *text = p;
    if (p == start)
        return false;
    *option = mem_copy(start, (size_t)(p - start));
    return true;
}

/* conflict=newest(column): the column's bare name, malloc'd, or NULL when `value` is not of that
 * form. */
static char *
newest_column(const char *value)
{
    char **names, *name = NULL;
    size_t n;

    if (strncmp(value, "newest(", 7) != 0 || !ident_list_parse(slice_string(value + 6), &names, &n))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (n == 1)
            name = names[i];
        else
            free(names[i]);
    }
    free(names);
    return name;
}

static void
table_option(struct record *record, void *made, const char *name, const char *value)
{
    struct plan_table *table = made;

    if (strcmp(name, "lineage") == 0) {
        table->lineage = (enum plan_lineage)word(record, PLAN_OPTIONS, value, plan_lineages);
    } else if (strcmp(name, "conflict") == 0) {
        table->newest = newest_column(value);
        table->conflict = table->newest != NULL ? PLAN_CONFLICT_NEWEST
                                                : (enum plan_conflict)word(
                                                      record, PLAN_OPTIONS, value, plan_conflicts);
        if (table->conflict == PLAN_CONFLICT_NEWEST && table->newest == NULL)
            complain(record, PLAN_OPTIONS, "write newest(COLUMN), not", value);
    } else if (strcmp(name, "cycle") == 0) {
        table->cycle = (int)number(record, value);
    } else if (strcmp(name, "rows") == 0) {
        table->rows = number(record, value);
    } else if (strcmp(name, "stricter") == 0 && strcmp(value, "yes") == 0) {
        table->stricter = true;
    } else {
        complain(record, PLAN_OPTIONS, "unknown option of a table:", name);
    }
}

static void
column_option(struct record *record, void *made, const char *name, const char *value)
{
    struct plan_column *column = made;
    bool translated =
        column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY;

    if (strcmp(name, "unresolved") == 0 && translated) {
        column->unresolved =
            (enum plan_unresolved)word(record, PLAN_OPTIONS, value, plan_unresolveds);
        if (column->unresolved == PLAN_UNRESOLVED_DROP && column->action != PLAN_COLUMN_ARRAY)
            complain(record, PLAN_OPTIONS, "only arrays can have", "unresolved=drop");
    } else if (strcmp(name, "converted") == 0 && strcmp(value, "yes") == 0) {
        column->converted = true;
    } else if (strcmp(name, "conflict") == 0) {
        column->keep = word(record, PLAN_OPTIONS, value, plan_conflicts) == PLAN_CONFLICT_KEEP;
        if (!column->keep && strcmp(value, "update") != 0)
            complain(
                record, PLAN_OPTIONS, "the conflict of a column is keep or update, not", value);
    } else {
        complain(record, PLAN_OPTIONS, "no option of such a column:", name);
    }
}

static void
parse_options(struct record *record, void *made,
    void (*take)(struct record *record, void *made, const char *name, const char *value))
{
    const char *text = record->values[PLAN_OPTIONS];
    char *option;

    while (text != NULL && next_option(&text, &option)) {
        char *equals = strchr(option, '=');

        if (equals == NULL) {
            complain(record, PLAN_OPTIONS, "not NAME=VALUE:", option);
        } else {
            *equals = '\0';
            take(record, made, option, equals + 1);
        }
        free(option);
    }
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
    parse_options(record, table, table_option);
    table->reason = maybe(record, PLAN_REASON);
}

/* The column's bare name, malloc'd. */
static char *
column_name(struct record *record)
{
    const char *value = need(record, PLAN_COLUMN);
    struct slice rest = slice_string(value);
    struct buf name = {0};

    if (!ident_parse(&rest, &name) || rest.length > 0)
        complain(record, PLAN_COLUMN, "not a column's name:", value);
    buf_string(&name);
    return name.data;
}

static void
parse_column(struct record *record)
{
    struct plan_table *table = plan_find_table(record->plan, need(record, PLAN_TABLE));
    struct plan_column *column;
    char *name = column_name(record);

    if (table == NULL) {
        complain(record, PLAN_TABLE,
            "no record of the table stands before:", record->values[PLAN_TABLE]);
    } else {
        if (plan_find_column(table, name) != NULL)
            complain(record, PLAN_COLUMN, "a second record of the column", name);
        column = plan_add_column(table, name);
        column->action = (enum plan_column_action)word(
            record, PLAN_ACTION, need(record, PLAN_ACTION), plan_column_actions);
        column->unresolved = PLAN_UNRESOLVED_REJECT;
        if (column->action == PLAN_COLUMN_REFERENCE || column->action == PLAN_COLUMN_ARRAY)
            relation(record, PLAN_TARGET);
        column->target = maybe(record, PLAN_TARGET);
        column->type = maybe(record, PLAN_TYPE);
        parse_options(record, column, column_option);
        column->reason = maybe(record, PLAN_REASON);
    }
    free(name);
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
        {"column", parse_column}, {"end", parse_end}};
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
