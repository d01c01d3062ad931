#include "undolog.h"

#include <stdlib.h>

#include "ident.h"
#include "mem.h"
#include "server.h"
#include "sql.h"

void
undolog_open(struct undolog *log, const char *path)
{
    *log = (struct undolog){.table = NULL};
    stream_writer_create(&log->writer, path, STREAM_UNDO);
}

void
undolog_end(struct undolog *log)
{
    if (log->table != NULL)
        stream_write_end(&log->writer);
    log->table = NULL;
}

static struct slice
target_list(const struct layout *layout, struct buf *list)
{
    const char **names;

    if (layout->target.n == 0)
        return (struct slice){NULL, 0};
    names = mem_alloc(layout->target.n * sizeof *names);
    for (size_t i = 0; i < layout->target.n; i++)
        names[i] = layout->columns[layout->target.at[i]]->name;
    ident_list_format(names, layout->target.n, list);
    free(names);
    return buf_slice(list);
}

static void
start_block(struct undolog *log, enum stream_event block, const struct layout *layout,
    struct slice *fields, size_t n)
{
    struct buf key = {0}, cycle = {0};

    undolog_end(log);
    buf_add_int(&cycle, layout->table->cycle);
    fields[0] = slice_string(layout->table->name);
    fields[1] = buf_slice(&cycle);
    fields[2] = target_list(layout, &key);
    stream_write_control(
        &log->writer, block == STREAM_INSERTED ? "inserted" : "updated", fields, n);
    log->table = layout;
    log->block = block;
    buf_release(&key);
    buf_release(&cycle);
}

static bool
is_open(const struct undolog *log, enum stream_event block, const struct layout *layout)
{
    return log->table == layout && log->block == block;
}

void
undolog_inserted(struct undolog *log, const struct layout *layout, struct slice rows, uint64_t n)
{
    if (!is_open(log, STREAM_INSERTED, layout)) {
        struct slice *fields = mem_alloc((layout->n + 3) * sizeof *fields);

        for (size_t i = 0; i < layout->n; i++)
            fields[i + 3] = slice_string(layout->columns[i]->name);
        start_block(log, STREAM_INSERTED, layout, fields, layout->n + 3);
        free(fields);
    }
    stream_write_rows(&log->writer, rows, n);
}

void
undolog_updated(struct undolog *log, const struct layout *layout,
    const struct schema_names *columns, struct slice row)
{
    if (!is_open(log, STREAM_UPDATED, layout)) {
        struct slice *fields = mem_alloc((columns->n + 3) * sizeof *fields);

        for (size_t i = 0; i < columns->n; i++)
            fields[i + 3] = slice_string(columns->names[i]);
        start_block(log, STREAM_UPDATED, layout, fields, columns->n + 3);
        free(fields);
    }
    stream_write_row(&log->writer, row);
}

struct undolog_mark
undolog_mark(struct undolog *log)
{
    struct output_mark output = output_mark(&log->writer.output);

    return (struct undolog_mark){*log, output};
}

void
undolog_rewind(struct undolog *log, const struct undolog_mark *mark)
{
    struct output output;

    output_rewind(&log->writer.output, &mark->output);
    output = log->writer.output;
    *log = mark->log;
    log->writer.output = output;
}

static void
write_source(struct undolog *log, const char *name, const PGresult *result, int column)
{
    struct slice fields[] = {slice_string(name), {NULL, 0}};

    if (!PQgetisnull(result, 0, column))
        fields[1] = slice_string(PQgetvalue(result, 0, column));
    stream_write_control(&log->writer, "source", fields, 2);
}

#define MAKE_LAST_ROW                                                                              \
    "SAVEPOINT pgbraid_last; CREATE TEMP TABLE pgbraid_last () ON COMMIT DROP; "                   \
    "RELEASE SAVEPOINT pgbraid_last"

static void
write_sources(struct undolog *log, PGconn *writer)
{
    static const char *const names[] = {"database", "first_xid", "last_xid", "other_xids"};
    PGresult *result;

    server_run(writer, MAKE_LAST_ROW);
    result = server_query(writer, sql_transaction_rows);
    for (int i = 0; i < 4; i++)
        write_source(log, names[i], result, i);
    PQclear(result);
}

void
undolog_seal(struct undolog *log, PGconn *writer)
{
    undolog_end(log);
    if (log->writer.blocks > 0) /* else nothing was written, and nothing shall be */
        write_sources(log, writer);
    stream_writer_seal(&log->writer);
}
