#ifndef DDLTABLE_H
#define DDLTABLE_H
/*
 * The parts of tables for ddl.h: columns and constraints. Pure. Tables are given by pointers into
 * the schema, valid until the next schema_add_table().
 */
#include "ddl.h"

/* A column's definition, or a constraint: one element of CREATE TABLE, or what follows ADD. */
void ddltable_element(struct ddl *ddl, struct schema_table *table, struct tokens *tokens);
void ddltable_column(struct ddl *ddl, struct schema_table *table, struct tokens *tokens);
/* True when a table constraint stands here. */
bool ddltable_is_constraint(const struct tokens *tokens);

/* Takes over the default expression, up to the next constraint or comma. */
void ddltable_default(struct ddl *ddl, struct schema_column *column, struct tokens *tokens);
/* The column and, where tables inherit it, theirs. */
void ddltable_set_not_null(struct ddl *ddl, struct schema_table *table, const char *column);
/* `(a, b DESC)` as names, stepped over; false when something in it is not a plain column. */
bool ddltable_columns(struct tokens *tokens, struct schema_names *names);

#endif
