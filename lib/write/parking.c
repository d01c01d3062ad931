#include "parking.h"

#include <stdlib.h>

#include "ident.h"
#include "mem.h"
#include "mergesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

enum { INDEX, MEMBERS, COLUMN, TYPE, WAY, LENGTH }; /* what sql/table_parking.sql gives */

/* The place of the column, which may be that of several indexes. */
static size_t
add_column(struct parking *parking, const PGresult *result, int row)
{
    const char *name = PQgetvalue(result, row, COLUMN);
    struct parksql_column *column;

    for (size_t i = 0; i < parking->n_columns; i++)
        if (strcmp(parking->columns[i].name, name) == 0)
            return i;
    column = MEM_APPEND(parking->columns, parking->n_columns, parking->room_columns);
    *column = (struct parksql_column){.name = mem_string(name),
        .type = mem_string(PQgetvalue(result, row, TYPE)),
        .length = (int)strtol(PQgetvalue(result, row, LENGTH), NULL, 10)};
    if (!parksql_way_parse(PQgetvalue(result, row, WAY), &column->way))
        msg_fatal(STATUS_FAILED, "the query for parking says \"%s\"", PQgetvalue(result, row, WAY));
    return parking->n_columns - 1;
}

static void
add_index(struct parking *parking, const PGresult *result, int row)
{
    struct parking_index *index =
        MEM_APPEND(parking->indexes, parking->n_indexes, parking->room_indexes);

    *index = (struct parking_index){.name = mem_string(PQgetvalue(result, row, INDEX)),
        .column = add_column(parking, result, row)};
    ident_list_parse(
        slice_string(PQgetvalue(result, row, MEMBERS)), &index->members, &index->n_members);
}

void
parking_ask(struct parking *parking, PGconn *connection, const struct plan_table *table,
    struct textarray *columns, struct textarray *policies)
{
    struct buf name = {0};
    const char *values[] = {NULL, textarray_literal(columns), textarray_literal(policies)};
    PGresult *result;

    mergesql_table(table, &name);
    values[0] = buf_string(&name);
    result = prepared_query(connection, sql_table_parking, 3, values);
    for (int row = 0; row < PQntuples(result) && parking->n_columns < PARKING_MOST; row++)
        add_index(parking, result, row);
    PQclear(result);
    buf_release(&name);
}

size_t
parking_column(const struct parking *parking, const char *index)
{
    for (size_t i = 0; i < parking->n_indexes; i++)
        if (strcmp(parking->indexes[i].name, index) == 0)
            return parking->indexes[i].column;
    return PARKING_NONE;
}

void
parking_release(struct parking *parking)
{
    for (size_t i = 0; i < parking->n_indexes; i++) {
        for (size_t j = 0; j < parking->indexes[i].n_members; j++)
            free(parking->indexes[i].members[j]);
        free(parking->indexes[i].members);
        free(parking->indexes[i].name);
    }
    for (size_t i = 0; i < parking->n_columns; i++) {
        free(parking->columns[i].name);
        free(parking->columns[i].type);
    }
    free(parking->indexes);
    free(parking->columns);
    *parking = (struct parking){.n_columns = 0};
}
