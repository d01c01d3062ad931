#include "images.h"

#include <stdlib.h>

#include "changesql.h"
#include "prepared.h"
#include "server.h"
#include "sql.h"

static bool
is_target(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->target.n; i++)
        if (strcmp(layout->columns[layout->target.at[i]]->name, name) == 0)
            return true;
    return false;
}

static void
choose_all(struct images *images, PGconn *connection)
{
    PGresult *columns =
        prepared_query_relation(connection, sql_table_columns, images->layout->table->name);

    for (int i = 0; i < PQntuples(columns); i++) {
        const char *column = PQgetvalue(columns, i, 0);
        bool made = strcmp(PQgetvalue(columns, i, 4), "t") == 0 ||
                    strcmp(PQgetvalue(columns, i, 5), "t") == 0;

        if (!made && !is_target(images->layout, column))
            schema_add_name(&images->columns, column);
    }
    PQclear(columns);
}

void
images_choose(struct images *images, PGconn *connection, enum images_columns which)
{
    if (!images_wanted(images))
        return;
    if (which == IMAGES_ALL) {
        choose_all(images, connection);
        return;
    }
    for (size_t i = 0; i < images->layout->n; i++)
        if (changesql_sets(images->layout, i))
            schema_add_name(&images->columns, images->layout->columns[i]->name);
}

void
images_release(struct images *images)
{
    for (size_t i = 0; i < images->columns.n; i++)
        free(images->columns.names[i]);
    free(images->columns.names);
    *images = (struct images){.log = NULL};
}

bool
images_wanted(const struct images *images)
{
    return images->log != NULL || images->show != NULL;
}

void
images_begin(struct images *images)
{
    if (images->log != NULL)
        images->mark = undolog_mark(images->log);
    if (images->show != NULL) {
        images->shown = images->show->shown;
        images->shown_length = images->show->lines.length;
    }
}

void
images_row(struct images *images, struct slice row)
{
    if (images->log != NULL)
        undolog_updated(images->log, images->layout, &images->columns, row);
    if (images->show != NULL)
        show_row(images->show, images->layout, &images->columns, row);
}

void
images_forget(struct images *images)
{
    if (images->log != NULL)
        undolog_rewind(images->log, &images->mark);
    if (images->show != NULL) {
        images->show->shown = images->shown;
        images->show->lines.length = images->shown_length;
    }
}
