#ifndef DDLSEQUENCE_H
#define DDLSEQUENCE_H
/*
 * Sequences for ddl.h: their state, and which column owns or uses them. Pure.
 */
#include "ddl.h"

/* The sequence in an expression such as nextval('public.a_id_seq'::regclass); malloc'd or NULL. */
char *ddlsequence_nextval(const struct ddl *ddl, const struct sqllex_token *from, size_t n);
/* Options of CREATE and ALTER SEQUENCE up to the end of the tokens. */
void ddlsequence_options(struct ddl *ddl, struct schema_sequence *sequence, struct tokens *tokens);
/* {ALWAYS|BY DEFAULT} AS IDENTITY [(options)], behind GENERATED. */
void ddlsequence_identity(
    struct ddl *ddl, struct schema_table *table, const char *column, struct tokens *tokens);
/* What a serial column is: not null, with a sequence of its own as default. */
void ddlsequence_serial(
    struct ddl *ddl, const struct schema_table *table, struct schema_column *column);

#endif
