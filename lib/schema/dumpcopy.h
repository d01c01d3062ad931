#ifndef DUMPCOPY_H
#define DUMPCOPY_H
/*
 * The statements that carry data: what COPY and INSERT say before their rows. Pure.
 */
#include "copyconvert.h"
#include "ddl.h"

struct dumpcopy {
    char *table; /* display form, malloc'd */
    struct schema_names columns;
    bool listed;                      /* a list of columns was given */
    struct copyconvert_format format; /* of COPY FROM stdin */
    bool from_stdin; /* else COPY of a file, a program, or TO something: no rows follow */
    bool defaults;   /* INSERT: DEFAULT VALUES */
    bool plain; /* INSERT: VALUES says the rows; not DEFAULT VALUES, nor OVERRIDING USER VALUE */
};

/* Reads COPY. False with a static reason when rows would follow in a format that is not read. */
bool dumpcopy_parse(
    const struct ddl *ddl, struct tokens tokens, struct dumpcopy *copy, const char **reason);
/* Reads INSERT INTO up to its VALUES, or SELECT. False when it has no table. */
bool dumpcopy_parse_insert(const struct ddl *ddl, struct tokens tokens, struct dumpcopy *insert);
void dumpcopy_release(struct dumpcopy *copy);

#endif
