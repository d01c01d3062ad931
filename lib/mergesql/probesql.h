#ifndef PROBESQL_H
#define PROBESQL_H
/*
 * The SQL that asks which live rows have the keys of some rows of the backup, as text. Pure.
 *
 * Names are looked up in an empty search_path, which has no operator of an extension's type: there
 * = would compare citext as text. So the operator of a type is named by its schema.
 */
#include "buf.h"
#include "layout.h"

/* How the values of one column of the key compare, in the words of SQL. */
struct probesql_equality {
    char *type;   /* what to cast to */
    char *schema; /* of the operator =, bare */
    bool hashes;  /* equal values have equal hashes */
};

enum probesql_class { PROBESQL_TEXT, PROBESQL_HASH };

/*
 * One text array a column of the key as parameters. A result row for each of their rows, more where
 * several live rows have the key: its ordinal, its class (equal where the keys are), whether a live
 * row has the key, that row's id (null without an id column), and its key.
 */
void probesql_keys(const struct layout *layout, const struct probesql_equality *equalities,
    enum probesql_class class, struct buf *out);

#endif
