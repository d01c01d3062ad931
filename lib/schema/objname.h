#ifndef OBJNAME_H
#define OBJNAME_H
/*
 * The names PostgreSQL gives to what a script leaves unnamed: t_pkey, t_a_key, t_a_b_fkey, t_a_seq
 * (makeObjectName() and ChooseConstraintName() describe the rule: at most 63 bytes, the longer part
 * is cut first, a number is appended until the name is free). Pure.
 */
#include "schema.h"

/* malloc'd name1_name2_label; name2 may be NULL. */
char *objname_make(const char *name1, const char *name2, const char *label);
/* A name for a constraint or index of the table that it does not have yet; `columns` may be NULL.
 */
char *objname_constraint(
    const struct schema_table *table, const struct schema_names *columns, const char *label);
/* malloc'd name of a table without its schema. */
char *objname_bare(const struct schema_table *table);

#endif
