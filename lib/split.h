#ifndef SPLIT_H
#define SPLIT_H
/*
 * What dump-splitter gives of a dump other than planned rows: facts with samples, a list, one
 * table.
 */
#include "dump.h"
#include "stream.h"

enum split_incomplete { SPLIT_REFUSE_INCOMPLETE, SPLIT_ALLOW_INCOMPLETE };

/* Writes a stream of kind schema to standard output, with at most `samples` rows of each table. */
void split_schema(struct dump *dump, size_t samples);
/* Writes a TSV of the tables, in the order of the dump, to standard output. */
void split_list(struct dump *dump);
/* Writes one table as TSV to standard output; a name that is not known ends with STATUS_USAGE. */
void split_table(struct dump *dump, const char *name);

/* Writes `\.source` lines of what is known of the dump by now. */
void split_sources(struct stream_writer *writer, const struct dump *dump);

#endif
