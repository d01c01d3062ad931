#ifndef TOC_H
#define TOC_H
/*
 * The table of contents of an archive, read: what its entries declare goes into the backup's
 * schema, as a script's statements do, and what is kept is where rows are. Memory is bounded by the
 * schema, and for reading by the longest entry.
 */
#include "archive.h"
#include "backup.h"

/* Data that belongs to an entry. */
struct toc_data {
    int64_t id;
    char *table; /* display form; NULL: large objects, or what is no table's */
    enum schema_form form;
    bool listed; /* the COPY statement has a list of columns */
    struct schema_names columns;
    char *schema; /* in which INSERT looks for names without one; NULL: as the archive says */
    enum archive_place place; /* custom format, as archive_entry's */
    uint64_t offset;
    uint64_t size; /* as it is stored; 0: not known */
    bool seen;     /* the container has it */
};

struct toc {
    struct archive_header header; /* without its strings */
    struct toc_data *data;        /* in the order of the archive */
    size_t n, room;
    struct toc_data **by_id;
};

/*
 * Reads header and entries from an input that stands at the header, and leaves it behind them. A
 * table of contents that is damaged or cut ends the process (STATUS_INPUT), naming entry and place.
 */
void toc_read(struct toc *toc, struct backup *backup, struct input *input);
void toc_release(struct toc *toc);
/* NULL when no entry of that id has data. */
struct toc_data *toc_find(const struct toc *toc, int64_t id);

#endif
