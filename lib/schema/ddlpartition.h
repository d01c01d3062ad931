#ifndef DDLPARTITION_H
#define DDLPARTITION_H
/*
 * By what a table is partitioned, and which rows a partition takes, as the catalog's functions
 * pg_get_partkeydef() and pg_get_expr() print it. Pure. The table is a pointer into the schema.
 */
#include "schema.h"
#include "tokens.h"

/* The cursor stands behind PARTITION BY. */
void ddlpartition_key(struct schema_table *table, struct tokens tokens);
/* The cursor stands at FOR VALUES or DEFAULT; else nothing is taken. */
void ddlpartition_bound(struct schema_table *table, struct tokens tokens);

#endif
