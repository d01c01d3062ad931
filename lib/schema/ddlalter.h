#ifndef DDLALTER_H
#define DDLALTER_H
/*
 * ALTER and DROP for ddl.h. Pure. The cursor stands behind the first word.
 */
#include "ddl.h"

void ddlalter_apply(struct ddl *ddl, struct tokens *tokens);
void ddlalter_drop(struct ddl *ddl, struct tokens *tokens);

#endif
