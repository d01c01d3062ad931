#include "stage_refused.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"

static void
add(struct stage_refused *refused, const char *ctid, const char *why, const char *constraint)
{
    textarray_add_name(&refused->places, ctid);
    buf_add(&refused->whys, why, strlen(why) + 1);
    buf_add(&refused->whys, constraint, strlen(constraint) + 1);
    refused->n++;
}

void
stage_refused_add(struct stage_refused *refused, const char *ctid, const char *why)
{
    add(refused, ctid, why, "");
}

void
stage_refused_add_error(
    struct stage_refused *refused, const char *ctid, const struct server_error *error)
{
    char *why = mem_format("%s%s", error->sqlstate, error->message);

    add(refused, ctid, why, error->constraint != NULL ? error->constraint : "");
    free(why);
}

static void
fetch_rows(const struct stage *stage, const char *places, struct buf *rows)
{
    struct buf sql = {0};
    struct slice row;
    char *held = NULL;

    buf_add_string(&sql, "COPY (SELECT ");
    mergesql_all_columns(stage->layout, "s.", &sql);
    buf_add_format(
        &sql, " FROM unnest('%s'::pg_catalog.tid[]) WITH ORDINALITY w(at, n) JOIN ", places);
    mergesql_stage_name(stage->number, &sql);
    buf_add_string(&sql, " s ON s.ctid = w.at ORDER BY w.n) TO STDOUT");
    server_copy_out(stage->writer, buf_string(&sql));
    while (server_copy_row(stage->writer, &held, &row)) {
        buf_add_slice(rows, row);
        buf_add_char(rows, '\n');
    }
    buf_release(&sql);
}

static void
delete_rows(const struct stage *stage, const char *places)
{
    struct buf sql = {0};

    buf_add_string(&sql, "DELETE FROM ");
    mergesql_stage_name(stage->number, &sql);
    buf_add_string(&sql, " WHERE ctid = ANY ($1::pg_catalog.tid[])");
    PQclear(server_query_params(stage->writer, buf_string(&sql), 1, &places));
    buf_release(&sql);
}

static void
reject(struct stage *stage, struct slice rows, const char *why)
{
    while (rows.length > 0) {
        struct slice row = copyrow_next(&rows);
        struct server_error error = server_error_from(why);

        why += strlen(why) + 1;
        if (why[0] != '\0')
            error.constraint = mem_string(why);
        why += strlen(why) + 1;
        stage->rejected(stage->context, row, &error);
        server_error_release(&error);
    }
}

void
stage_refused_reject(struct stage_refused *refused, struct stage *stage)
{
    const char *places = textarray_literal(&refused->places);
    struct buf rows = {0};

    if (refused->n > 0) {
        fetch_rows(stage, places, &rows);
        delete_rows(stage, places);
        reject(stage, buf_slice(&rows), refused->whys.data);
    }
    buf_release(&rows);
    buf_release(&refused->whys);
    textarray_release(&refused->places);
}
