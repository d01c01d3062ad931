#ifndef PARKSQL_H
#define PARKSQL_H
/*
 * Values for unique columns while the rows of a table exchange theirs: a row whose value another
 * one is to get has a value of nobody's in between, as SQL. Pure; as mergesql.h.
 */
#include "buf.h"

enum parksql_way {
    PARKSQL_NULL,
    PARKSQL_NUMBER, /* above all */
    PARKSQL_DAY,    /* behind all */
    PARKSQL_TIME,
    PARKSQL_TEXT,    /* a digest */
    PARKSQL_LETTERS, /* of Unicode's private use, where a digest would be too long */
    PARKSQL_UUID,
    PARKSQL_BYTES,
    PARKSQL_FALSE, /* a partial index has no such rows */
    PARKSQL_TRUE
};

/* False when the word is none. */
bool parksql_way_parse(const char *word, enum parksql_way *way);

struct parksql_column {
    char *name, *type;
    enum parksql_way way;
    int length; /* of a text, in characters; 0: any */
};

/*
 * The value of a row. `number` is a bigint that no other row has, from 1; `values` is a query for
 * all values that the column has, or will have; both in SQL.
 */
void parksql_value(
    const struct parksql_column *column, const char *number, const char *values, struct buf *out);

#endif
