#ifndef DDLCREATE_H
#define DDLCREATE_H
/*
 * CREATE TABLE and its relatives for ddl.h. Pure. The cursor stands behind the words that say what
 * is created and behind IF NOT EXISTS.
 */
#include "ddl.h"

/* `kind` is SCHEMA_TABLE or SCHEMA_FOREIGN. */
void ddlcreate_table(struct ddl *ddl, struct tokens *tokens, enum schema_kind kind);
void ddlcreate_view(struct ddl *ddl, struct tokens *tokens, enum schema_kind kind);
enum ddlcreate_unique { DDLCREATE_PLAIN, DDLCREATE_UNIQUE };
void ddlcreate_index(struct ddl *ddl, struct tokens *tokens, enum ddlcreate_unique unique);
/* CREATE TYPE: enums and row types; others are left aside. */
void ddlcreate_type(struct ddl *ddl, struct tokens *tokens);
void ddlcreate_domain(struct ddl *ddl, struct tokens *tokens);
void ddlcreate_sequence(struct ddl *ddl, struct tokens *tokens);

/* Makes `child` a child of the table named `parent`, whose columns it gets where it lacks them. */
void ddlcreate_inherit(struct ddl *ddl, struct schema_table *child, const char *parent);

#endif
