#include "split.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "facts.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "rowmap.h"

/* ---- facts and samples */

static void
source(struct stream_writer *writer, const char *name, const char *value)
{
    if (value != NULL)
        stream_write_control(
            writer, "source", (struct slice[]){slice_string(name), slice_string(value)}, 2);
}

void
split_sources(struct stream_writer *writer, const struct backup *backup)
{
    const char *slash = strrchr(backup->name, '/');

    source(writer, "name", slash != NULL ? slash + 1 : backup->name);
    source(writer, "client_encoding",
        backup->n_blocks > 0 ? backup->encoding : backup->ddl.client_encoding);
    source(writer, "server_version", backup->server_version);
    source(writer, "pg_dump_version", backup->pg_dump_version);
}

void
split_style(
    struct stream_writer *writer, const struct textstyle **last, const struct textstyle *style)
{
    static const struct textstyle own;
    const struct textstyle *before = *last != NULL ? *last : &own;

    for (int i = 0; i < TEXTSTYLE_NAMES && style != before; i++) {
        const char *value = textstyle_value(style, (enum textstyle_name)i);

        if (strcmp(value, textstyle_value(before, (enum textstyle_name)i)) != 0)
            source(writer, textstyle_names[i], value);
    }
    *last = style;
}

static void
write_sample(
    struct stream_writer *writer, const struct backup_block *block, const struct sample *sample)
{
    struct slice *fields = mem_alloc((block->columns.n + 1) * sizeof *fields);

    fields[0] = slice_string(block->table);
    for (size_t i = 0; i < block->columns.n; i++)
        fields[i + 1] = slice_string(block->columns.names[i]);
    stream_write_control(writer, "sample", fields, block->columns.n + 1);
    for (size_t i = 0; i < sample->n; i++)
        stream_write_rows(writer, sample->rows[i].text, 1);
    stream_write_end(writer);
    free(fields);
}

static void
sample_block(struct stream_writer *writer, struct backup *backup, const struct schema *live,
    struct sample *sample, const struct textstyle **style)
{
    const struct backup_block *block = backup_block(backup);
    struct sample_ids ids = split_ids(block, &backup->schema, live);
    struct backup_rows rows;
    uint64_t rejected = 0;

    sample_reset(sample, &ids);
    while (backup_rows(backup, &rows))
        if (rows.reason == NULL)
            sample_take(sample, rows.text);
        else if (rejected++ == 0)
            msg_warning("%s: %s; such rows are rejected", block->table, rows.reason);
    if (rejected > 1)
        msg_warning("%s: %llu rows that cannot be read will be rejected", block->table,
            (unsigned long long)rejected);
    sample_finish(sample);
    if (block->columns.n > 0 && sample->n > 0) {
        split_style(writer, style, block->style);
        write_sample(writer, block, sample);
    }
}

static void
write_facts(struct stream_writer *writer, const struct schema *schema)
{
    struct buf facts = {0};

    facts_format(schema, &facts);
    stream_write_lines(writer, "fact", buf_slice(&facts));
    buf_release(&facts);
}

/* With salvage it was said before. */
static void
warn_incomplete(const struct backup *backup)
{
    if (!backup_is_complete(backup) && backup->damage == NULL)
        msg_warning("%s has %s: it may be incomplete", backup->name, backup_missing(backup));
}

static void
warn_large_objects(const struct backup *backup)
{
    unsigned long long n = backup->n_large_objects;

    if (n > 0)
        msg_warning("%llu large object%s of %s %s not read: only tables are", n, n == 1 ? "" : "s",
            backup->name, n == 1 ? "is" : "are");
    else if (backup->large_objects)
        msg_warning("%s holds large objects, which are not read: only tables are", backup->name);
}

void
split_schema(struct backup *backup, size_t samples, const struct schema *live)
{
    const struct textstyle *style = NULL;
    struct stream_writer writer;
    struct sample sample;
    bool said = false, more;

    stream_writer_init(&writer, STREAM_SCHEMA);
    sample_init(&sample, samples);
    do {
        more = backup_next(backup);
        if (!said)
            split_sources(&writer, backup);
        said = true;
        if (more)
            sample_block(&writer, backup, live, &sample, &style);
    } while (more);
    source(
        &writer, "complete", backup_is_complete(backup) && backup->damage == NULL ? "yes" : "no");
    source(&writer, "damage", backup->damage);
    write_facts(&writer, &backup->schema);
    warn_large_objects(backup);
    warn_incomplete(backup);
    stream_writer_close(&writer);
    sample_release(&sample);
}

/* ---- the list */

static void
add_field(struct buf *line, const char *text)
{
    copyrow_escape(slice_string(text), line);
    buf_add_char(line, '\t');
}

static void
list_table(struct output *output, const struct schema_table *table)
{
    struct buf line = {0}, columns = {0};
    struct schema_names names = table->data.columns;

    for (size_t i = 0; !table->data.present && i < table->n_columns; i++)
        schema_add_name(&names, table->columns[i].name);
    ident_list_format((const char *const *)names.names, names.n, &columns);
    add_field(&line, table->name);
    add_field(&line, buf_string(&columns));
    if (table->data.rows < 0)
        buf_add_string(&line, "\\N");
    else
        buf_add_int(&line, table->data.rows);
    buf_add_format(&line, "\t%llu\t%s\n", (unsigned long long)table->data.bytes,
        !table->data.present                   ? "none"
        : table->data.form == SCHEMA_FORM_COPY ? "copy"
                                               : "insert");
    output_slice(output, buf_slice(&line));
    buf_release(&line);
    buf_release(&columns);
}

static void
list_large_objects(struct output *output, const struct backup *backup)
{
    struct buf line = {0};

    buf_add_string(&line, "large objects\t\\N\t");
    if (backup->n_large_objects > 0)
        buf_add_int(&line, (long long)backup->n_large_objects);
    else
        buf_add_string(&line, "\\N");
    buf_add_string(&line, "\t\\N\tunread\n");
    output_slice(output, buf_slice(&line));
    buf_release(&line);
}

void
split_list(struct backup *backup)
{
    struct output output;

    while (backup_next(backup))
        continue;
    output_standard(&output);
    output_slice(&output, SLICE("table\tcolumns\trows\tbytes\tform\n"));
    for (size_t i = 0; i < backup->n_blocks; i++) {
        const struct schema_table *table =
            schema_find_table(&backup->schema, backup->blocks[i].table);

        if (table->data.present && table->data.position == i)
            list_table(&output, table);
    }
    for (size_t i = 0; i < backup->schema.n_tables; i++) {
        const struct schema_table *table = &backup->schema.tables[i];

        if (!table->data.present && table->damage == NULL &&
            (table->kind == SCHEMA_TABLE || table->kind == SCHEMA_PARTITIONED))
            list_table(&output, table);
    }
    if (backup->large_objects)
        list_large_objects(&output, backup);
    warn_large_objects(backup);
    warn_incomplete(backup);
    output_close(&output);
}

/* ---- one table */

#define WARNINGS 5 /* about rows that are left out */

struct wanted {
    char *schema, *name; /* schema NULL: any */
    char *found;         /* the table that was meant, display form */
    bool header;         /* was written */
    struct schema_names columns;
    uint64_t rejected;
    struct output output;
};

static bool
is_wanted(const struct wanted *wanted, const char *table)
{
    char *schema, *name;
    bool yes;

    if (!ident_parse_qualified(slice_string(table), &schema, &name))
        return false;
    yes = strcmp(name, wanted->name) == 0 &&
          (wanted->schema == NULL || (schema != NULL && strcmp(schema, wanted->schema) == 0));
    free(schema);
    free(name);
    return yes;
}

static void
find(struct wanted *wanted, const char *table)
{
    if (!is_wanted(wanted, table))
        return;
    if (wanted->found != NULL && strcmp(wanted->found, table) != 0)
        msg_fatal(STATUS_USAGE, "\"%s\" may be %s or %s: name the schema too", wanted->name,
            wanted->found, table);
    wanted->found = mem_string(table);
}

static void
write_header(struct wanted *wanted, const struct schema_names *columns)
{
    struct buf line = {0};

    for (size_t i = 0; i < columns->n; i++) {
        if (i > 0)
            buf_add_char(&line, '\t');
        copyrow_escape(slice_string(columns->names[i]), &line);
    }
    buf_add_char(&line, '\n');
    output_slice(&wanted->output, buf_slice(&line));
    wanted->columns = *columns;
    wanted->header = true;
    buf_release(&line);
}

/* Rows that lack a column of the first ones, or have one more, cannot stand under one header. */
static void
check_columns(const struct wanted *wanted, struct backup *backup, const struct backup_block *block)
{
    for (size_t i = 0; i < wanted->columns.n; i++)
        if (wanted->columns.n != block->columns.n ||
            !schema_has_name(&block->columns, wanted->columns.names[i]))
            backup_refuse(backup, block->line,
                "%s has rows with different columns; --plan can put "
                "them together",
                block->table);
}

static void
write_rows(struct wanted *wanted, const struct backup_rows *rows, struct rowmap *map)
{
    struct slice out;
    uint64_t bad;

    if (rows->reason != NULL) {
        if (wanted->rejected++ < WARNINGS)
            msg_warning("a row of %s is left out: %s", wanted->found, rows->reason);
    } else if (rowmap_take(map, rows->text, &out, &bad)) {
        output_slice(&wanted->output, out);
    } else {
        msg_fatal(
            STATUS_INPUT, "a row of %s has another number of fields than columns", wanted->found);
    }
}

static void
write_block(struct wanted *wanted, struct backup *backup)
{
    const struct backup_block *block = backup_block(backup);
    struct backup_rows rows;
    struct rowmap map;

    find(wanted, block->table);
    if (!is_wanted(wanted, block->table))
        return;
    if (!block->columns_known)
        backup_refuse(backup, block->line, "rows without a list of columns, and %s is not declared",
            block->table);
    if (!wanted->header)
        write_header(wanted, &block->columns);
    check_columns(wanted, backup, block);
    rowmap_init(&map, &block->columns, &wanted->columns);
    while (backup_rows(backup, &rows))
        write_rows(wanted, &rows, &map);
    rowmap_release(&map);
}

/* Edits that turn one name into the other, at most 3 of them. */
static bool
is_near(const char *a, const char *b)
{
    size_t n = strlen(b);
    unsigned row[128];

    if (n >= 127 || strlen(a) >= 127)
        return false;
    for (unsigned k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i] != '\0'; i++) {
        unsigned corner = row[0]++;

        for (size_t k = 0; k < n; k++) {
            unsigned best = corner + (a[i] != b[k]);

            corner = row[k + 1];
            best = best < corner + 1 ? best : corner + 1;
            row[k + 1] = best < row[k] + 1 ? best : row[k] + 1;
        }
    }
    return row[n] <= 3 || strstr(b, a) != NULL;
}

static void __attribute__((noreturn))
unknown_table(const struct backup *backup, const struct wanted *wanted)
{
    struct buf near = {0};
    size_t n = 0;

    for (size_t i = 0; i < backup->schema.n_tables && n < 20; i++) {
        const char *table = backup->schema.tables[i].name, *dot = strrchr(table, '.');

        if (backup->schema.n_tables > 20 && !is_near(wanted->name, dot != NULL ? dot + 1 : table))
            continue;
        buf_add_format(&near, "%s%s", n++ > 0 ? ", " : "", table);
    }
    msg_fatal(STATUS_USAGE, "%s has no table \"%s\"; it has %s%s", backup->name, wanted->name,
        n > 0 ? buf_string(&near) : "none of a name like that",
        n > 0 && backup->schema.n_tables > n ? " and others" : "");
}

uint64_t
split_table(struct backup *backup, const char *name)
{
    struct wanted wanted = {0};

    if (!ident_parse_qualified(slice_string(name), &wanted.schema, &wanted.name))
        msg_fatal(STATUS_USAGE, "\"%s\" is not the name of a table", name);
    output_standard(&wanted.output);
    while (backup_next(backup))
        write_block(&wanted, backup);
    for (size_t i = 0; i < backup->schema.n_tables; i++)
        find(&wanted, backup->schema.tables[i].name);
    if (wanted.found == NULL)
        unknown_table(backup, &wanted);
    if (backup_loss(backup, wanted.found) != NULL)
        msg_fatal(
            STATUS_INPUT, "%s is not whole: %s", wanted.found, backup_loss(backup, wanted.found));
    if (!wanted.header) {
        const struct schema_table *table = schema_find_table(&backup->schema, wanted.found);
        struct schema_names columns = {0};

        for (size_t i = 0; i < table->n_columns; i++)
            schema_add_name(&columns, table->columns[i].name);
        write_header(&wanted, &columns);
    }
    if (wanted.rejected > WARNINGS)
        msg_warning(
            "%llu rows of %s are left out", (unsigned long long)wanted.rejected, wanted.found);
    warn_incomplete(backup);
    output_close(&wanted.output);
    return wanted.rejected + schema_has_name(&backup->changed, wanted.found);
}
