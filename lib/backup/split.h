#ifndef SPLIT_H
#define SPLIT_H
/*
 * What dump-splitter gives of a backup other than planned rows: facts with samples, a list, one
 * table.
 */
#include "backup.h"
#include "sample.h"
#include "stream.h"

/*
 * Writes a stream of kind schema to standard output, with a sample of `samples` rows of each table.
 * `live` is the live database's schema, or NULL.
 */
void split_schema(struct backup *backup, size_t samples, const struct schema *live);
/* Reads facts of the live database; those that are malformed end the process. */
struct schema *split_read_live(const char *path);
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
/* Of a block's rows, where their ids are, and to which one the live database's sequence has come.
 */
struct sample_ids split_ids(
    const struct backup_block *block, const struct schema *backup, const struct schema *live);

#endif
