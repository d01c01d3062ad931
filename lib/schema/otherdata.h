#ifndef OTHERDATA_H
#define OTHERDATA_H
/*
 * Statements and meta-commands of a script that change data in another way than by giving rows:
 * UPDATE, COPY from a file, WITH ... INSERT, DO. None of them is executed; what they would do is
 * said, so that no part of a backup is passed over without a word. Pure.
 */
#include "ddl.h"

struct otherdata {
    const char *what;           /* such as "UPDATE"; static */
    struct schema_names tables; /* that it changes, display form; none: it is not known which */
    const char *where;          /* without tables: what it does instead; static */
    bool needs_rows;            /* it changes nothing of a table that has no rows yet */
    bool large_objects;         /* it writes these, */
    unsigned made;              /* and makes so many */
};

/*
 * False when the statement, of which the first tokens are enough, changes no data, or is INSERT or
 * COPY FROM stdin, whose rows are read.
 */
bool otherdata_parse(const struct ddl *ddl, struct tokens tokens, struct otherdata *other);
/* As otherdata_parse(), for a meta-command of psql. */
bool otherdata_parse_command(const struct ddl *ddl, struct slice text, struct otherdata *other);
void otherdata_release(struct otherdata *other);

/* Whether otherdata_parse() is to see a statement that starts so, as far as it is known. */
enum otherdata_interest {
    OTHERDATA_NONE,
    OTHERDATA_BEGINNING, /* its first tokens */
    OTHERDATA_ALL,       /* what it changes may stand anywhere */
};
enum otherdata_interest otherdata_wants(struct tokens tokens);

#endif
