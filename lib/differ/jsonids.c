#include "jsonids.h"

#include <string.h>

#include "buf.h"
#include "ident.h"
#include "msg.h"
#include "server.h"
#include "sql.h"
#include "textarray.h"

enum { PATH, IS_ARRAY, LOOKS_LIKE_IDS };

#define MOST_SAID 8 /* places in one column */

/* A column of a table that is merged, and what its sampled rows hold. */
struct column {
    const struct plan_table *table;
    const struct plan_column *planned;
    const struct rules_column *rule;
    PGresult *places;
    struct buf name;
};

static bool
is_true(const struct column *column, int place, int field)
{
    return strcmp(PQgetvalue(column->places, place, field), "t") == 0;
}

/* ---- what no rule is about */

/* `inner` is `outer` or stands somewhere inside of it; "" is the whole column. */
static bool
is_within(const char *inner, const char *outer)
{
    size_t length = strlen(outer);

    return length == 0 ||
           (strncmp(inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '.'));
}

/* A rule says whose ids stand there, or that there, or in what is around it, are none. */
static bool
is_ruled(const struct rules_column *rule, const char *place)
{
    struct buf name = {0};
    bool ruled = false;

    for (size_t i = 0; i < rule->n_paths && !ruled; i++) {
        const struct rules_ids *ids = &rule->paths[i].ids;

        buf_clear(&name);
        plan_path_display(&(struct plan_path){.keys = rule->paths[i].keys}, &name);
        ruled = (ids->role_line != 0 && strcmp(place, buf_string(&name)) == 0) ||
                (ids->none_line != 0 && is_within(place, buf_string(&name)));
    }
    buf_release(&name);
    return ruled;
}

static void
say_open(struct column *column)
{
    const char *name = buf_string(&column->name);
    int said = 0;

    for (int i = 0; i < PQntuples(column->places) && said < MOST_SAID; i++) {
        const char *path = PQgetvalue(column->places, i, PATH);

        if (!is_true(column, i, LOOKS_LIKE_IDS) || is_ruled(column->rule, path))
            continue;
        said++;
        msg_warning("%s: %s in its %s is merged as it is; if it holds ids of a table, say so by "
                    "rule: %s.%s %s TABLE; if not: %s.%s no-ids",
            name, path, column->planned->type, name, path,
            is_true(column, i, IS_ARRAY) ? "array-of" : "refers-to", name, path);
    }
}

/* ---- rules that meet nothing */

static bool
is_met(const struct column *column, const struct plan_path *path, const char *place)
{
    for (int i = 0; i < PQntuples(column->places); i++)
        if (strcmp(PQgetvalue(column->places, i, PATH), place) == 0 &&
            is_true(column, i, IS_ARRAY) == (path->action == PLAN_COLUMN_ARRAY))
            return true;
    return false;
}

static void
say_unmet(struct column *column)
{
    for (size_t i = 0; i < column->planned->n_paths; i++) {
        const struct plan_path *path = &column->planned->paths[i];
        struct buf place = {0};

        plan_path_display(path, &place);
        if (!is_met(column, path, buf_string(&place)))
            msg_warning("%s%s%s: none of the sampled rows has %s there, of which a rule speaks",
                buf_string(&column->name), place.length > 0 ? "." : "", buf_string(&place),
                path->action == PLAN_COLUMN_ARRAY ? "an array of ids" : "an id");
        buf_release(&place);
    }
}

/* ---- column by column */

static bool
is_json(const struct plan_table *table, const struct plan_column *column)
{
    return table->action != PLAN_SKIP && column->action == PLAN_COLUMN_SET &&
           column->type != NULL &&
           (strcmp(column->type, "jsonb") == 0 || strcmp(column->type, "json") == 0);
}

enum look { LOOK_AT_RULES, LOOK_AT_ALL };

static void
look_into(PGconn *connection, struct column *column, struct textarray *values, enum look look)
{
    const char *parameters[] = {textarray_literal(values)};
    struct server_error error = {0};

    column->places = server_try_params(connection, sql_json_ids, 1, parameters, &error);
    if (column->places != NULL) {
        buf_add_format(&column->name, "%s.", column->table->name);
        ident_display(slice_string(column->planned->name), &column->name);
        if (look == LOOK_AT_ALL)
            say_open(column);
        if (PQntuples(column->places) > 0)
            say_unmet(column);
    }
    PQclear(column->places);
    buf_release(&column->name);
    server_error_release(&error);
}

void
jsonids_say(PGconn *connection, const struct schemastream *backup, const struct decide *decide,
    const struct plan *plan)
{
    enum look look = decide_some_ids_differ(decide, plan) ? LOOK_AT_ALL : LOOK_AT_RULES;

    for (size_t i = 0; i < backup->n_samples; i++) {
        const struct evidence_sample *sample = &backup->samples[i];
        const struct plan_table *table = plan_find_table(plan, sample->table);
        const struct decide_table *decided = decide_find(decide, sample->table);

        for (size_t k = 0; table != NULL && k < sample->columns.n; k++) {
            const char *name = sample->columns.names[k];
            struct column column = {.table = table,
                .planned = plan_find_column(table, name),
                .rule = rules_column(decided->rules, name)};

            if (column.planned != NULL && is_json(table, column.planned) &&
                (look == LOOK_AT_ALL || column.planned->n_paths > 0))
                look_into(connection, &column, &sample->values[k], look);
        }
    }
}
