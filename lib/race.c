#include "race.h"

#include <stdlib.h>

#include "mem.h"
#include "sql.h"

/* The name of the primary key when the table's rows are found by it, else NULL. */
static char *
target_constraint(PGconn *reader, const struct layout *layout)
{
    PGresult *result = server_query_relation(reader, sql_table_primary_key, layout->table->name);
    char *constraint = NULL;
    size_t n = 0;

    for (int row = 0; row < PQntuples(result); row++)
        for (size_t i = 0; i < layout->target.n; i++)
            n += strcmp(PQgetvalue(result, row, 1), layout->columns[layout->target.at[i]]->name) ==
                 0;
    if (n > 0 && n == layout->target.n && n == (size_t)PQntuples(result))
        constraint = mem_string(PQgetvalue(result, 0, 0));
    PQclear(result);
    return constraint;
}

void
race_require_none(PGconn *reader, const struct layout *layout, const struct server_error *error)
{
    char *constraint;

    if (strcmp(error->sqlstate, "23505") != 0 || error->constraint == NULL)
        return;
    constraint = target_constraint(reader, layout);
    if (constraint != NULL && strcmp(constraint, error->constraint) == 0)
        msg_fatal(STATUS_TEMPORARY,
            "%s: another session inserted a row with the key of a new one while the merge was "
            "running (%s); nothing was committed, try again",
            layout->table->name, error->message);
    free(constraint);
}
