#include "singletable.h"

#include <stdlib.h>

#include "catalogkind.h"
#include "connect.h"
#include "copyrow.h"
#include "ident.h"
#include "input.h"
#include "mem.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

struct source {
    struct input *input;
    char **names; /* the header's columns that are merged */
    size_t *at;   /* their fields */
    size_t n, n_fields;
    uint64_t number; /* of the line that was read last, from 1 */
    struct slice *fields;
    struct buf row;
};

static char *
display_name(const char *table, PGconn *reader)
{
    char *schema, *name, *display;

    if (!ident_parse_qualified(slice_string(table), &schema, &name))
        msg_fatal(STATUS_USAGE, "\"%s\" is not a table's name; write it as schema.table", table);
    display = ident_qualified(schema != NULL ? schema : connect_schema(reader), name);
    free(schema);
    free(name);
    return display;
}

static void
add_key_of_rule(struct plan_table *table, const char *key)
{
    char *list = mem_format("(%s)", key), **names;
    size_t n;

    if (!ident_list_parse(slice_string(list), &names, &n) || n == 0)
        msg_fatal(STATUS_USAGE, "\"%s\" is not a list of columns; write it as a,b", key);
    for (size_t i = 0; i < n; i++) {
        if (plan_find_column(table, names[i]) == NULL)
            msg_fatal(STATUS_USAGE, "%s has no column \"%s\"", table->name, names[i]);
        schema_add_name(&table->key, names[i]);
    }
    free(list);
}

static void
add_primary_key(struct plan_table *table, const PGresult *columns)
{
    for (int place = 1; place <= PQntuples(columns); place++)
        for (int row = 0; row < PQntuples(columns); row++)
            if (strtol(PQgetvalue(columns, row, 2), NULL, 10) == place)
                schema_add_name(&table->key, PQgetvalue(columns, row, 0));
}

/* The table's plan of a merge before; its lines were checked when they were made, or taken. */
static const struct plan_table *
read_earlier(struct plan *plan, const char *path, const char *name)
{
    struct input *input = input_open_plain(path);
    const struct plan_table *table;
    struct slice line;
    bool terminated;
    char *reason;

    while (input_line(input, &line, &terminated))
        if (!plan_parse(plan, line, &reason))
            msg_fatal(STATUS_USAGE, "%s: %s", path, reason);
    if (!plan_check(plan, &reason))
        msg_fatal(STATUS_USAGE, "%s: %s", path, reason);
    input_close(input);
    table = plan_find_table(plan, name);
    if (table == NULL || table->action == PLAN_SKIP)
        msg_fatal(STATUS_USAGE, "the plan in %s %s the table %s", path,
            table == NULL ? "does not know" : "skips", name);
    return table;
}

/* Which of the live values stay, as the plan had it; and the key where there is no other. */
static void
follow(struct plan_table *table, const struct plan_table *earlier)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        struct plan_column *column = &table->columns[i];
        const struct plan_column *planned = plan_find_column(earlier, column->name);

        if (planned == NULL || column->conflict == PLAN_CONFLICT_KEEP)
            continue;
        column->conflict =
            planned->action == PLAN_COLUMN_ID ? PLAN_CONFLICT_KEEP : planned->conflict;
        column->newest = planned->newest;
    }
    if (table->key.n == 0)
        table->key = earlier->key;
}

/* The plan of a merge by key, from the live table and, where there is one, the plan before. */
static void
make_plan(struct plan *plan, const char *name, const struct singletable *how, PGconn *reader)
{
    struct plan earlier = {0};
    struct plan_table *table = plan_add_table(plan, name);
    PGresult *columns = prepared_query_relation(reader, sql_table_columns, name);

    table->action = PLAN_MERGE;
    table->rows = -1;
    table->stricter = true; /* nothing is known of where the rows come from */
    table->partitioned = catalogkind_is_partitioned(reader, name);
    for (int row = 0; row < PQntuples(columns); row++) {
        struct plan_column *column = plan_add_column(table, PQgetvalue(columns, row, 0));
        bool generated = strcmp(PQgetvalue(columns, row, 4), "t") == 0;

        column->type = mem_string(PQgetvalue(columns, row, 1));
        column->action = generated ? PLAN_COLUMN_SKIP : PLAN_COLUMN_SET;
        if (strcmp(PQgetvalue(columns, row, 2), "0") != 0) /* ids are never set */
            column->conflict = PLAN_CONFLICT_KEEP;
        if (!PQgetisnull(columns, row, 3))
            column->target = mem_string(PQgetvalue(columns, row, 3));
    }
    if (how->key != NULL)
        add_key_of_rule(table, how->key);
    else
        add_primary_key(table, columns);
    PQclear(columns);
    if (how->plan != NULL)
        follow(table, read_earlier(&earlier, how->plan, name));
    if (table->key.n == 0)
        msg_fatal(
            STATUS_USAGE, "%s has no primary key; say with --key what identifies a row", name);
}

/*
 * The next line as an editor may have left it: with \r\n at its end (COPY TEXT has no \r of its own
 * but as an escape). Without a newline it may be all that is left of a row.
 */
static bool
next_line(struct source *source, struct slice *line)
{
    bool terminated;

    if (!input_line(source->input, line, &terminated))
        return false;
    source->number++;
    if (!terminated)
        msg_fatal(STATUS_INPUT,
            "%s, line %llu: there is no newline at its end: the file is cut off there, or an "
            "editor "
            "left it out; if the line is whole, add one; nothing was committed",
            source->input->name, (unsigned long long)source->number);
    if (line->length > 0 && line->data[line->length - 1] == '\r')
        line->length--;
    return true;
}

/* The header line, without the byte order mark that some editors put before it. */
static struct slice
header_line(struct source *source)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct slice line;

    if (!next_line(source, &line))
        msg_fatal(STATUS_INPUT, "%s is empty: it has no header line", source->input->name);
    if (line.length >= 3 && memcmp(line.data, mark, 3) == 0)
        line = slice_make(line.data + 3, line.length - 3);
    return line;
}

static void
take_header(struct source *source, const struct plan_table *table, struct slice line)
{
    struct slice *names;

    source->n_fields = copyrow_split(line, NULL, 0);
    names = mem_alloc(source->n_fields * sizeof *names);
    source->names = mem_alloc(source->n_fields * sizeof *source->names);
    source->at = mem_alloc(source->n_fields * sizeof *source->at);
    source->fields = mem_alloc(source->n_fields * sizeof *source->fields);
    copyrow_split(line, names, source->n_fields);
    for (size_t i = 0; i < source->n_fields; i++) {
        struct buf name = {0};
        const struct plan_column *column;

        copyrow_unescape(names[i], &name);
        column = plan_find_column(table, buf_string(&name));
        if (strcmp(name.data, REJECTS_BACKUP) == 0)
            msg_fatal(STATUS_INPUT,
                "%s: these rows carry the ids of the backup, not the live "
                "database's: mend them in the backup and merge that again",
                source->input->name);
        if (strcmp(name.data, REJECTS_SQLSTATE) == 0 || strcmp(name.data, REJECTS_REASON) == 0)
            continue;
        if (column == NULL || column->action == PLAN_COLUMN_SKIP)
            msg_fatal(STATUS_INPUT, "%s: its header line has the column \"%s\", which %s",
                source->input->name, name.data,
                column == NULL ? "the live table does not have" : "the live table generates");
        source->names[source->n] = name.data;
        source->at[source->n++] = i;
    }
    free(names);
}

static void
take_row(struct source *source, struct merge_table *table, struct slice line)
{
    if (line.length == 0 && source->n_fields > 1) /* an editor's blank line */
        return;
    if (copyrow_split(line, source->fields, source->n_fields) != source->n_fields)
        msg_fatal(STATUS_INPUT,
            "%s, line %llu: the row has another number of fields than the header line (they are "
            "separated by tabs); nothing was committed",
            source->input->name, (unsigned long long)source->number);
    buf_clear(&source->row);
    for (size_t i = 0; i < source->n; i++) {
        if (i > 0)
            buf_add_char(&source->row, '\t');
        buf_add_slice(&source->row, source->fields[source->at[i]]);
    }
    merge_row(table, buf_slice(&source->row));
}

void
singletable_merge(
    struct merge *merge, struct plan *plan, const struct singletable *how, const char *path)
{
    struct source source = {.input = input_open_plain(path)};
    char *name = display_name(how->table, merge->reader), *reason;
    struct merge_table *merging;
    struct layout layout;
    struct slice line;

    make_plan(plan, name, how, merge->reader);
    take_header(&source, &plan->tables[0], header_line(&source));
    if (!layout_init(&layout, plan, name, source.names, source.n, &reason))
        msg_fatal(STATUS_INPUT, "%s: %s", source.input->name, reason);
    merging = merge_table_new(merge, &layout);
    while (next_line(&source, &line))
        take_row(&source, merging, line);
    merge_table_end(merging);
    input_close(source.input);
}
