#include "archive.h"

/* The first versions with a field, by PostgreSQL's list of K_VERS_*. */
enum {
    WITH_TABLESPACE = 10, /* 8.0, the oldest that is read */
    WITH_SECTION = 11,    /* 8.4 */
    WITH_ACCESS_METHOD = 14,
    WITH_ALGORITHM = 15,
    WITH_RELKIND = 16,
    NEWEST = 16,
};

/* The item under way. Once it failed nothing is taken any more, so that errors are looked at once.
 */
struct taking {
    struct slice rest;
    const char *start;
    enum archive_result result;
    struct archive_fault fault;
    unsigned int_size, offset_size;
};

static struct taking
begin(struct slice bytes, unsigned int_size, unsigned offset_size)
{
    return (struct taking){
        .rest = bytes, .start = bytes.data, .int_size = int_size, .offset_size = offset_size};
}

static enum archive_result
end(const struct taking *taking, struct slice *bytes, struct archive_fault *fault)
{
    if (taking->result == ARCHIVE_DONE)
        *bytes = taking->rest;
    else if (taking->result == ARCHIVE_BAD)
        *fault = taking->fault;
    return taking->result;
}

static void
refuse(struct taking *taking, const char *reason, const char *at)
{
    if (taking->result != ARCHIVE_DONE)
        return;
    taking->result = ARCHIVE_BAD;
    taking->fault = (struct archive_fault){reason, (size_t)(at - taking->start)};
}

/* The next `length` bytes; NULL when they are not there. */
static const char *
take(struct taking *taking, uint64_t length)
{
    const char *data = taking->rest.data;

    if (taking->result == ARCHIVE_DONE && length > taking->rest.length)
        taking->result = ARCHIVE_MORE;
    if (taking->result != ARCHIVE_DONE)
        return NULL;
    taking->rest = slice_make(data + length, taking->rest.length - (size_t)length);
    return data;
}

static unsigned
take_byte(struct taking *taking)
{
    const char *p = take(taking, 1);

    return p != NULL ? (unsigned char)*p : 0;
}

/* Least byte first. More than 63 bits are refused. */
static uint64_t
take_bytes(struct taking *taking, unsigned size)
{
    const char *p = take(taking, size);
    uint64_t value = 0;

    for (unsigned i = 0; p != NULL && i < size; i++) {
        uint64_t byte = (unsigned char)p[i];

        if (byte != 0 && (i >= 8 || (i == 7 && byte > 0x7f))) {
            refuse(taking, "a number is too large", p);
            return 0;
        }
        if (i < 8)
            value |= byte << (8 * i);
    }
    return value;
}

/* A byte for the sign, then the digits. */
static int64_t
take_number(struct taking *taking)
{
    unsigned sign = take_byte(taking);
    int64_t value = (int64_t)take_bytes(taking, taking->int_size);

    return sign != 0 ? -value : value;
}

static struct slice
take_string(struct taking *taking)
{
    const char *at = taking->rest.data, *p;
    int64_t length = take_number(taking);

    if (length < 0)
        return (struct slice){0};
    if ((uint64_t)length > ARCHIVE_STRING_LIMIT) {
        refuse(taking, "a string is longer than 64 MB", at);
        return (struct slice){0};
    }
    p = take(taking, (uint64_t)length);
    if (p == NULL)
        return (struct slice){0};
    if (memchr(p, '\0', (size_t)length) != NULL)
        refuse(taking, "a string holds a zero byte", at);
    return slice_make(p, (size_t)length);
}

bool
archive_recognizes(struct slice bytes)
{
    return slice_starts(bytes, SLICE("PGDMP"));
}

/* ---- the header */

static void
take_version(struct taking *taking, struct archive_header *header)
{
    const char *at = taking->rest.data;
    unsigned major = take_byte(taking);

    header->minor = take_byte(taking);
    take_byte(taking); /* the revision */
    if (major != 1 || header->minor < WITH_TABLESPACE || header->minor > NEWEST)
        refuse(taking, "a version of the archive that is not 1.10 to 1.16", at);
}

/* A size of 4 and 8 is what PostgreSQL's platforms have; pg_restore takes up to 32. */
static unsigned
take_size(struct taking *taking)
{
    const char *at = taking->rest.data;
    unsigned size = take_byte(taking);

    if (size < 1 || size > 32)
        refuse(taking, "an impossible size of integers", at);
    return size;
}

static void
take_format(struct taking *taking, struct archive_header *header)
{
    const char *at = taking->rest.data;
    unsigned format = take_byte(taking);

    header->format = (enum archive_format)format;
    if (format != ARCHIVE_CUSTOM && format != ARCHIVE_TAR && format != ARCHIVE_DIRECTORY)
        refuse(taking, "an unknown format of archive", at);
}

/* Before 1.15 there was only zlib, and the level stood here: 0 for none, -1 for the default. */
static void
take_compression(struct taking *taking, struct archive_header *header)
{
    const char *at = taking->rest.data;
    unsigned algorithm = ARCHIVE_PLAIN;

    if (header->minor >= WITH_ALGORITHM)
        algorithm = take_byte(taking);
    else if (take_number(taking) != 0)
        algorithm = ARCHIVE_GZIP;
    if (algorithm > ARCHIVE_ZSTD)
        refuse(taking, "an unknown algorithm of compression", at);
    header->compression = (enum archive_compression)algorithm;
}

enum archive_result
archive_take_header(struct slice *bytes, struct archive_header *header, struct archive_fault *fault)
{
    struct taking taking = begin(*bytes, 0, 0);
    const char *magic = take(&taking, 5);

    *header = (struct archive_header){0};
    if (magic != NULL && !archive_recognizes(*bytes))
        refuse(&taking, "it does not begin as an archive", magic);
    take_version(&taking, header);
    taking.int_size = header->int_size = take_size(&taking);
    taking.offset_size = header->offset_size = take_size(&taking);
    take_format(&taking, header);
    take_compression(&taking, header);
    for (int i = 0; i < 7; i++)
        take_number(&taking); /* the local time of its making, the fields of struct tm */
    header->database = take_string(&taking);
    header->server_version = take_string(&taking);
    header->pg_dump_version = take_string(&taking);
    return end(&taking, bytes, fault);
}

/* ---- entries */

static struct taking
begin_with(const struct archive_header *header, struct slice bytes)
{
    return begin(bytes, header->int_size, header->offset_size);
}

enum archive_result
archive_take_number(const struct archive_header *header, struct slice *bytes, int64_t *number,
    struct archive_fault *fault)
{
    struct taking taking = begin_with(header, *bytes);

    *number = take_number(&taking);
    return end(&taking, bytes, fault);
}

static int64_t
take_id(struct taking *taking)
{
    const char *at = taking->rest.data;
    int64_t id = take_number(taking);

    if (id <= 0 || id > INT32_MAX)
        refuse(taking, "an impossible number of an entry", at);
    return id;
}

static void
skip_dependencies(struct taking *taking)
{
    while (take_string(taking).data != NULL)
        continue;
}

static void
take_place(struct taking *taking, struct archive_entry *entry)
{
    const char *at = taking->rest.data;
    unsigned place = take_byte(taking);

    if (place < ARCHIVE_PLACE_UNKNOWN || place > ARCHIVE_PLACE_NONE)
        refuse(taking, "an unknown sign of where data stands", at);
    entry->place = (enum archive_place)place;
    entry->offset = take_bytes(taking, taking->offset_size);
}

static void
take_strings(
    struct taking *taking, const struct archive_header *header, struct archive_entry *entry)
{
    take_string(taking); /* the oid of its catalog */
    take_string(taking); /* its own */
    entry->name = take_string(taking);
    entry->kind = take_string(taking);
    if (header->minor >= WITH_SECTION)
        take_number(taking);
    entry->definition = take_string(taking);
    take_string(taking); /* DROP */
    entry->copy = take_string(taking);
    entry->schema = take_string(taking);
    take_string(taking); /* the tablespace */
    if (header->minor >= WITH_ACCESS_METHOD)
        take_string(taking);
    if (header->minor >= WITH_RELKIND)
        take_number(taking);
    take_string(taking); /* the owner */
    take_string(taking); /* WITH OIDS */
    skip_dependencies(taking);
}

enum archive_result
archive_take_entry(const struct archive_header *header, struct slice *bytes,
    struct archive_entry *entry, struct archive_fault *fault)
{
    struct taking taking = begin_with(header, *bytes);

    *entry = (struct archive_entry){.place = ARCHIVE_PLACE_NONE};
    entry->id = take_id(&taking);
    entry->has_data = take_number(&taking) != 0;
    take_strings(&taking, header, entry);
    if (header->format == ARCHIVE_CUSTOM)
        take_place(&taking, entry);
    else
        entry->file = take_string(&taking);
    return end(&taking, bytes, fault);
}

/* ---- data of the custom format */

enum archive_result
archive_take_block(const struct archive_header *header, struct slice *bytes,
    enum archive_block *type, int64_t *id, struct archive_fault *fault)
{
    struct taking taking = begin_with(header, *bytes);
    unsigned byte = take_byte(&taking);

    if (byte != ARCHIVE_BLOCK_ROWS && byte != ARCHIVE_BLOCK_LARGE_OBJECTS)
        refuse(&taking, "an unknown type of data", bytes->data);
    *type = (enum archive_block)byte;
    *id = take_id(&taking);
    return end(&taking, bytes, fault);
}
