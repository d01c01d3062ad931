#include "jsonids.h"

#include <string.h>

#include "buf.h"
#include "decide.h"
#include "ident.h"
#include "msg.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

enum { PATH, IS_ARRAY };

static bool
is_open_json(const struct plan_table *table, const struct plan_column *column)
{
    return table->action != PLAN_SKIP && column->action == PLAN_COLUMN_SET &&
           column->type != NULL &&
           (strcmp(column->type, "jsonb") == 0 || strcmp(column->type, "json") == 0);
}

static bool
is_ruled(const struct plan_column *column, const char *path)
{
    struct buf ruled = {0};
    bool found = false;

    for (size_t i = 0; i < column->n_paths && !found; i++) {
        const struct schema_names *keys = &column->paths[i].keys;

        buf_clear(&ruled);
        for (size_t k = 0; k < keys->n; k++) {
            buf_add_string(&ruled, k > 0 ? "." : "");
            ident_display(slice_string(keys->names[k]), &ruled);
        }
        found = strcmp(buf_string(&ruled), path) == 0;
    }
    buf_release(&ruled);
    return found;
}

static void
say_paths(const struct plan_table *table, const struct plan_column *column, const PGresult *paths)
{
    struct buf name = {0};

    buf_add_format(&name, "%s.", table->name);
    ident_display(slice_string(column->name), &name);
    for (int i = 0; i < PQntuples(paths); i++) {
        bool is_array = strcmp(PQgetvalue(paths, i, IS_ARRAY), "t") == 0;
        const char *path = PQgetvalue(paths, i, PATH);

        if (is_ruled(column, path))
            continue;
        msg_warning("%s: %s in its %s is merged as it is; if it holds ids of a table, say so by "
                    "rule: %s.%s %s TABLE",
            buf_string(&name), path, column->type, buf_string(&name), path,
            is_array ? "array-of" : "refers-to");
    }
    buf_release(&name);
}

static void
look_into(PGconn *connection, const struct plan_table *table, const struct plan_column *column,
    struct textarray *values)
{
    const char *parameters[] = {textarray_literal(values)};
    struct server_error error = {0};
    PGresult *paths = server_try_params(connection, sql_json_ids, 1, parameters, &error);

    if (paths != NULL)
        say_paths(table, column, paths);
    PQclear(paths);
    server_error_release(&error);
}

void
jsonids_say(PGconn *connection, const struct schemastream *backup, const struct plan *plan)
{
    if (!decide_some_ids_differ(plan))
        return;
    for (size_t i = 0; i < backup->n_samples; i++) {
        const struct evidence_sample *sample = &backup->samples[i];
        const struct plan_table *table = plan_find_table(plan, sample->table);

        for (size_t k = 0; table != NULL && k < sample->columns.n; k++) {
            const struct plan_column *column = plan_find_column(table, sample->columns.names[k]);

            if (column != NULL && is_open_json(table, column))
                look_into(connection, table, column, &sample->values[k]);
        }
    }
}
