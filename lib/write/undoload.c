#include "undoload.h"

#include <stdlib.h>

#include "catalogkind.h"
#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "msg.h"
#include "number.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"
#include "stream.h"

static void
check_database(PGconn *writer, const char *name)
{
    if (name != NULL && strcmp(name, PQdb(writer)) != 0)
        msg_fatal(STATUS_INPUT,
            "this undoes a merge into the database \"%s\", and \"%s\" is another; nothing was "
            "undone",
            name, PQdb(writer));
}

static void
take_number(const struct stream_reader *reader, const char *value, int64_t *number)
{
    if (value == NULL || !number_parse(slice_string(value), number))
        msg_fatal(STATUS_INPUT, "%s: a \\.source line lacks its number", reader->input->name);
}

static void
check_list(const struct stream_reader *reader, const char *list)
{
    if (list != NULL && list[strspn(list, "0123456789,")] != '\0')
        msg_fatal(STATUS_INPUT, "%s: \"%s\" is not a list of numbers", reader->input->name, list);
}

static void
take_source(struct undoload *load, PGconn *writer, const struct stream_reader *reader)
{
    char *name = stream_field(reader, 1), *value = stream_field(reader, 2);

    if (name == NULL)
        return;
    if (strcmp(name, "database") == 0)
        check_database(writer, value);
    if (strcmp(name, "first_xid") == 0)
        take_number(reader, value, &load->first_xid);
    if (strcmp(name, "last_xid") == 0)
        take_number(reader, value, &load->last_xid);
    if (strcmp(name, "other_xids") == 0) {
        check_list(reader, value);
        load->other_xids = value;
    }
    free(name);
}

static void
take_key(struct undosql_block *block, const struct stream_reader *reader)
{
    char *list = stream_field(reader, 3);

    if (list != NULL && !ident_list_parse(slice_string(list), &block->key.names, &block->key.n))
        msg_fatal(STATUS_INPUT, "%s: \"%s\" is not a key", reader->input->name, list);
    free(list);
}

/* True when the block has every column of the live table that is not generated. */
static bool
is_whole(PGconn *writer, const struct undosql_block *block)
{
    PGresult *columns = prepared_query_relation(writer, sql_table_columns, block->table.name);
    bool whole = true;

    for (int i = 0; i < PQntuples(columns); i++)
        whole &= strcmp(PQgetvalue(columns, i, 4), "t") == 0 ||
                 schema_has_name(&block->columns, PQgetvalue(columns, i, 0));
    PQclear(columns);
    return whole;
}

static void
start_block(struct undoload *load, PGconn *writer, const struct stream_reader *reader)
{
    struct undo_block *block = MEM_APPEND(load->blocks, load->n_blocks, load->room_blocks);
    struct undosql_block *sql = &block->sql;
    char *cycle = stream_field(reader, 2);

    *block = (struct undo_block){
        .sql.kind = reader->block == STREAM_INSERTED ? UNDOSQL_INSERTED : UNDOSQL_UPDATED,
        .sql.number = load->n_blocks,
        .sql.table.name = stream_field(reader, 1)};
    if (sql->table.name == NULL || cycle == NULL)
        msg_fatal(STATUS_INPUT, "%s: a block has no table", reader->input->name);
    sql->table.cycle = (int)strtol(cycle, NULL, 10);
    free(cycle);
    take_key(sql, reader);
    for (size_t i = 4; i < reader->n_fields; i++) {
        char *column = stream_field(reader, i);

        schema_add_name(&sql->columns, column != NULL ? column : "");
        free(column);
    }
    block->tally.table = sql->table.name;
    sql->table.partitioned = catalogkind_is_partitioned(writer, sql->table.name);
    sql->whole = is_whole(writer, sql);
}

#define PUT_BYTES ((size_t)256 << 10)

static void
start_loading(PGconn *writer, const struct undosql_block *block)
{
    struct server_error error;
    struct buf sql = {0};

    undosql_create(block, &sql);
    server_run(writer, buf_string(&sql));
    buf_clear(&sql);
    if (block->columns.n == 0)
        return;
    undosql_copy(block, &sql);
    if (!server_copy_in(writer, buf_string(&sql), &error))
        msg_fatal(server_status(error.sqlstate), "%s: cannot load its rows: %s", block->table.name,
            error.message);
    buf_release(&sql);
}

static void
end_loading(PGconn *writer, const struct undosql_block *block)
{
    struct server_error error;
    uint64_t rows;

    if (block->columns.n > 0 && !server_copy_end(writer, &rows, &error))
        msg_fatal(STATUS_INPUT,
            "%s: the rows of the merge do not fit the table as it is now: %s (SQLSTATE %s); "
            "nothing was undone",
            block->table.name, error.message, error.sqlstate);
}

static void
load_row(PGconn *writer, struct undosql_block *block, struct slice row, struct buf *rows)
{
    block->rows++;
    if (block->columns.n == 0)
        return;
    buf_add_slice(rows, row);
    buf_add_char(rows, '\n');
    if (rows->length < PUT_BYTES)
        return;
    server_copy_put(writer, buf_slice(rows));
    buf_clear(rows);
}

void
undoload_read(struct undoload *load, PGconn *writer, const char *path)
{
    struct stream_reader *reader = stream_open(path, STREAM_UNDO);
    struct undosql_block *block = NULL;
    struct buf rows = {0};
    enum stream_event event;

    while ((event = stream_read(reader)) != STREAM_TRAILER) {
        if (event == STREAM_SOURCE) {
            take_source(load, writer, reader);
        } else if (event == STREAM_INSERTED || event == STREAM_UPDATED) {
            start_block(load, writer, reader);
            block = &load->blocks[load->n_blocks - 1].sql;
            start_loading(writer, block);
        } else if (event == STREAM_ROW && block != NULL) {
            load_row(writer, block, reader->line, &rows);
        } else if (event == STREAM_END && block != NULL) {
            if (rows.length > 0)
                server_copy_put(writer, buf_slice(&rows));
            buf_clear(&rows);
            end_loading(writer, block);
        } else {
            msg_fatal(STATUS_INPUT, "%s: holds what this version does not know; nothing was undone",
                reader->input->name);
        }
    }
    buf_release(&rows);
    stream_close(reader);
}
