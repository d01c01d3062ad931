#ifndef ARCHIVE_H
#define ARCHIVE_H
/*
 * What pg_dump's archives are made of: the header and the table of contents, which the custom
 * format and the toc.dat of tar and directory archives share, and the frames around the data of the
 * custom format. Versions 1.10 to 1.16, that is PostgreSQL 8.0 to 18. Pure.
 *
 * The source of every rule is PostgreSQL's src/bin/pg_dump: pg_backup_archiver.[ch] (ReadHead,
 * ReadToc, ReadInt, ReadStr, ReadOffset) and pg_backup_custom.c.
 *
 * Every function takes one item from the front of `bytes`. ARCHIVE_DONE moves `bytes` behind it;
 * after ARCHIVE_MORE (the item goes on behind the bytes) and ARCHIVE_BAD they are as before.
 * Nothing in an archive is trusted: memory is never taken by what a length says.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

/* A string of an archive that is longer is refused, as a statement of a script is. */
#define ARCHIVE_STRING_LIMIT ((uint64_t)64 * 1024 * 1024)

enum archive_result { ARCHIVE_DONE, ARCHIVE_MORE, ARCHIVE_BAD };

/* Why an item is bad, and how far behind the front of `bytes`. */
struct archive_fault {
    const char *reason;
    size_t at;
};

/* As the header has it; toc.dat of a directory calls itself ARCHIVE_TAR. */
enum archive_format { ARCHIVE_CUSTOM = 1, ARCHIVE_TAR = 3, ARCHIVE_DIRECTORY = 5 };
enum archive_compression { ARCHIVE_PLAIN, ARCHIVE_GZIP, ARCHIVE_LZ4, ARCHIVE_ZSTD };

/* A slice whose data is NULL is a string that is not there. Slices point into `bytes`. */
struct archive_header {
    unsigned minor; /* the version is 1.minor */
    unsigned int_size, offset_size;
    enum archive_format format;
    enum archive_compression compression;
    struct slice database, server_version, pg_dump_version;
};

enum archive_place {
    ARCHIVE_PLACE_UNKNOWN = 1, /* there is data; the writer could not seek back to say where */
    ARCHIVE_PLACE_KNOWN,
    ARCHIVE_PLACE_NONE, /* the entry has no data */
};

struct archive_entry {
    int64_t id;
    bool has_data;
    struct slice name, kind; /* of the object; kind is such as TABLE or TABLE DATA */
    struct slice definition; /* its statements */
    struct slice copy;       /* the COPY statement of its data; not there for INSERT */
    struct slice schema;
    enum archive_place place; /* custom format */
    uint64_t offset;          /* of the data's block, when the place is known */
    struct slice file;        /* other formats; empty when the entry has no data */
};

/* The frames of data in the custom format. */
enum archive_block { ARCHIVE_BLOCK_ROWS = 1, ARCHIVE_BLOCK_LARGE_OBJECTS = 3 };

/* True when the bytes start an archive; 5 bytes tell. */
bool archive_recognizes(struct slice bytes);

enum archive_result archive_take_header(
    struct slice *bytes, struct archive_header *header, struct archive_fault *fault);
/* The number of entries, and the lengths of chunks of data. */
enum archive_result archive_take_number(const struct archive_header *header, struct slice *bytes,
    int64_t *number, struct archive_fault *fault);
enum archive_result archive_take_entry(const struct archive_header *header, struct slice *bytes,
    struct archive_entry *entry, struct archive_fault *fault);
/* The head of a block: its type, and the id of the entry whose data it holds. */
enum archive_result archive_take_block(const struct archive_header *header, struct slice *bytes,
    enum archive_block *type, int64_t *id, struct archive_fault *fault);

#endif
