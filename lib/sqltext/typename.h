#ifndef TYPENAME_H
#define TYPENAME_H
/*
 * Type names as scripts write them, turned into what format_type() prints with an empty search_path
 * (manual, "Data Types": int4 is integer, varchar(30) is character varying(30)). Pure.
 */
#include <stdbool.h>

#include "tokens.h"

struct typename
{
    char *text;  /* malloc'd; a type that is not PostgreSQL's own is qualified by its schema */
    bool serial; /* smallserial, serial, bigserial: text is the integer type */
};

/*
 * Steps over the type at the cursor. A type that is not PostgreSQL's own and is not qualified is
 * taken to be in `schema`. False when there is no type.
 */
bool typename_parse(struct tokens *tokens, const char *schema, struct typename *type);

#endif
