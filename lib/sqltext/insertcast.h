#ifndef INSERTCAST_H
#define INSERTCAST_H
/*
 * Casts of constants in the rows of an INSERT, and whether the column gets the same with and
 * without them: no cast is ever evaluated. Pure.
 */
#include <stdbool.h>

#include "sqlliteral.h"

enum insertcast_kind {
    INSERTCAST_NULL,
    INSERTCAST_BOOLEAN,
    INSERTCAST_INTEGER,
    INSERTCAST_NUMBER, /* with a point or an exponent */
    INSERTCAST_STRING,
    INSERTCAST_BITS,
};

enum insertcast_form {
    INSERTCAST_CAST,  /* behind :: or AS */
    INSERTCAST_TYPED, /* before a string; where the column's type is not known, only PostgreSQL's */
};

enum insertcast_result { INSERTCAST_TYPE, INSERTCAST_MORE, INSERTCAST_NONE };

/*
 * Steps over the type that starts here; *type (malloc'd) is as format_type() prints it, `schema`
 * being that of types that are not qualified. `column` is the column's type or NULL.
 */
enum insertcast_result insertcast_type(struct sqlliteral *at, const char *schema,
    enum insertcast_form form, const char *column, char **type);

/* True when a constant of that kind, cast to `type`, gives a column (type or NULL) what it gives
 * uncast. */
bool insertcast_keeps(const char *column, const char *type, enum insertcast_kind kind);

/* True for the types of text; NULL is none. */
bool insertcast_is_text(const char *type);

#endif
