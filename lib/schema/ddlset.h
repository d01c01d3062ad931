#ifndef DDLSET_H
#define DDLSET_H
/*
 * The settings of a session that say what the statements and rows of a script mean: SET and its
 * relatives, for ddl.h. What another setting would be is not kept. Pure.
 */
#include "ddl.h"

/* Behind SET. */
void ddlset_apply(struct ddl *ddl, struct tokens *tokens);
/* Behind RESET or DISCARD. */
void ddlset_reset(struct ddl *ddl, struct tokens *tokens);
/* The arguments of set_config(). */
void ddlset_config(struct ddl *ddl, struct tokens *inside);

#endif
