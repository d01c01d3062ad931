#ifndef SCRIPTPICK_H
#define SCRIPTPICK_H
/*
 * The part of a plain SQL backup that psql is to run within a transaction of its caller's: the
 * statements that are wanted, byte for byte and in their order, to standard output. Memory is
 * bounded by the schema, not by the data.
 *
 * What is no backup of one database, is cut or holds a command of psql's other than pg_dump's own
 * ends the process (STATUS_INPUT); the part written so far must not be committed then.
 */
#include <stddef.h>

enum scriptpick_part { SCRIPTPICK_ALL, SCRIPTPICK_SCHEMA, SCRIPTPICK_DATA };
enum scriptpick_owners { SCRIPTPICK_OWNERS, SCRIPTPICK_NO_OWNERS };
enum scriptpick_incomplete { SCRIPTPICK_REFUSE_INCOMPLETE, SCRIPTPICK_ALLOW_INCOMPLETE };

struct scriptpick_options {
    const char *path; /* as input_open() */
    enum scriptpick_part part;
    enum scriptpick_owners owners; /* and grants */
    enum scriptpick_incomplete incomplete;
    const char *const
        *tables; /* display form: only the rows of these, with SCRIPTPICK_DATA; none: all */
    size_t n_tables;
};

/* A table that the backup has no rows of ends the process (STATUS_USAGE). */
void scriptpick_run(const struct scriptpick_options *options);

#endif
