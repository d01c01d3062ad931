#ifndef DRYSQL_H
#define DRYSQL_H
/*
 * The SQL that a dry run would have sent for one table, for people to read: in its order, after a
 * comment with the counts. `number` is the table's in the merge, and names its temporary table.
 */
#include "layout.h"
#include "output.h"
#include "tally.h"

void drysql_write(
    struct output *file, const struct layout *layout, size_t number, const struct tally *tally);

#endif
