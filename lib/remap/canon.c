#include "canon.h"

#include <stdlib.h>

#include "copyrow.h"
#include "mem.h"
#include "mergesql.h"
#include "server.h"
#include "textarray.h"

static bool
type_is(const char *type, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(type, names[i]) == 0)
            return true;
    return false;
}

static bool
ends_with(struct slice text, struct slice tail)
{
    return text.length >= tail.length &&
           memcmp(text.data + text.length - tail.length, tail.data, tail.length) == 0;
}

/*
 * The sessions of this suite run in UTC with ISO dates (connect.h), as pg_dump writes dates.
 * Integers, text, uuid, boolean, bytea in hex, jsonb and types of the application print one way
 * only. Floats print their shortest exact digits since PostgreSQL 12, so few digits are safe.
 */
bool
canon_is_doubtful(const char *type, struct slice field)
{
    static const char *const safe[] = {"bigint", "integer", "smallint", "text", "uuid", "boolean",
        "date", "jsonb", "json", "oid", "name", "\"char\"", "timestamp without time zone", "inet",
        "cidr", "macaddr", "time without time zone", "text[]", "bigint[]", "integer[]", "uuid[]",
        "tsvector", "numeric"};

    if (copyrow_is_null(field) || type_is(type, safe, sizeof safe / sizeof safe[0]))
        return false;
    if (strncmp(type, "character", 9) == 0 || strncmp(type, "numeric(", 8) == 0)
        return false;
    if (strcmp(type, "timestamp with time zone") == 0)
        return !ends_with(field, SLICE("+00"));
    if (strcmp(type, "bytea") == 0)
        return !slice_starts(field, SLICE("\\\\x"));
    if (strcmp(type, "double precision") == 0 || strcmp(type, "real") == 0)
        return field.length > 6;
    return true;
}

bool
canon_row_is_doubtful(const struct layout *layout, const struct layout_positions *positions,
    const struct slice *fields)
{
    for (size_t i = 0; i < positions->n; i++)
        if (layout->columns[positions->at[i]]->converted ||
            canon_is_doubtful(layout->columns[positions->at[i]]->type, fields[positions->at[i]]))
            return true;
    return false;
}

/* Of one value, by the server's own printing: 1.0 and 1.00, 0 and -0. */
static bool
has_many_texts(const char *type)
{
    return strncmp(type, "numeric", 7) == 0 || strcmp(type, "double precision") == 0 ||
           strcmp(type, "real") == 0 || strcmp(type, "jsonb") == 0;
}

bool
canon_key_is_doubtful(const struct layout *layout, const struct layout_positions *positions,
    const struct slice *fields)
{
    for (size_t i = 0; i < positions->n; i++)
        if (has_many_texts(layout->columns[positions->at[i]]->type))
            return true;
    return canon_row_is_doubtful(layout, positions, fields);
}

void
canon_init(struct canon_batch *batch, const struct layout *layout,
    const struct layout_positions *positions)
{
    *batch = (struct canon_batch){.layout = layout, .positions = positions};
    batch->arrays = mem_alloc((positions->n + 1) * sizeof *batch->arrays);
}

void
canon_add(struct canon_batch *batch, const struct slice *fields)
{
    for (size_t i = 0; i < batch->positions->n; i++)
        textarray_add_field(&batch->arrays[i], fields[batch->positions->at[i]]);
    batch->rows++;
}

/* A value that does not even cast is left to the COPY, which says where and why it fails. */
void
canon_ask(struct canon_batch *batch, PGconn *connection)
{
    struct server_error error = {0};
    struct buf sql = {0};
    const char **values;
    int n = (int)batch->positions->n;

    if (batch->rows == 0 || n == 0)
        return;
    values = mem_alloc((size_t)n * sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = textarray_literal(&batch->arrays[i]);
    mergesql_canonical(batch->layout, batch->positions, &sql);
    batch->result = server_try_params(connection, buf_string(&sql), n, values, &error);
    server_error_release(&error);
    free(values);
    buf_release(&sql);
}

bool
canon_get(const struct canon_batch *batch, size_t row, size_t i, struct buf *out)
{
    if (batch->result == NULL)
        return false;
    server_add_field(batch->result, (int)row, (int)i, out);
    return true;
}

/* Empties the batch for the next rows. */
static void
clear(struct canon_batch *batch)
{
    for (size_t i = 0; i < batch->positions->n; i++)
        textarray_clear(&batch->arrays[i]);
    batch->rows = 0;
    PQclear(batch->result);
    batch->result = NULL;
}

void
canon_release(struct canon_batch *batch)
{
    if (batch->positions == NULL)
        return;
    clear(batch);
    for (size_t i = 0; i < batch->positions->n; i++)
        textarray_release(&batch->arrays[i]);
    free(batch->arrays);
}
