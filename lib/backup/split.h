#ifndef SPLIT_H
#define SPLIT_H
/*
 * What dump-splitter gives of a backup other than planned rows: facts with samples, a list, one
 * table.
 */
#include "backup.h"
#include "stream.h"

/* Writes a stream of kind schema to standard output, with at most `samples` rows of each table. */
void split_schema(struct backup *backup, size_t samples);
/* Writes a TSV of the tables, in the order of the backup, to standard output. */
void split_list(struct backup *backup);
/*
 * Writes one table as TSV to standard output; a name that is not known ends with STATUS_USAGE.
 * Returns how many rows could not be read and were left out, with a warning, and one more when
 * statements that are left aside change them.
 */
uint64_t split_table(struct backup *backup, const char *name);

/* Writes `\.source` lines of what is known of the backup by now. */
void split_sources(struct stream_writer *writer, const struct backup *backup);
/* And of how the next rows are to be read, where that is not as before: `*last`, NULL at first. */
void split_style(
    struct stream_writer *writer, const struct textstyle **last, const struct textstyle *style);

#endif
