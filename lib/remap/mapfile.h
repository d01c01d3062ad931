#ifndef MAPFILE_H
#define MAPFILE_H
/*
 * An id map kept in a file of TSV: `old, live`, or, as a merge leaves it behind, `table, old, live`
 * for several tables. A header line with those names may stand first.
 */
#include "idmap.h"

struct mapfile_options {
    const char *path;
    const char *table; /* display form: which table's entries; NULL: the file is of one table */
    const char *type;  /* of the ids, as in the plan */
};

/* Reads the whole file, or ends the process. The caller owns the map. */
struct idmap *mapfile_read(const struct mapfile_options *options);

#endif
