#ifndef DDL_H
#define DDL_H
/*
 * What the statements of a script declare, applied one by one to a schema (schema.h). Pure: nothing
 * is executed, and a statement that is not understood changes nothing.
 */
#include <stdbool.h>

#include "schema.h"
#include "textstyle.h"
#include "tokens.h"

#define DDL_MAX_COLUMNS 1600 /* of a table (manual, "PostgreSQL Limits") */

struct ddl {
    struct schema *schema;
    struct schema composites;        /* row types, kept as tables, for CREATE TABLE ... OF */
    struct schema_names search_path; /* without "$user" and pg_catalog */
    char *client_encoding;           /* as last set, or NULL */
    struct textstyle style;          /* as last set */
    bool standard_strings;           /* standard_conforming_strings as last set */
    bool has_children;               /* some table inherits, or is a partition */
    bool too_wide; /* some table has more columns than DDL_MAX_COLUMNS: they are not all there */
};

enum ddl_interest {
    DDL_UNDECIDED, /* show more tokens */
    DDL_WANTED,    /* give the whole statement to ddl_apply() */
    DDL_NOT_WANTED,
};

void ddl_init(struct ddl *ddl, struct schema *schema);
/* What a \connect does: settings of the session go back to their defaults. */
void ddl_reset_session(struct ddl *ddl);

/* Decides by the first tokens of a statement; at most 8 are needed. */
enum ddl_interest ddl_wants(const struct sqllex_token *tokens, size_t n);
/* `tokens` without the closing semicolon. The caller looks at too_wide. */
void ddl_apply(struct ddl *ddl, const struct sqllex_token *tokens, size_t n);
/* For the parts of ddl: a column to add; NULL when the table has too many. */
struct schema_column *ddl_add_column(struct ddl *ddl, struct schema_table *table, const char *name);
/* After the last statement: references and keys that follow from others. */
void ddl_finish(struct ddl *ddl);

/* The schema in which CREATE puts an unqualified name. Owned by ddl. */
const char *ddl_own_schema(const struct ddl *ddl);
/* malloc'd display form of a name to be created. */
char *ddl_new_name(const struct ddl *ddl, const char *schema, const char *name);
/* The same of a table that should be there, looked for along the search_path. */
char *ddl_table_name(const struct ddl *ddl, const char *schema, const char *name);
/* Steps over a name at the cursor and gives ddl_new_name() or ddl_table_name() of it, or NULL. */
char *ddl_take_new(const struct ddl *ddl, struct tokens *tokens);
char *ddl_take_table(const struct ddl *ddl, struct tokens *tokens);

#endif
